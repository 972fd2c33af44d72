"""The Web API: the methods that Rollcall calls, and what each one needs; Slack has many more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.slack.api import apps, functions, views
from tests.fakes.slack.api.channels import conversations
from tests.fakes.slack.api.files import files
from tests.fakes.slack.api.frame import access, validation
from tests.fakes.slack.api.messages import chat
from tests.fakes.slack.api.people import users
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused


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
    "blocks.validate": Method(validation.validate),
    "chat.postMessage": Method(chat.post_message, "chat:write", shows=True),
    "chat.update": Method(chat.update, "chat:write", shows=True),
    "conversations.history": Method(conversations.history),
    "conversations.replies": Method(conversations.replies),
    "conversations.open": Method(conversations.open_direct, "im:write"),
    "files.info": Method(files.info, "files:read"),
    "files.getUploadURLExternal": Method(files.get_upload_url, "files:write"),
    "files.completeUploadExternal": Method(files.complete_upload, "files:write", shows=True),
    "functions.completeSuccess": Method(functions.complete_success, shows=True),
    "functions.completeError": Method(functions.complete_error, shows=True),
    "users.info": Method(users.info, "users:read"),
    "users.list": Method(users.listed, "users:read"),
    "usergroups.users.list": Method(users.in_group, "usergroups:read"),
    "views.open": Method(views.open_view, shows=True),
    "views.push": Method(views.push, shows=True),
    "views.update": Method(views.update, shows=True),
    "views.publish": Method(views.publish, shows=True),
}


def shows(method: str) -> bool:
    """True if this method shows people something."""
    return method in METHODS and METHODS[method].shows


def call(team: Team, method: str, arguments: Arguments, token: str) -> JSON:
    """Run one method and return its answer. Raises Refused or RateLimited."""
    if method not in METHODS:
        raise Refused("unknown_method", req_method=method)
    called = METHODS[method]
    _authenticate(team, token, app_level=called.app_level)
    if called.scope:
        access.need(team, called.scope)
    team.tiers.take(method)
    return {"ok": True, **called.run(team, arguments)}


def _authenticate(team: Team, token: str, *, app_level: bool) -> None:
    if not token:
        raise Refused("not_authed")
    known = token in (team.app.bot_token, team.app.app_token)
    if not known and not team.executions.accepts(token):
        raise Refused("invalid_auth")
    if (token == team.app.app_token) != app_level:
        raise Refused("not_allowed_token_type")
