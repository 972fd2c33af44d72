"""The app under test, as Slack knows it."""

from __future__ import annotations

from dataclasses import dataclass

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:write",
        "usergroups:read",
        "users:read",
    }
)
EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "channel_unarchive",
        "file_shared",
        "function_executed",
        "group_unarchive",
        "member_joined_channel",
        "message.channels",
        "message.groups",
        "message.im",
    }
)
"""The events that an app may subscribe to here, named as in an app manifest's `bot_events`."""


@dataclass(frozen=True)
class App:
    """One app, installed in one workspace with one bot."""

    bot_token: str
    signing_secret: str
    app_token: str
    scopes: frozenset[str]
    events: frozenset[str] = EVENTS
    id: str = "A0ROLLCALL"
    name: str = "rollcall"
    bot_id: str = "B0ROLLCALL"
    bot_user_id: str = "U0ROLLCALL"
    team_id: str = "T0STANDIN"
    team_domain: str = "stand-in"
    verification_token: str = "verification-token-of-the-stand-in"
