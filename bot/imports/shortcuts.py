"""The shortcuts: one opens the form from anywhere, one reads a message from its own menu."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.commands.dispatch import Dispatcher
from bot.commands.parsing.pastes import LONGEST_PASTE
from bot.commands.parsing.words import Misunderstood
from bot.dependencies import BotDependencies
from bot.imports import pasting
from bot.imports.pasting import source_of
from bot.slack import contents, modals, replies
from bot.slack.markup import Message
from provisioning.imports.parsing import free_text
from provisioning.maintenance.acts.actors import Principal

FORM, MESSAGE = "register_macs", "register_message"  # as the Slack app calls them


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer both shortcuts."""
    dependencies = dispatcher.dependencies

    def form(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
        """Open the form; there is no place for an answer, so an error comes as a message."""
        replies.open_window(client, body, context, modals.form(dependencies.kinds))

    def message(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Read the message that the shortcut was used on."""
        principal = dependencies.presser(body, "shortcut")
        replies.leave(context, _read(dependencies, body["message"], principal))
        ack()

    dispatcher.app.shortcut(FORM)(ack=replies.acknowledge, lazy=[form])
    dispatcher.app.shortcut(MESSAGE)(ack=message, lazy=[replies.later])


def _read(
    dependencies: BotDependencies, message: Mapping[str, Any], principal: Principal
) -> Message:
    """Show the dry run of a message's text, or have its files read. Raises Misunderstood."""
    text = contents.text_of(message)
    sources = [source_of(file) for file in contents.files_of(message)]
    if not sources and len(text) > LONGEST_PASTE:
        return pasting.read_text_later(dependencies, text, principal)
    places = dependencies.places
    result = free_text.read(text, *places.known)
    submission = pasting.submitted(principal)
    if sources:
        return pasting.read_later(dependencies, result, sources, submission)
    if not result.entries and not result.rejected:
        raise Misunderstood("There is no serial in that message")
    return pasting.show(dependencies, result, places, submission)
