"""Messages of replacements: the dry run, its questions, and the result."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from slack_sdk.models.blocks import ButtonElement

from bot.slack.buttons import danger, rows
from bot.slack.markup import Message, escape, plain, section, standing
from bot.slack.undo_button import undoable
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.registrations.models import Operation, Registration

# The actions of buttons.
SWAPPED, EXCHANGED = "replace_board", "replace_mac"
KEEP, REMOVE = "replace_keep", "replace_remove"


@dataclass(frozen=True, slots=True)
class Wish:
    """A replacement that a person is asked about: two serials, and the `revision` they saw."""

    old: str
    new: str
    revision: int

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the wish that `to_json` wrote into a button's value."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Return the value of a button."""
        return json.dumps(asdict(self))


def dry_run(registration: Registration, wish: Wish, doubts: Sequence[str], path: str) -> Message:
    """The dry run: what would go along, and the two cases; `path` is the former manifest's."""
    lines = [
        f"*`{wish.new}` would take the place of `{registration.name}`.* Nothing is changed yet.",
        standing(registration),
        (
            "Its registration, its name and its history go with it; its manifest "
            f"`{escape(path)}` is copied as a whole."
        ),
        *(f":warning: `{wish.new}` {escape(doubt)}" for doubt in doubts),
        (
            "*Board swapped*: the disk is the former one and may still ask for "
            f"`{registration.name}`. That manifest stays, kept in sync, until the Mac was heard as "
            f"`{wish.new}`; then it is removed."
        ),
        f"*Mac replaced*: another Mac, which waits for its first boot as `{wish.new}`.",
    ]
    return _asking(
        lines, [_button("Board swapped", SWAPPED, wish), _button("Mac replaced", EXCHANGED, wish)]
    )


def keep_or_remove(registration: Registration, wish: Wish, path: str) -> Message:
    """The question about the manifest of a Mac that is replaced."""
    question = (
        f"What should become of the manifest `{escape(path)}`, once `{wish.new}` has taken "
        f"the place of `{registration.name}`? If it is removed, its content is kept in its history."
    )
    remove = danger(
        "Remove it",
        REMOVE,
        wish.to_json(),
        title="Remove this manifest?",
        consequence=f"The manifest {path[:100]} is removed; its content is kept in its history.",
        confirm="Remove this manifest",
    )
    return _asking([question], [remove, _button("Keep it", KEEP, wish)])


def replaced(replacement: Replacement, operation: Operation) -> Message:
    """The answer to a replacement."""
    old, new = replacement.old_name, replacement.new_name
    if replacement.kind == BOARD:
        consequence = f"The manifest of `{old}` stays, kept in sync, until `{new}` was heard."
    elif replacement.keep:
        consequence = f"It waits for its first boot. The manifest of `{old}` stays."
    else:
        consequence = f"It waits for its first boot. The manifest of `{old}` is removed."
    return undoable(
        plain(f"`{new}` took the place of `{old}`; its manifest is being copied. {consequence}"),
        operation,
    )


def _asking(lines: Sequence[str], buttons: Sequence[ButtonElement]) -> Message:
    return Message(lines[0], [section("\n".join(lines)), *rows(buttons)])


def _button(text: str, action_id: str, wish: Wish) -> ButtonElement:
    return ButtonElement(text=text, action_id=action_id, value=wish.to_json())
