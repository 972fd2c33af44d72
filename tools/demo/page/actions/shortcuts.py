"""The app's shortcuts: of the whole workspace, and in the menu of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, request

from tests.support.slack import Message, NotThere, manifests
from tools.demo.page.actions.touches import Touches, told


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
        Shortcut(each["name"], each["callback_id"], each["type"] == "message")
        for each in features.get("shortcuts", ())
    )


def shortcut_routes(touches: Touches, offered: Sequence[Shortcut]) -> Blueprint:
    """The routes of both kinds. Raises NotThere for what the app does not offer."""
    routes = Blueprint("shortcuts", __name__)

    def wanted(*, on_message: bool) -> Shortcut:
        for each in offered:
            if each.on_message == on_message and each.callback_id == request.form["callback"]:
                return each
        raise NotThere("the app has no such shortcut")

    @routes.post("/<who>/<place>/shortcut")
    def everywhere(who: str, place: str) -> Response:
        del place
        use = wanted(on_message=False)
        return told(use.name, touches.person(who).shortcut(use.callback_id))

    @routes.post("/<who>/on/<name>/shortcut")
    def on_message(who: str, name: str) -> Response:
        use = wanted(on_message=True)
        somebody, shown = touches.surface(who, name)
        if not isinstance(shown, Message):
            raise NotThere("a window has no shortcuts")
        return told(use.name, somebody.shortcut_on(shown, use.callback_id))

    return routes
