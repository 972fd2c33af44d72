"""Modals and App Homes: views.open, views.push, views.update, views.publish."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.api.frame.access import need
from tests.fakes.slack.blocks.finding import elements
from tests.fakes.slack.blocks.surfaces import problems_of_view
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for


def open_view(team: Team, arguments: Arguments) -> JSON:
    """Open a modal in exchange for a trigger_id."""
    with team.triggers.exchange(arguments.text("trigger_id")) as user_id:
        view = team.views.open(user_id, _content(team, arguments))
    return {"view": view.as_json(team.app)}


def push(team: Team, arguments: Arguments) -> JSON:
    """Put a modal on top of the open one, in exchange for a trigger_id."""
    with team.triggers.exchange(arguments.text("trigger_id")) as user_id:
        view = team.views.push(user_id, _content(team, arguments))
    return {"view": view.as_json(team.app)}


def update(team: Team, arguments: Arguments) -> JSON:
    """Show something else in an open view, found by `view_id` or `external_id`."""
    view = team.views.find(
        view_id=arguments.text("view_id"), external_id=arguments.text("external_id")
    )
    team.views.update(view, _content(team, arguments), arguments.text("hash"))
    return {"view": view.as_json(team.app)}


def publish(team: Team, arguments: Arguments) -> JSON:
    """Show a person's App Home."""
    user_id = arguments.text("user_id")
    if user_id not in team.names:
        raise refuse_for("invalid_arguments", ["invalid `user_id` [json-pointer:/user_id]"])
    home = team.views.homes.get(user_id)
    if home and arguments.text("hash") not in ("", home.hash):
        raise Refused("hash_conflict")
    return {"view": team.views.publish(user_id, _content(team, arguments)).as_json(team.app)}


def _content(team: Team, arguments: Arguments) -> Any:
    """The view; the view's own rules are checked where it is drawn. Raises Refused."""
    view = arguments.structure("view", error="invalid_arguments")
    blocks = [] if problems_of_view(view) else view["blocks"]
    if any(each.element["type"] == "file_input" for each in elements(blocks)):
        need(team, "files:read")
    return view
