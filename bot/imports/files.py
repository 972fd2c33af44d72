"""The listener of files that people drop into a channel, or into a conversation with Rollcall."""

from contextlib import suppress
from typing import Any

from bot.commands.dispatch import Dispatcher
from bot.dependencies import BotDependencies
from bot.imports.pasting import source_of
from bot.slack import contents, payloads
from provisioning.imports import lifecycle, reading
from provisioning.imports.lifecycle import AlreadyKept, Submission
from provisioning.imports.parsing import free_text
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.names import Names
from provisioning.imports.sources import OTHER, PHOTO, shared
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen to messages with files."""
    dependencies = dispatcher.dependencies

    def hear(body: dict[str, Any]) -> None:
        """Have files read that may hold serials. Raises NotAMember, CannotCheck."""
        is_meant = payloads.is_meant(body)
        _read_later(dependencies, body["event"], payloads.own_user(body), is_meant=is_meant)

    dispatcher.app.event("message", matchers=[payloads.is_files])(hear)


def _read_later(
    dependencies: BotDependencies, event: dict[str, Any], own_user: str, *, is_meant: bool
) -> None:
    """Enqueue the reading of a message's files, once for each message.

    The names of a site and a build in its text hold for the Macs that name none. Serials in
    it count where the message is meant for us, and then unreadable files are reported.
    """
    files = contents.files_of(event) if is_meant else event.get("files") or ()
    sources = [source_of(file) for file in files]
    if not is_meant:
        sources = [source for source in sources if source["kind"] != OTHER]
    if not sources:
        return
    dependencies.admit(event["user"])
    places = dependencies.places
    text = contents.text_of(event).replace(f"<@{own_user}>", " ")
    named = Names.of(*places.known).named_in(text)
    submission = Submission(
        event["user"],
        "photo" if all(source["kind"] == PHOTO for source in sources) else "file",
        dependencies.clock(),
        site=named.site,
        build=named.build,
        once=shared(event["channel"], event["ts"]),
    )
    result = free_text.read(text, *places.known) if is_meant else ParseResult()
    with suppress(AlreadyKept), dependencies.database.begin() as session:
        imported = lifecycle.keep(session, result, submission)
        card = Card(
            kind=IMPORT,
            channel=event["channel"],
            thread_ts=payloads.thread_of(event),
            registered_by=submission.by,
            created_at=submission.at,
        )
        outbox.open_card(session, card)
        reading.start(session, imported, sources, card, quiet=not is_meant)
        if is_meant:
            lifecycle.refresh_card(session, imported, at=submission.at)
