"""Listeners of the buttons that undo an operation, or the last change of a manifest."""

from bot.commands.dispatch import Dispatcher, Press
from bot.registrations import blocks, manifest_history
from bot.slack.buttons import UNDO
from bot.slack.markup import Message, plain
from provisioning.maintenance.acts import changing, identity
from provisioning.values.language import _


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the undo button, and for the one beside a manifest's last change."""

    def undo(press: Press) -> Message:
        return blocks.undone(changing.undo(press.number, press.principal))

    def restore(press: Press) -> Message:
        identity.restore(press.number, press.principal)
        return plain(_("That change is being taken back; you will hear when it is done."))

    dispatcher.answer_button(UNDO, undo, dispatcher.home.refresh)
    dispatcher.answer_button(manifest_history.RESTORE_BUTTON, restore)
