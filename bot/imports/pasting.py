"""Serials in a text or in files: the commands that paste them, and the imports they become."""

from collections.abc import Sequence
from typing import Any

from bot.commands.dispatch import Dispatcher
from bot.commands.models import FindCommand, LongPasteCommand, PasteCommand, TemplateCommand
from bot.dependencies import BotDependencies
from bot.imports import dry_run_blocks, import_blocks
from bot.slack.markup import Message, plain
from bot.slack.payloads import StrangePayload
from provisioning.imports import lifecycle, reading, sources
from provisioning.imports.lifecycle import Submission
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.template import csv_template
from provisioning.imports.sources import ImportSource
from provisioning.maintenance.acts.actors import Principal
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card
from provisioning.registrations import queries
from provisioning.values.language import _

# Slack's modes of files: mails, of which it keeps the text, and texts in any language of programs.
MAIL, SNIPPET = "email", "snippet"
_HIDDEN = ("tombstone", "hidden_by_limit")  # modes of files that were deleted, or are too old


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer pasted texts, and send the template of a list."""
    dependencies = dispatcher.dependencies

    def paste(command: PasteCommand, principal: Principal) -> Message:
        """Show the dry run of the Macs in a text, or the one registered Mac that it is about."""
        if command.is_bare and _is_registered(dependencies, command.result):
            return dispatcher.dispatch(FindCommand(command.result.entries[0].serial.key), principal)
        submission = submitted(principal)
        return show(dependencies, command.result, dependencies.places, submission)

    def paste_much(command: LongPasteCommand, principal: Principal) -> Message:
        return read_text_later(dependencies, command.text, principal)

    def send_template(__: TemplateCommand, principal: Principal) -> Message:
        """Enqueue the spreadsheet to fill in, for the person who asks for it."""
        known = dependencies.places.known
        with dependencies.database.begin() as session:
            outbox.enqueue_file(
                session,
                channel=principal.actor.by,
                name="macs.csv",
                content=csv_template(*known),
                sentence=_("Fill in one Mac per line and drop the file here."),
                at=principal.at,
            )
        return plain(_("The template comes as a message from Rollcall."))

    dispatcher.handle(PasteCommand, paste)
    dispatcher.handle(LongPasteCommand, paste_much)
    dispatcher.handle(TemplateCommand, send_template)


def _is_registered(dependencies: BotDependencies, result: ParseResult) -> bool:
    """Return True if the first Mac of a text has an open registration."""
    with dependencies.database.reading() as session:
        return queries.is_open(session, result.entries[0].serial)


def submitted(principal: Principal) -> Submission:
    """Return a submission of a person, which names no site and no build."""
    return Submission(principal.actor.by, principal.actor.via, principal.at)


def show(
    dependencies: BotDependencies,
    result: ParseResult,
    places: DestinationIndex,
    submission: Submission,
) -> Message:
    """Store a parse result and return its dry run, for the person alone."""
    with dependencies.database.begin() as session:
        imported = lifecycle.keep(session, result, submission)
        lifecycle.show(session, imported, places, at=submission.at)
        return dry_run_blocks.dry_run(imported)


def read_text_later(dependencies: BotDependencies, text: str, principal: Principal) -> Message:
    """Enqueue the reading of a long text, and return the answer that says so."""
    source: ImportSource = {"kind": sources.TEXT, "text": text}
    return read_later(dependencies, ParseResult(), [source], submitted(principal))


def read_later(
    dependencies: BotDependencies,
    result: ParseResult,
    to_read: Sequence[ImportSource],
    submission: Submission,
) -> Message:
    """Enqueue the reading of sources; the dry run comes as a message to the person."""
    with dependencies.database.begin() as session:
        imported = lifecycle.keep(session, result, submission)
        user, at = submission.by, submission.at
        card = Card(kind=IMPORT, channel=user, created_at=at, registered_by=user)
        outbox.open_card(session, card)
        reading.start(session, imported, to_read, card, quiet=False)
    return import_blocks.being_read()


def source_of(file: dict[str, Any]) -> ImportSource:
    """Return the source that an import keeps of one of Slack's file objects.

    Events in channels that are shared by Slack Connect tell the id alone, and those of mails that
    were sent to Slack have no text; the rest is asked for when the file is read
    (docs.slack.dev/apis/slack-connect/#check_file_info). Raises StrangePayload.
    """
    name, size = str(file.get("name") or file.get("title") or "a file")[:200], file.get("size")
    is_mail, text = file.get("mode") == MAIL, file.get("plain_text")
    if is_mail and isinstance(text, str):
        return {"kind": sources.TABLE, "name": f"{name}.txt", "size": 0, "text": text}
    is_hidden = file.get("file_access") == "check_file_info" or file.get("mode") in _HIDDEN
    if is_mail or is_hidden:
        return {"kind": sources.UNSEEN, "name": name, "id": str(file.get("id") or "")[:200]}
    if not isinstance(size, int | None):
        raise StrangePayload("Slack's payload has a file without a size in bytes.")
    is_snippet, kind = file.get("mode") == SNIPPET, str(file.get("filetype") or "")
    return {
        "kind": sources.TABLE if is_snippet else sources.kind_of(name, kind),
        "name": name,
        "url": str(file.get("url_private") or "")[:2000],
        "size": size or 0,
    }
