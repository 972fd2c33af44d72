"""Shortcuts: the form from anywhere, and what a message holds from the message's own menu."""

from collections.abc import Mapping
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.commands.words import Misunderstood
from bot.dependencies import BotDependencies, Requester
from bot.imports.imports import LONGEST, ImportActions, source_of
from bot.slack import modals, replies
from bot.slack.markup import Message
from provisioning.imports.parsing import text as texts
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox

FORM, MESSAGE = "register_macs", "register_message"  # as the Slack app calls them


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Answer both shortcuts."""
    importing = ImportActions(dependencies)

    def wanted(ack: Ack) -> None:
        """The form is opened once Slack knows that we heard."""
        ack()

    def form(client: WebClient, body: dict[str, Any]) -> None:
        """Open the form; there is no place to answer in, so a fault comes as a message."""

        def tell(text: str, **_: object) -> None:
            with dependencies.database.begin() as session:
                user, now = body["user"]["id"], dependencies.clock()
                outbox.enqueue_news(session, channel=user, sentence=text, at=now)

        replies.open_window(client, body["trigger_id"], modals.form(), tell)

    def message(ack: Ack, body: dict[str, Any], context: BoltContext) -> None:
        """Read the message that the shortcut was used on."""
        asker = Requester(body["user"]["id"], "shortcut")
        replies.leave(context, _read(importing, dependencies, body["message"], asker))
        ack()

    app.shortcut(FORM)(ack=wanted, lazy=[form])
    app.shortcut(MESSAGE)(ack=message, lazy=[replies.later])


def _read(
    importing: ImportActions,
    dependencies: BotDependencies,
    message: Mapping[str, Any],
    asker: Requester,
) -> Message:
    """Show the dry run of a message's text, or have its files read. Raises Misunderstood."""
    text = str(message.get("text") or "")
    sources = [source_of(file) for file in message.get("files") or ()]
    if not sources and len(text) > LONGEST:
        return importing.enqueue_text(text, asker)
    places = DestinationIndex(dependencies.repo)
    reading = texts.read(text, places.sites, places.builds)
    how = importing.submission(asker)
    if sources:
        return importing.enqueue(reading, sources, how)
    if not reading.entries and not reading.rejected:
        raise Misunderstood("There is no serial in that message")
    return importing.show(reading, places, how)
