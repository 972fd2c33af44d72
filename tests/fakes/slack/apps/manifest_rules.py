"""Rules about how the parts of an app manifest have to fit, with the page that each comes from.

The pages are those of docs.slack.dev, read on 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

JSON = dict[str, Any]
SCOPES = {  # /reference/events/…: the scope that an event needs; None: none
    "app_home_opened": None,
    "app_mention": "app_mentions:read",
    "file_shared": "files:read",
    "function_executed": None,
    "channel_unarchive": "channels:read",
    "group_unarchive": "groups:read",
    "member_joined_channel": "channels:read",  # groups:read in private channels
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}


def broken_rules(manifest: JSON) -> Iterator[str]:
    """Say which rules a manifest breaks, whose keys are all as they have to be."""
    for rule in (_steps, _events, _scopes, _addresses, _interactivity):
        yield from rule(_Parts(manifest))


class _Parts:
    """The parts of a manifest by name; those that it leaves out are empty."""

    def __init__(self, manifest: JSON) -> None:
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        scopes = manifest.get("oauth_config", {}).get("scopes", {})
        events = settings.get("event_subscriptions", {})
        self.functions: JSON = manifest.get("functions", {})
        self.has_bot = "bot_user" in features
        self.shortcuts: list[JSON] = features.get("shortcuts", [])
        self.commands: list[JSON] = features.get("slash_commands", [])
        self.scopes: list[str] = scopes.get("bot", [])
        self.optional: list[str] = scopes.get("bot_optional", [])
        self.events: list[str] = events.get("bot_events", [])
        self.events_url: str = events.get("request_url", "")
        self.interactivity: JSON = settings.get("interactivity", {})
        self.settings: JSON = settings


def _steps(parts: _Parts) -> Iterator[str]:
    """/reference/app-manifest and /tools/bolt-python/tutorials/custom-steps."""
    if not parts.functions:
        return
    if parts.settings.get("function_runtime") != "remote":
        yield "functions need settings.function_runtime: remote, where Slack does not run them"
    if not parts.settings.get("org_deploy_enabled"):
        yield "functions need settings.org_deploy_enabled: true"
    if "function_executed" not in parts.events:
        yield "functions need the event function_executed"


def _events(parts: _Parts) -> Iterator[str]:
    """/reference/events and /apis/events-api."""
    for event in parts.events:
        if event not in SCOPES:
            yield f"the event {event} is none that is known here: look it up, then add it"
        elif (scope := SCOPES[event]) and scope not in parts.scopes:
            yield f"the event {event} needs the scope {scope}"
    if "function_executed" in parts.events and not parts.functions:
        yield "the event function_executed never comes without functions"


def _scopes(parts: _Parts) -> Iterator[str]:
    """/reference/scopes/commands and /authentication/installing-with-oauth."""
    if (parts.commands or parts.shortcuts) and "commands" not in parts.scopes:
        yield "slash commands and shortcuts need the scope commands"
    if (parts.scopes or parts.events) and not parts.has_bot:
        yield "scopes and events of a bot need features.bot_user"
    for scope in parts.optional:
        if scope not in parts.scopes:
            yield f"the optional scope {scope} has to stand among the bot's scopes too"


def _addresses(parts: _Parts) -> Iterator[str]:
    """/apis/events-api/using-socket-mode: without it, Slack has to know where to send requests."""
    if parts.settings.get("socket_mode_enabled"):
        return
    for command in parts.commands:
        if "url" not in command:
            yield f"the command {command['command']} needs a url without Socket Mode"
    if parts.events and not parts.events_url:
        yield "events need settings.event_subscriptions.request_url without Socket Mode"
    if parts.interactivity.get("is_enabled") and "request_url" not in parts.interactivity:
        yield "interactivity needs settings.interactivity.request_url without Socket Mode"


def _interactivity(parts: _Parts) -> Iterator[str]:
    """/interactivity/implementing-shortcuts and /interactivity/handling-user-interaction."""
    if parts.shortcuts and not parts.interactivity.get("is_enabled"):
        yield "shortcuts need settings.interactivity.is_enabled: true"
