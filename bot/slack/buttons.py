"""Buttons: red ones of destructive operations, *Undo*, and rows of them that fit a phone."""

from collections.abc import Sequence
from functools import partial

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.markup import Message, markup
from provisioning.registrations.models import Operation
from provisioning.values.language import _

DANGER = "danger"  # Slack's style of a red button
UNDO = "undo"  # the action of the button that `undoable` adds
MAX_IN_A_ROW = 3  # buttons with short labels; where a phone wraps them, it shows as many


def confirming(
    text: str,
    action_id: str,
    value: str,
    *,
    title: str,
    consequence: str,
    confirm: str,
    style: str | None = None,
) -> ButtonElement:
    """A button that asks again, in Slack's own dialog, before anything is sent.

    `title` and `confirm` (30 characters) name the operation and the number of Macs, `consequence`
    (300) the effect.
    """
    dialog = ConfirmObject(
        title=title,
        text=PlainTextObject(text=consequence),
        confirm=confirm,
        deny=_("Leave it"),
        style=style,
    )
    return ButtonElement(text=text, action_id=action_id, value=value, style=style, confirm=dialog)


danger = partial(confirming, style=DANGER)  # a red one


def rows(buttons: Sequence[ButtonElement], block_id: str | None = None) -> list[Block]:
    """Rows of buttons for a phone; a red one stands before the last of its row, not at its end.

    The first row has this `block_id`. A red button that is alone goes `beside` a text instead.
    """
    pieces = [
        list(buttons[first : first + MAX_IN_A_ROW])
        for first in range(0, len(buttons), MAX_IN_A_ROW)
    ]
    if len(pieces) > 1 and len(pieces[-1]) == 1:  # two and two, not three and one
        pieces[-1].insert(0, pieces[-2].pop())
    for piece in pieces:
        if piece[-1].style == DANGER:
            piece[-2:] = reversed(piece[-2:])
    ids = [block_id, *[None] * (len(pieces) - 1)]
    return [
        ActionsBlock(elements=piece, block_id=name) for piece, name in zip(pieces, ids, strict=True)
    ]


def beside(text: str, button: ButtonElement) -> SectionBlock:
    """A paragraph of markup with a button beside it, or on a phone below it."""
    return SectionBlock(text=markup(text), accessory=button)


def undoable(message: Message, operation: Operation) -> Message:
    """A message with the button that undoes its operation; `registrations.undo` listens to it."""
    button = ButtonElement(text=_("Undo"), action_id=UNDO, value=str(operation.id))
    return Message(message.text, [*message.blocks, ActionsBlock(elements=[button])])
