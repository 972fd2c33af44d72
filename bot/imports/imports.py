"""The dry run: whatever holds serials is shown first, and registered when somebody says yes."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from bot.commands.dispatch import Dispatcher
from bot.commands.models import PasteCommand, TemplateCommand
from bot.commands.words import words_or_none
from bot.dependencies import BotDependencies, Requester
from bot.imports import blocks, dry_run_blocks
from bot.imports.imports import TEXT
from bot.slack.markup import Message, plain
from provisioning.imports import approval, batches, summary
from provisioning.imports.batches import Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing import typed
from provisioning.imports.parsing.delimited import csv_template
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.parsing.names import Names
from provisioning.munki.destinations import DestinationIndex
from provisioning.outbox import outbox
from provisioning.outbox.models import IMPORT, Card

LONGEST = 6000  # characters of a text that is read while somebody waits: some 200 Macs


def register_listeners(dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Answer what is pasted; the buttons of a dry run are `deciding`'s."""
    importing = ImportActions(dependencies)
    dispatcher.handle(PasteCommand, importing.paste)
    dispatcher.handle(TemplateCommand, importing.send_template)


class ImportActions:
    """Each method is one transaction. Raises RollcallError, having done nothing."""

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def paste(self, wanted: PasteCommand, asker: Requester) -> Message:
        """Show what would become of a text; Misunderstood where there is no serial in it."""
        if len(wanted.text) > LONGEST:
            return self.enqueue_text(wanted.text, asker)
        places = DestinationIndex(self._dependencies.repo)
        words = words_or_none(wanted.text)
        reading = typed.read(wanted.text, words or (), places.sites, places.builds)
        if _is_hardly_meant(reading, wanted.text, places):
            raise wanted.instead
        return self.show(reading, places, self.submission(asker))

    def submission(self, asker: Requester, **keys: Any) -> Submission:
        """How `asker` hands something in at this moment."""
        return Submission(asker.user, asker.via, self._dependencies.clock(), **keys)

    def show(self, reading: ParseResult, places: DestinationIndex, how: Submission) -> Message:
        """Keep what was read and show its dry run to the person alone."""
        with self._dependencies.database.begin() as session:
            one = batches.keep(session, reading, how)
            assert one is not None  # noqa: S101 - it has no key that may be taken
            batches.show(session, one, places, at=how.at)
            return dry_run_blocks.dry_run(one)

    def enqueue_text(self, text: str, asker: Requester) -> Message:
        """Have a long text read."""
        source = {"kind": TEXT, "text": text}
        return self.enqueue(ParseResult(), [source], self.submission(asker))

    def enqueue(
        self, reading: ParseResult, sources: Sequence[dict[str, Any]], how: Submission
    ) -> Message:
        """Have sources read beside what is read; the dry run comes as a message to the person."""
        with self._dependencies.database.begin() as session:
            one = batches.keep(session, reading, how)
            assert one is not None  # noqa: S101 - it has no key that may be taken
            batches.enqueue_reading(session, one, sources, card_for(how, how.by), quiet=False)
        return blocks.owed()

    def send_template(self, _: TemplateCommand, asker: Requester) -> Message:
        """Owe the spreadsheet to fill in to who asks for it."""
        with self._dependencies.database.begin() as session:
            outbox.enqueue_file(
                session,
                channel=asker.user,
                name="macs.csv",
                content=csv_template(
                    self._dependencies.repo.sites(), self._dependencies.repo.builds()
                ),
                sentence="Fill in one Mac a line and drop the file here.",
                at=self._dependencies.clock(),
            )
        return plain("The template comes as a message from Rollcall.")

    def register(self, import_id: int, button: str, user: str) -> tuple[Import, Message]:
        """Register what is ready now and what the button includes, where `user` may."""
        dependencies, places, including = (
            self._dependencies,
            DestinationIndex(self._dependencies.repo),
            dry_run_blocks.INCLUDING[button],
        )
        with (
            dependencies.database.reading() as session
        ):  # who may is asked before anybody waits for us
            shown = batches.peek(session, import_id)
        asker = Requester(user, shown.via)
        dependencies.permit(asker, *{site for site, _, _ in (shown.shown or {}).get("places", ())})
        with dependencies.acting("registered", asker) as (session, act):
            one = batches.opened(session, import_id)
            dry = batches.sort(session, one, places)
            dependencies.permit(asker, *approval.sites_of(dry, including))
            came = approval.register(
                session, one, dry, including=including, act=act, channel_of=dependencies.channel_of
            )
            return one, blocks.registered(came, one, act)

    def drop(self, import_id: int, user: str) -> Import:
        """Forget what was shown."""
        with self._dependencies.database.begin() as session:
            return batches.drop(session, import_id, by=user, at=self._dependencies.clock())

    def send(self, import_id: int, user: str) -> Import:
        """Owe the whole dry run as a file to who asks for it."""
        places = DestinationIndex(self._dependencies.repo)
        with self._dependencies.database.begin() as session:
            one = batches.opened(session, import_id)
            outbox.enqueue_file(
                session,
                channel=user,
                name="dry-run.csv",
                content=summary.csv_of(batches.sort(session, one, places)),
                sentence="The whole dry run, a Mac a line.",
                at=self._dependencies.clock(),
            )
            return one

    def choose(self, import_id: int, menu: str, name: str) -> Import:
        """Say where the Macs go that name no site, or what those become that name no build."""
        places = DestinationIndex(self._dependencies.repo)
        with self._dependencies.database.begin() as session:
            one = batches.opened(session, import_id)
            if menu == dry_run_blocks.SITE:
                one.site = name
            else:
                one.build = name
            batches.show(session, one, places, at=self._dependencies.clock())
            return one


def card_for(how: Submission, channel: str, thread_ts: str | None = None) -> Card:
    """The card of an import, not yet shown."""
    return Card(
        key=uuid4().hex,
        kind=IMPORT,
        channel=channel,
        thread_ts=thread_ts,
        registered_by=how.by,
        created_at=how.at,
    )


def _is_hardly_meant(reading: ParseResult, text: str, places: DestinationIndex) -> bool:
    """Whether nobody would say that this is about Macs: nothing in it, or a verb of no meaning."""
    if not reading.entries and not reading.rejected:
        return True
    first, *others = text.split()
    return (
        len(reading.entries) == len(others) == 1
        and first.upper() != reading.entries[0].serial.key
        and not Names(places.sites, places.builds).named_in(first).sites
    )
