"""Payloads to an app (docs.slack.dev, "Interaction payloads" and "Slash commands")."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.blocks.finding import Placed
from tests.fakes.slack.people.choosing import State
from tests.fakes.slack.state.members import Member
from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.view import View
from tests.fakes.slack.web.wire import JSON


@dataclass(frozen=True)
class Payloads:
    """The payloads of what one person does. Someone of another workspace brings their own team:
    as the team of a slash command and of a view, and as `user.team_id` everywhere.
    """

    app: App
    member: Member

    def slash(self, command: str, text: str, channel: Channel) -> JSON:
        """A slash command; all values are text. The name of a private channel is not told."""
        names = {"group": "privategroup", "im": "directmessage"}
        enterprise = {"enterprise_id": self.member.enterprise_id, "enterprise_name": "enterprise"}
        return {
            "token": self.app.verification_token,
            "team_id": self.member.team_id,
            "team_domain": self.member.team_domain,
            "channel_id": channel.id,
            "channel_name": names.get(channel.kind, channel.name),
            "user_id": self.member.id,
            "user_name": self.member.name,
            "command": command,
            "text": text,
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
            **(enterprise if self.member.enterprise_id else {}),
        }

    def block_actions(self, placed: Placed, answer: JSON, action_ts: str) -> JSON:
        """A click or a choice."""
        element = placed.element
        copied: JSON = {key: element[key] for key in ("type", "text", "style") if key in element}
        action = {
            "action_id": element["action_id"],
            "block_id": placed.block["block_id"],
            **copied,
            **answer,
            "action_ts": action_ts,
        }
        return {**self._interaction("block_actions"), "actions": [action]}

    def block_suggestion(self, placed: Placed, query: str) -> JSON:
        """Letters typed into an external menu."""
        return {
            **self._interaction("block_suggestion"),
            "action_id": placed.element["action_id"],
            "block_id": placed.block["block_id"],
            "value": query,
        }

    def shortcut(self, callback_id: str, action_ts: str) -> JSON:
        """A global shortcut, which knows no channel."""
        chosen = {"callback_id": callback_id, "action_ts": action_ts}
        return {**self._interaction("shortcut"), **chosen}

    def message_action(
        self, callback_id: str, action_ts: str, message: Message, channel: Channel
    ) -> JSON:
        """A shortcut in a message's menu."""
        return {
            **self._interaction("message_action"),
            "callback_id": callback_id,
            "action_ts": action_ts,
            "message_ts": message.ts,
            "message": message.as_json(),
            "channel": _place(channel),
        }

    def view_submission(self, view: View, response_urls: Sequence[JSON]) -> JSON:
        """A modal, filled in."""
        return {
            **self._interaction("view_submission"),
            "team": self._home(),
            "view": view.as_json(self.app),
            "response_urls": list(response_urls),
        }

    def view_closed(self, view: View) -> JSON:
        """A modal, dismissed."""
        shown = {"team": self._home(), "view": view.as_json(self.app), "is_cleared": False}
        return {**self._interaction("view_closed"), **shown}

    def app_home_opened(self, event_ts: str, home: View | None) -> JSON:
        """The event of a person who opens the app's Home tab."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.member.id,
            "channel": f"D{self.member.id[1:]}",
            "tab": "home",
            "event_ts": event_ts,
        }
        return {**event, "view": home.as_json(self.app)} if home else event

    def _home(self) -> JSON:
        return {"id": self.member.team_id, "domain": self.member.team_domain}

    def _interaction(self, kind: str) -> JSON:
        """`team` is where the app is installed (docs.slack.dev, "block_actions payload")."""
        user = {"id": self.member.id, "username": self.member.name, "name": self.member.name}
        return {
            "type": kind,
            "team": {"id": self.app.team_id, "domain": self.app.team_domain},
            "user": {**user, "team_id": self.member.team_id},
            "api_app_id": self.app.id,
            "token": self.app.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }


def in_view(app: App, view: View) -> JSON:
    """The part of a payload that names the view in which a person acted."""
    container = {"type": "view", "view_id": view.id}
    return {"container": container, "view": view.as_json(app)}


def in_message(message: Message, channel: Channel, state: State) -> JSON:
    """The part of a payload that names the message in which a person acted. Slack does not send an
    ephemeral one.
    """
    ephemeral = message.ephemeral_to is not None
    thread = {"thread_ts": message.thread_ts} if message.thread_ts else {}
    place = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
            **thread,
        },
        "channel": _place(channel),
        "state": {"values": state},
    }
    return place if ephemeral else {**place, "message": message.as_json()}


def _place(channel: Channel) -> JSON:
    return {"id": channel.id, "name": "directmessage" if channel.user else channel.name}
