"""The Web API: which methods there are, and what each one needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.slack.api import access, apps, chat, conversations, views
from tests.support.slack.calls import Arguments
from tests.support.slack.team import Team
from tests.support.slack.wire import JSON, Refused


@dataclass(frozen=True)
class Method:
    """One method. `shows`: people see something change when it succeeds."""

    run: Callable[[Team, Arguments], JSON]
    scope: str = ""
    shows: bool = False
    app_level: bool = False


METHODS = {
    "auth.test": Method(apps.test),
    "apps.connections.open": Method(apps.open_connection, app_level=True),
    "chat.postMessage": Method(chat.post_message, "chat:write", shows=True),
    "chat.update": Method(chat.update, "chat:write", shows=True),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write", shows=True),
    "conversations.history": Method(conversations.history),
    "conversations.replies": Method(conversations.replies),
    "conversations.info": Method(conversations.info),
    "views.open": Method(views.open_view, shows=True),
    "views.push": Method(views.push, shows=True),
    "views.update": Method(views.update, shows=True),
    "views.publish": Method(views.publish, shows=True),
}


def shows(method: str) -> bool:
    """True if this method shows people something."""
    return method in METHODS and METHODS[method].shows


def call(team: Team, method: str, arguments: Arguments, token: str) -> JSON:
    """Run one method and return its answer. Raises Refused."""
    if method not in METHODS:
        raise Refused("unknown_method", req_method=method)
    called = METHODS[method]
    _authenticate(team, token, app_level=called.app_level)
    if called.scope:
        access.need(team, called.scope)
    return {"ok": True, **called.run(team, arguments)}


def _authenticate(team: Team, token: str, *, app_level: bool) -> None:
    if not token:
        raise Refused("not_authed")
    if token not in (team.app.bot_token, team.app.app_token):
        raise Refused("invalid_auth")
    if (token == team.app.app_token) != app_level:
        raise Refused("not_allowed_token_type")
