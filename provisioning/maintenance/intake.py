"""Acts of people on imports: what each door does, in one transaction, for whoever may."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import SEEK_END, BytesIO
from typing import BinaryIO

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session, defer

from infrastructure.database.engine import Transactions
from infrastructure.errors import RollcallError
from provisioning.imports import approval, lifecycle, reading, sources, summary
from provisioning.imports.approval import Registered
from provisioning.imports.dry_run import DryRun
from provisioning.imports.edits import changes, recording
from provisioning.imports.edits.changes import Changes, NotTheirs
from provisioning.imports.edits.listing import Listing
from provisioning.imports.edits.recording import PreparedEdit
from provisioning.imports.foreseen import ForeseenDryRun
from provisioning.imports.lifecycle import NotOpen, Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.sources import FileTooLarge, TooManyFiles
from provisioning.maintenance import acts
from provisioning.maintenance.acts import Actor, Permit
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import UnknownBuild, UnknownSite
from provisioning.outbox.models import Card
from provisioning.policy import NotAllowed
from provisioning.registrations.models import Operation
from provisioning.values.outsiders import is_same

BOARD, API = "board", "api"  # the ways by which imports come whose dry runs stand on the board
LONGEST_TEXT = 40_000  # characters that are read as a message is; more, as a file
PASTED = "pasted.txt"  # the name of that file
# Makes the changes of an edit, of the rows as they are when it is stored.
Plan = Callable[[Session, Import, Listing], Changes]


class NothingHandedIn(RollcallError):
    """A form without a text and without a file."""

    def __init__(self) -> None:
        super().__init__("There is no text and no file in this form.")


class NoSuchImport(NotOpen):
    """An import that there is not, or that a person may not see."""

    def __init__(self) -> None:
        super().__init__(None)


class DryRunChanged(RollcallError):
    """A dry run that another person changed after it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this dry run after you saw it, so nothing was done. Look at it as it "
            "is now, then do it again."
        )


@dataclass(frozen=True, slots=True)
class Editor:
    """A person at a dry run; `is_admin` where the policy names them as one."""

    actor: Actor
    is_admin: bool
    permit: Permit

    def may_edit_all(self, imported: Import) -> bool:
        """True for who handed the Macs in, and for an admin."""
        return self.is_admin or is_same(self.actor.by, imported.by)


def visible(editor: Editor, channels: Collection[str]) -> ColumnElement[bool]:
    """The condition of the imports that a person may see on the board.

    Those of the board and of programs are for all, as it is itself; of Slack's their own, and those
    whose dry run was shown in one of `channels`, in which people hear of all Macs. Admins may see
    every one.
    """
    if editor.is_admin:
        return true()
    shown = select(Card.id).where(Card.channel.in_(channels))
    return or_(
        Import.by == editor.actor.by, Import.via.in_((BOARD, API)), Import.card_id.in_(shown)
    )


def check_may_hand_in(permit: Permit, sites: Sequence[str]) -> None:
    """Check that somebody may register Macs at one of the `sites` at least. Raises NotAllowed."""
    refused = None
    for site in sites or [""]:
        try:
            permit(site)
        except NotAllowed as error:
            refused = refused or error
        else:
            return
    if refused is not None:
        raise refused


def check_may_settle(imported: Import, editor: Editor) -> None:
    """Check that somebody may drop an import, or say where it goes. Raises NotAllowed, NotTheirs.

    Those may who handed it in, admins, and who may register Macs at all the sites of its ready
    rows.
    """
    if editor.may_edit_all(imported):
        return
    sites = summary.sites_of(imported.shown)
    if not sites:
        raise NotTheirs
    editor.permit(*sites)


class Intake:
    """The acts of all doors on imports. They raise RollcallError, having done nothing.

    `channel_of` returns the channel of a site.
    """

    def __init__(
        self,
        database: Transactions,
        repo: MunkiRepo,
        channel_of: Callable[[str], str],
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._repo = database, repo
        self._channel_of, self._clock = channel_of, clock

    def find(self, import_id: int, is_visible: ColumnElement[bool]) -> Import:
        """Return an import, one of those that the caller may see. Raises NoSuchImport."""
        query = select(Import).where(Import.id == import_id, is_visible)
        with self._database.reading() as session:
            imported = session.scalars(query).one_or_none()
        if imported is None:
            raise NoSuchImport
        return imported

    def listed(
        self,
        is_visible: ColumnElement[bool],
        states: Collection[str],
        *,
        limit: int,
        before: int | None = None,
    ) -> list[Import]:
        """Return imports in these states, the newest first; `before` is the id behind which.

        Without their sources and rows, which may be megabytes of each.
        """
        wanted = Import.state.in_(states) & is_visible
        if before is not None:
            wanted &= Import.id < before
        query = select(Import).where(wanted).order_by(Import.id.desc()).limit(limit)
        query = query.options(defer(Import.sources), defer(Import.reading))
        with self._database.reading() as session:
            return list(session.scalars(query))

    def keep_file(self, by: str, name: str, content: BinaryIO) -> int:
        """Keep a file that was sent, until it is handed in; return its number.

        Each piece has a transaction of its own: Macs that boot wait for it. Raises FileTooLarge.
        """
        size = content.seek(0, SEEK_END)
        if size > sources.LARGEST:
            raise FileTooLarge(name)
        content.seek(0)
        with self._database.begin() as session:
            file_id = sources.begin_file(session, name, size, by=by, at=self._clock())
        for number, piece in enumerate(iter(partial(content.read, sources.PIECE), b"")):
            with self._database.begin() as session:
                sources.add_piece(session, file_id, number, piece)
        return file_id

    def hand_in(self, text: str, files: Sequence[int], submission: Submission) -> int:
        """Have a text and files read that are kept; return the number of their import.

        It is the same one where they come twice. Raises NothingHandedIn, FilesGone, TooManyFiles,
        UnknownDestination.
        """
        if not text.strip() and not files:
            raise NothingHandedIn
        if len(files) > sources.MOST:
            raise TooManyFiles(len(files))
        _check_names(self._places(), submission.site, submission.build)
        if len(text) > LONGEST_TEXT:
            files = [*files, self.keep_file(submission.by, PASTED, BytesIO(text.encode()))]
            text = ""
        with self._database.begin() as session:
            imported = lifecycle.keep(session, ParseResult(), submission)
            if imported is None:
                return session.scalars(
                    select(Import.id).where(Import.once == submission.once)
                ).one()
            found = sources.hand_in(session, imported, files)
            if text.strip():
                found.insert(0, {"kind": sources.TEXT, "text": text})
            reading.start(session, imported, found, None, quiet=False)
            return imported.id

    def register(
        self, import_id: int, editor: Editor, *, including: Sequence[str], seen: str | None = None
    ) -> tuple[Import, Registered, Operation]:
        """Register the ready rows of an import, and the kinds `including`; once: it is settled.

        `seen` is the digest of the dry run that the person saw, where that is known. Raises
        NotAllowed, NotOpen, DryRunChanged, NothingLeft.
        """
        places = self._places()
        # Slack may be asked: before the transaction, for which others wait.
        with self._database.reading() as session:
            stored = lifecycle.waiting(session, import_id)
            foreseen = ForeseenDryRun.of(session, stored, places)
        editor.permit(*summary.sites_of(stored.shown))
        with acts.acting(self._database, "registered", editor.actor, self._clock()) as (
            session,
            operation,
        ):
            imported = lifecycle.opened(session, import_id)
            _check_seen(imported, seen)
            dry_run = foreseen.now(session, imported, places)
            editor.permit(*approval.sites_of(dry_run, including))
            registered = approval.register(
                session,
                imported,
                dry_run,
                including=including,
                operation=operation,
                channel_of=self._channel_of,
            )
            return imported, registered, operation

    def drop(self, import_id: int, by: str, *, seen: str | None = None) -> Import:
        """Drop an open import. Raises NotOpen, DryRunChanged."""
        with self._database.begin() as session:
            _check_seen(lifecycle.opened(session, import_id), seen)
            return lifecycle.drop(session, import_id, by=by, at=self._clock())

    def choose(
        self, import_id: int, *, site: str | None = None, build: str | None = None
    ) -> Import:
        """Set the site of the rows that name no site, and the build of those that name no build.

        Raises NotOpen, UnknownDestination.
        """
        places = self._places()
        _check_names(places, site, build)
        with self._database.reading() as session:
            chosen = lifecycle.waiting(session, import_id)
            session.expunge(chosen)  # the choice is tried on a copy, which is never stored
            lifecycle.set_defaults(chosen, site=site, build=build)
            foreseen = ForeseenDryRun.of(session, chosen, places)
        with self._database.begin() as session:
            imported = lifecycle.opened(session, import_id)
            lifecycle.set_defaults(imported, site=site, build=build)
            dry = foreseen.now(session, imported, places)
            lifecycle.show_dry_run(session, imported, dry, at=self._clock())
            return imported

    def edit(self, import_id: int, editor: Editor, plan: Plan) -> None:
        """Store the changes that `plan` makes of the rows of an import, as one edit.

        The person who submitted the Macs may edit them, and those who may register at the sites of
        the rows that change. Rows that go nowhere yet are for the former and for admins. Raises
        what `plan` raises, NotOpen, NotAllowed, NotTheirs.
        """
        places, by, at = self._places(), editor.actor.by, self._clock()

        def prepare(session: Session, imported: Import, dry: DryRun | None) -> PreparedEdit:
            listing = Listing.of(session, imported, places, dry)
            planned = plan(session, imported, listing)
            _check(imported, editor, listing, planned)
            return recording.prepare(session, imported, places, listing, planned)

        with self._prepared(import_id, places, prepare) as (session, imported, edit):
            recording.record(session, imported, edit, by=by, at=at)

    def undo_edit(self, import_id: int, editor: Editor, edit_id: int) -> None:
        """Undo the newest edit, of any person. Raises NothingToUndo where it is another one."""
        places, by, at = self._places(), editor.actor.by, self._clock()

        def prepare(session: Session, imported: Import, dry: DryRun | None) -> PreparedEdit:
            if not editor.may_edit_all(imported):
                listing = Listing.of(session, imported, places, dry)
                before = recording.before_last(session, imported, edit_id)
                _check(imported, editor, listing, before)
            return recording.prepare_undo(session, imported, places, edit_id)

        with self._prepared(import_id, places, prepare) as (session, imported, edit):
            recording.undo(session, imported, edit_id, edit, by=by, at=at)

    @contextmanager
    def _prepared(
        self,
        import_id: int,
        places: DestinationIndex,
        prepare: Callable[[Session, Import, DryRun | None], PreparedEdit],
    ) -> Iterator[tuple[Session, Import, PreparedEdit]]:
        """A transaction that has an import locked, and an edit of it, prepared before.

        Slack may be asked there, and rows are classified, for which others would wait. It is
        prepared again where something changed meanwhile.
        """
        with self._database.reading() as session:
            stored = lifecycle.waiting(session, import_id)
            foreseen = ForeseenDryRun.of(session, stored, places)
            edit = prepare(session, stored, foreseen.dry)
        with self._database.begin() as session:
            imported = lifecycle.opened(session, import_id)
            if not foreseen.is_current(session, imported):
                edit = prepare(session, imported, None)
            yield session, imported, edit

    def _places(self) -> DestinationIndex:
        return DestinationIndex(self._repo.now())


def _check_names(places: DestinationIndex, site: str | None, build: str | None) -> None:
    sites, builds = places.known
    if site and site not in (sites or ()):
        raise UnknownSite(site)
    if build and build not in (builds or ()):
        raise UnknownBuild(build)


def _check(imported: Import, editor: Editor, listing: Listing, planned: Changes) -> None:
    if not editor.may_edit_all(imported):
        editor.permit(*sorted(changes.sites_of(listing, planned)))


def _check_seen(imported: Import, seen: str | None) -> None:
    if seen is not None and seen != summary.digest_of(imported.shown):
        raise DryRunChanged
