"""A modal or an App Home, and what a person entered into it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.people.choosing import State, carried
from tests.fakes.slack.state.messages import named
from tests.fakes.slack.web.wire import JSON


@dataclass(eq=False)
class View:
    """A modal or an App Home as one person sees it."""

    id: str
    user_id: str
    content: JSON
    root_id: str
    previous_id: str | None = None
    hash: str = ""
    state: State = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = True

    @property
    def type(self) -> str:
        """`modal` or `home`."""
        return str(self.content["type"])

    @property
    def callback_id(self) -> str:
        """The app's name for this kind of view."""
        return str(self.content.get("callback_id", ""))

    @property
    def external_id(self) -> str:
        """The app's own id for this view; empty if it gave none."""
        return str(self.content.get("external_id", ""))

    @property
    def blocks(self) -> list[JSON]:
        blocks: list[JSON] = self.content["blocks"]
        return blocks

    def draw(self, content: JSON) -> None:
        """Show new content. What was entered stays where block_id and action_id stay."""
        named(content["blocks"])
        self.content = content
        self.state = carried(self.state, content["blocks"])
        self.hash = f"{secrets.randbelow(10**10)}.{secrets.token_hex(4)}"
        self.errors = {}

    def as_json(self, app: App) -> JSON:
        """The view object of the Web API and of interaction payloads."""
        defaults = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
        }
        return {
            **defaults,
            **self.content,
            "id": self.id,
            "team_id": app.team_id,
            "app_id": app.id,
            "bot_id": app.bot_id,
            "app_installed_team_id": app.team_id,
            "state": {"values": self.state},
            "hash": self.hash,
            "root_view_id": self.root_id,
            "previous_view_id": self.previous_id,
        }


def blank(user_id: str, content: JSON) -> View:
    """A view that is not drawn yet."""
    view_id = f"V{secrets.token_hex(5).upper()}"
    return View(view_id, user_id, content, root_id=view_id)
