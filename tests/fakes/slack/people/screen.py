"""The surfaces and elements on a person's screen; a person can use no others."""

from __future__ import annotations

from tests.fakes.slack.blocks.finding import Placed, elements
from tests.fakes.slack.people.choosing import NotThere
from tests.fakes.slack.people.replies import Reply
from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.state.view import View

Target = Message | Reply | View


def surface(target: Target) -> Message | View:
    """The message or view that a person means. Raises NotThere if it is gone."""
    shown = target.message if isinstance(target, Reply) else target
    if shown is None:
        raise NotThere("the reply shows nothing")
    if shown.deleted if isinstance(shown, Message) else not shown.open:
        raise NotThere("it is not on the screen any more")
    return shown


def button(shown: Message | View, action_id: str, value: str | None) -> Placed:
    """The button with this action_id and, if it is given, this value. Raises NotThere."""
    buttons = [each for each in elements(shown.blocks) if each.element["type"] == "button"]
    matching = [
        each
        for each in buttons
        if each.element["action_id"] == action_id and value in (None, each.element.get("value"))
    ]
    there = [(each.element["action_id"], each.element.get("value")) for each in buttons]
    return _only(matching, f"button {action_id!r} with value {value!r}", there)


def field(shown: Message | View, name: str) -> Placed:
    """The menu or input with this action_id, or alone in the block with this block_id. Raises
    NotThere.
    """
    fields = [each for each in elements(shown.blocks) if each.element["type"] != "button"]
    matching = [
        each for each in fields if name in (each.element["action_id"], each.block["block_id"])
    ]
    return _only(matching, f"{name!r}", [each.element["action_id"] for each in fields])


def _only(matching: list[Placed], wanted: str, there: object) -> Placed:
    if len(matching) != 1:
        count = "no" if not matching else "more than one"
        raise NotThere(f"{count} {wanted} on the screen, which has {there}")
    return matching[0]
