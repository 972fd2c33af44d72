"""What Slack sends to an app (docs.slack.dev, "Interaction payloads" and "Slash commands")."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.slack.app import App
from tests.support.slack.blocks.finding import Placed
from tests.support.slack.choosing import State
from tests.support.slack.messages import Channel, Message
from tests.support.slack.view import View
from tests.support.slack.wire import JSON


@dataclass(frozen=True)
class Payloads:
    """The payloads of what one person does."""

    app: App
    user_id: str
    name: str

    def slash(self, command: str, text: str, channel: Channel) -> JSON:
        """A slash command; all values are text. The name of a private channel is not told."""
        return {
            "token": self.app.verification_token,
            "team_id": self.app.team_id,
            "team_domain": self.app.team_domain,
            "channel_id": channel.id,
            "channel_name": "privategroup" if channel.private else channel.name,
            "user_id": self.user_id,
            "user_name": self.name,
            "command": command,
            "text": text,
            "api_app_id": self.app.id,
            "is_enterprise_install": "false",
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

    def view_submission(self, view: View, response_urls: Sequence[JSON]) -> JSON:
        """A modal, filled in."""
        return {
            **self._interaction("view_submission"),
            "view": view.as_json(self.app),
            "response_urls": list(response_urls),
        }

    def view_closed(self, view: View) -> JSON:
        """A modal, dismissed."""
        shown = view.as_json(self.app)
        return {**self._interaction("view_closed"), "view": shown, "is_cleared": False}

    def app_home_opened(self, event_ts: str, home: View | None) -> JSON:
        """The event of a person who opens the app's Home tab."""
        event: dict[str, Any] = {
            "type": "app_home_opened",
            "user": self.user_id,
            "channel": f"D{self.user_id[1:]}",
            "tab": "home",
            "event_ts": event_ts,
        }
        return {
            "token": self.app.verification_token,
            "team_id": self.app.team_id,
            "api_app_id": self.app.id,
            "type": "event_callback",
            "event_id": f"Ev{secrets.token_hex(5).upper()}",
            "event_time": int(float(event_ts)),
            "event": {**event, "view": home.as_json(self.app)} if home else event,
        }

    def _interaction(self, kind: str) -> JSON:
        team = {"id": self.app.team_id, "domain": self.app.team_domain}
        user = {"id": self.user_id, "username": self.name, "name": self.name}
        return {
            "type": kind,
            "team": team,
            "user": {**user, "team_id": self.app.team_id},
            "api_app_id": self.app.id,
            "token": self.app.verification_token,
            "enterprise": None,
            "is_enterprise_install": False,
        }


def in_view(app: App, view: View) -> JSON:
    """Where an interaction took place: in a view."""
    container = {"type": "view", "view_id": view.id}
    return {"container": container, "view": view.as_json(app)}


def in_message(message: Message, channel: Channel, state: State) -> JSON:
    """Where an interaction took place: in a message. Slack does not send an ephemeral one."""
    ephemeral = message.ephemeral_to is not None
    place = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": channel.id,
            "is_ephemeral": ephemeral,
        },
        "channel": {"id": channel.id, "name": channel.name},
        "state": {"values": state},
    }
    return place if ephemeral else {**place, "message": message.as_json()}
