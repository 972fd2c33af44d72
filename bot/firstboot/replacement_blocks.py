"""Messages of replacements: the dry run, its questions, and the result."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Self

from slack_sdk.models.blocks import ButtonElement

from bot.slack import payloads
from bot.slack.buttons import danger, rows, undoable
from bot.slack.markup import Message, plain, section, standing
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.registrations.models import Operation, Registration
from provisioning.values.language import _
from provisioning.values.slack import escape

# The actions of buttons.
SWAPPED, EXCHANGED = "replace_board", "replace_mac"
KEEP, REMOVE = "replace_keep", "replace_remove"


@dataclass(frozen=True, slots=True)
class ShownReplacement:
    """A replacement that a person is asked about: two serials, and the `revision` they saw."""

    old: str
    new: str
    revision: int

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the wish that `to_json` wrote into a button's value."""
        value = payloads.stored(text, old=str, new=str, revision=int)
        return cls(value["old"], value["new"], value["revision"])

    def to_json(self) -> str:
        """Return the value of a button."""
        return json.dumps(asdict(self))


def dry_run(
    registration: Registration, wish: ShownReplacement, doubts: Sequence[str], path: str
) -> Message:
    """The dry run: the entries to be copied, and the two cases; `path` is the manifest's."""
    lines = [
        _(
            "*`{new}` would take the place of `{name}`.* Nothing is changed yet.",
            new=wish.new,
            name=registration.name,
        ),
        standing(registration),
        (
            _(
                "Its registration, its name and its history go with it; its manifest `{path}` is "
                "copied as a whole.",
                path=escape(path),
            )
        ),
        *(
            f":warning: {_('{serial} {why}', serial=f'`{wish.new}`', why=escape(doubt))}"
            for doubt in doubts
        ),
        (
            _(
                "*Board swapped*: the disk is the former one and may still ask for `{name}`. "
                "That manifest stays, kept in sync, until the Mac was heard as `{new}`; then it "
                "is removed.",
                name=registration.name,
                new=wish.new,
            )
        ),
        _("*Mac replaced*: another Mac, which waits for its first boot as `{new}`.", new=wish.new),
    ]
    return _asking(
        lines,
        [_button(_("Board swapped"), SWAPPED, wish), _button(_("Mac replaced"), EXCHANGED, wish)],
    )


def keep_or_remove(registration: Registration, wish: ShownReplacement, path: str) -> Message:
    """The question about the manifest of a Mac that is replaced."""
    question = _(
        "What should become of the manifest `{path}`, once `{new}` has taken the place of "
        "`{name}`? If it is removed, its content is kept in its history.",
        path=escape(path),
        new=wish.new,
        name=registration.name,
    )
    remove = danger(
        _("Remove it"),
        REMOVE,
        wish.to_json(),
        title=_("Remove this manifest?"),
        consequence=_(
            "The manifest {path} is removed; its content is kept in its history.", path=path[:100]
        ),
        confirm=_("Remove this manifest"),
    )
    return _asking([question], [remove, _button(_("Keep it"), KEEP, wish)])


def replaced(replacement: Replacement, operation: Operation) -> Message:
    """The answer to a replacement."""
    old, new = replacement.old_name, replacement.new_name
    if replacement.kind == BOARD:
        consequence = _(
            "The manifest of `{old}` stays, kept in sync, until `{new}` was heard.",
            old=old,
            new=new,
        )
    elif replacement.keep:
        consequence = _("It waits for its first boot. The manifest of `{old}` stays.", old=old)
    else:
        consequence = _("It waits for its first boot. The manifest of `{old}` is removed.", old=old)
    return undoable(
        plain(
            _(
                "`{new}` took the place of `{old}`; its manifest is being copied. {consequence}",
                new=new,
                old=old,
                consequence=consequence,
            )
        ),
        operation,
    )


def _asking(lines: Sequence[str], buttons: Sequence[ButtonElement]) -> Message:
    return Message(lines[0], [section("\n".join(lines)), *rows(buttons)])


def _button(text: str, action_id: str, wish: ShownReplacement) -> ButtonElement:
    return ButtonElement(text=text, action_id=action_id, value=wish.to_json())
