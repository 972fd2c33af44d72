"""Actions on imports: the dry run of serials in a text or file, and their registration."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from bot.commands.dispatch import Dispatcher
from bot.commands.models import LongPasteCommand, PasteCommand, TemplateCommand
from bot.dependencies import BotDependencies, Requester
from bot.imports import dry_run_blocks, dry_run_buttons, import_blocks
from bot.slack.markup import Message, plain
from bot.slack.payloads import StrangePayload
from provisioning.imports import lifecycle, reading, sources, summary
from provisioning.imports.lifecycle import Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.template import csv_template
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card
from provisioning.values.language import _

# Slack's modes of files: mails, of which it keeps the text, and texts in any language of programs.
MAIL, SNIPPET = "email", "snippet"


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer pasted texts; the buttons of a dry run have a module of their own."""
    actions = ImportActions(dependencies)
    dispatcher.handle(PasteCommand, actions.paste)
    dispatcher.handle(
        LongPasteCommand,
        lambda command, requester: actions.read_text_later(command.text, requester),
    )
    dispatcher.handle(TemplateCommand, actions.send_template)


class ImportActions:
    """Actions of people on imports: each is one transaction.

    They raise RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def paste(self, command: PasteCommand, requester: Requester) -> Message:
        """Show the dry run of the Macs in a text."""
        places = DestinationIndex(self._dependencies.repo.now())
        return self.show(command.result, places, self.submission(requester))

    def submission(self, requester: Requester, **fields: Any) -> Submission:
        """Return the submission of `requester` at this moment, with these fields."""
        return Submission(requester.user, requester.via, self._dependencies.clock(), **fields)

    def show(
        self, result: ParseResult, places: DestinationIndex, submission: Submission
    ) -> Message:
        """Store a parse result and show its dry run to the person alone."""
        with self._dependencies.database.begin() as session:
            imported = lifecycle.keep(session, result, submission)
            assert imported is not None  # noqa: S101 - it has no key that may be taken
            lifecycle.show(session, imported, places, at=submission.at)
            return dry_run_blocks.dry_run(imported)

    def read_text_later(self, text: str, requester: Requester) -> Message:
        """Enqueue the reading of a long text."""
        source = {"kind": sources.TEXT, "text": text}
        return self.read_later(ParseResult(), [source], self.submission(requester))

    def read_later(
        self, result: ParseResult, sources: Sequence[dict[str, Any]], submission: Submission
    ) -> Message:
        """Enqueue the reading of sources; the dry run comes as a message to the person."""
        with self._dependencies.database.begin() as session:
            imported = lifecycle.keep(session, result, submission)
            assert imported is not None  # noqa: S101 - it has no key that may be taken
            card = card_for(submission, submission.by)
            reading.start(session, imported, sources, card, quiet=False)
        return import_blocks.being_read()

    def send_template(self, __: TemplateCommand, requester: Requester) -> Message:
        """Enqueue the spreadsheet to fill in, for the person who asks for it."""
        known = DestinationIndex(self._dependencies.repo.now()).known
        with self._dependencies.database.begin() as session:
            outbox.enqueue_file(
                session,
                channel=requester.user,
                name="macs.csv",
                content=csv_template(*known),
                sentence=_("Fill in one Mac per line and drop the file here."),
                at=self._dependencies.clock(),
            )
        return plain(_("The template comes as a message from Rollcall."))

    def register(self, import_id: int, button: str, user: str) -> tuple[Import, Message]:
        """Register the ready rows and those that the button includes. Raises NotAllowed."""
        dependencies = self._dependencies
        with dependencies.database.reading() as session:
            requester = Requester(user, lifecycle.peek(session, import_id).via)
        imported, registered, operation = dependencies.intake.register(
            import_id,
            dependencies.principal(requester),
            including=dry_run_buttons.INCLUDING[button],
        )
        return imported, import_blocks.registered(registered, imported, operation)

    def drop(self, import_id: int, user: str) -> Import:
        """Drop an import."""
        principal = self._dependencies.principal(Requester(user, "button"))
        return self._dependencies.intake.drop(import_id, principal)

    def send(self, import_id: int, user: str) -> Import:
        """Enqueue the whole dry run as a file for `user`."""
        places = DestinationIndex(self._dependencies.repo.now())
        with self._dependencies.database.reading() as session:
            imported = lifecycle.waiting(session, import_id)
            content = summary.csv_of(lifecycle.classify(session, imported, places))
        with self._dependencies.database.begin() as session:
            lifecycle.enqueue_file(session, content, channel=user, at=self._dependencies.clock())
            return imported

    def choose(self, import_id: int, menu: str, name: str) -> Import:
        """Set the site of the rows that name no site, or the build of those that name no build."""
        kind = "site" if menu == dry_run_buttons.SITE else "build"
        return self._dependencies.intake.choose(
            import_id, **{kind: name}, at=self._dependencies.clock()
        )


def source_of(file: dict[str, Any]) -> dict[str, Any]:
    """Return the source that an import keeps of one of Slack's file objects.

    Events in channels that are shared by Slack Connect tell the id alone, and those of mails that
    were sent to Slack have no text; the rest is asked for when the file is read
    (docs.slack.dev/apis/slack-connect/#check_file_info). Raises StrangePayload.
    """
    name, size = str(file.get("name") or file.get("title") or "a file")[:200], file.get("size")
    is_mail, text = file.get("mode") == MAIL, file.get("plain_text")
    if is_mail and isinstance(text, str):
        return {"kind": sources.TABLE, "name": f"{name}.txt", "size": 0, "text": text}
    if is_mail or file.get("file_access") == "check_file_info":
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


def card_for(submission: Submission, channel: str, thread_ts: str | None = None) -> Card:
    """Return the card of an import, not yet shown."""
    return Card(
        key=uuid4().hex,
        kind=IMPORT,
        channel=channel,
        thread_ts=thread_ts,
        registered_by=submission.by,
        created_at=submission.at,
    )
