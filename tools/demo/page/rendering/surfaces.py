"""Surfaces that a person can touch: messages and views, by names that fit into an address."""

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack import Message, NotThere, Person, View, Workspace
from tests.fakes.slack.blocks.finding import elements
from tests.fakes.slack.people.choosing import ANSWERED_IN
from tests.fakes.slack.web.wire import JSON, Refused

WRITTEN = tuple(kind for kind, key in ANSWERED_IN.items() if key == "value")


def name_of(shown: Message | View) -> str:
    """The name of a surface, for `find`."""
    if isinstance(shown, View):
        return f"v.{shown.id}"
    return f"m.{shown.channel_id}.{shown.ts}"


def find(workspace: Workspace, person: Person, name: str) -> Message | View:
    """The surface with this name on this person's screen. Raises NotThere."""
    match name.split(".", 2):
        case ["v", view_id]:
            return _view(workspace, person, view_id)
        case ["m", channel_id, ts] if channel_id in workspace.channels:
            for message in messages(workspace, person, channel_id):
                if message.ts == ts:
                    return message
    raise NotThere("it is not on the screen any more")


def messages(workspace: Workspace, person: Person, channel_id: str) -> list[Message]:
    """The messages that this person reads in a channel, oldest first."""
    own = [each for each in list(person.ephemerals) if each.channel_id == channel_id]
    return sorted([*workspace.channels[channel_id].messages, *own], key=lambda each: each.ts)


def field_name(blocks: Sequence[JSON], block: JSON, element: JSON) -> str:
    """The name of a menu or an input: its action_id, or its block_id where several share
    that.
    """
    fields = [each for each in elements(blocks) if each.element["type"] != "button"]
    ids = [(each.element.get("action_id"), each.block.get("block_id")) for each in fields]
    for name in (element["action_id"], block["block_id"]):
        if sum(name in pair for pair in ids) == 1:
            return str(name)
    return str(element["action_id"])


def given(element: JSON, values: Sequence[str]) -> Any:
    """The value of a form's field, as a Person takes it; None for nothing."""
    if element["type"].startswith("multi_"):
        return [value for value in values if value]
    return values[0] if values and values[0] else None


def _view(workspace: Workspace, person: Person, view_id: str) -> View:
    try:
        view = workspace.views.find(view_id=view_id)
    except Refused:
        raise NotThere("the window is not open any more") from None
    if view.user_id != person.id:
        raise NotThere("the window is somebody else's")
    return view
