"""The app's shortcuts: of the whole workspace, and in the menu of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request

from tests.fakes.slack import Message, NotThere
from tests.fakes.slack.apps import manifests
from tools.demo.page.actions.touches import Touches, answer_to


@dataclass(frozen=True, slots=True)
class Shortcut:
    """One entry of a menu."""

    name: str
    callback_id: str
    on_message: bool


def shortcuts_of(manifest: Path) -> tuple[Shortcut, ...]:
    """The shortcuts that an app's manifest declares. Raises ManifestRefused, as Slack does."""
    features = manifests.read(manifest.read_text())["features"]
    return tuple(
        Shortcut(entry["name"], entry["callback_id"], entry["type"] == "message")
        for entry in features.get("shortcuts", ())
    )


def shortcut_routes(touches: Touches, offered: Sequence[Shortcut]) -> Blueprint:
    """The routes of both kinds. Raises NotThere for what the app does not offer."""
    routes = Blueprint("shortcuts", __name__)

    def shortcut(*, on_message: bool) -> Shortcut:
        for entry in offered:
            if entry.on_message == on_message and entry.callback_id == request.form["callback"]:
                return entry
        raise NotThere("the app has no such shortcut")

    @routes.post("/<user>/<place>/shortcut")
    def everywhere(user: str, place: str) -> Response:
        del place
        chosen = shortcut(on_message=False)
        return answer_to(chosen.name, touches.person(user).shortcut(chosen.callback_id))

    @routes.post("/<user>/on/<name>/shortcut")
    def on_message(user: str, name: str) -> Response:
        chosen = shortcut(on_message=True)
        person, surface = touches.surface(user, name)
        if not isinstance(surface, Message):
            raise NotThere("a window has no shortcuts")
        return answer_to(chosen.name, person.shortcut_on(surface, chosen.callback_id))

    return routes
