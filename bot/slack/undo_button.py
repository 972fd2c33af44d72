"""The *Undo* button below the answer to a change."""

from slack_sdk.models.blocks import ActionsBlock, ButtonElement

from bot.slack.markup import Message
from provisioning.registrations.models import Operation
from provisioning.values.language import _

UNDO = "undo"  # the action of the button


def undoable(message: Message, operation: Operation) -> Message:
    """A message with the button that undoes its operation; `registrations.undo` listens to it."""
    button = ButtonElement(text=_("Undo"), action_id=UNDO, value=str(operation.id))
    return Message(message.text, [*message.blocks, ActionsBlock(elements=[button])])
