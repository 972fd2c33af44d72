"""The acts on imports, with their checks of rights, each in one transaction."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import partial
from io import SEEK_END, BytesIO
from typing import BinaryIO

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, defer

from infrastructure.database.engine import Transactions
from infrastructure.errors import Conflict, InvalidInput
from provisioning.imports import approval, lifecycle, reading, sources, summary
from provisioning.imports.approval import RegisteredRows
from provisioning.imports.edits import changes, planning, recording
from provisioning.imports.edits.changes import Changes
from provisioning.imports.edits.listing import Listing
from provisioning.imports.edits.planning import PlannedEdit
from provisioning.imports.lifecycle import AlreadyKept, NotOpen, Submission
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import ParseResult
from provisioning.imports.prepared import Basis, PreparedDryRun
from provisioning.imports.sources import FileTooLarge, TooManyFiles
from provisioning.maintenance.acts.actors import Principal, acting
from provisioning.maintenance.acts.import_rights import may_edit_all
from provisioning.munki import MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import UnknownBuild, UnknownSite
from provisioning.registrations.models import Operation

LONGEST_TEXT = 40_000  # characters that are read as a message is; more, as a file
PASTED = "pasted.txt"  # the name of that file
# Makes the changes of an edit, of the rows as they are when it is stored.
Plan = Callable[[Listing], Changes]


class NothingHandedIn(InvalidInput):
    """A form without a text and without a file."""

    def __init__(self) -> None:
        super().__init__("There is no text and no file in this form.")


class NoSuchImport(NotOpen):
    """An import that does not exist, or that a person may not see."""

    def __init__(self) -> None:
        super().__init__(None)


class DryRunChanged(Conflict):
    """A dry run that another person changed after it was shown."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this dry run after you saw it, so nothing was done. Look at it as it "
            "is now, then do it again."
        )


def find(database: Transactions, import_id: int, is_visible: ColumnElement[bool]) -> Import:
    """Return an import, one of those that the caller may see. Raises NoSuchImport.

    Without its Macs as they were read, which may be megabytes.
    """
    query = select(Import).where(Import.id == import_id, is_visible)
    query = query.options(defer(Import.reading))
    with database.reading() as session:
        imported = session.scalars(query).one_or_none()
    if imported is None:
        raise NoSuchImport
    return imported


def listed(
    database: Transactions,
    is_visible: ColumnElement[bool],
    states: Collection[str],
    *,
    limit: int,
    before: int | None = None,
) -> list[Import]:
    """Return imports in these states, the newest first, or those older than the id `before`.

    Without their sources and rows, which may be megabytes of each.
    """
    wanted = Import.state.in_(states) & is_visible
    if before is not None:
        wanted &= Import.id < before
    query = select(Import).where(wanted).order_by(Import.id.desc()).limit(limit)
    query = query.options(defer(Import.sources), defer(Import.reading))
    with database.reading() as session:
        return list(session.scalars(query))


def keep_file(database: Transactions, by: str, name: str, content: BinaryIO, at: datetime) -> int:
    """Store a file that was sent, until it is handed in; return its number.

    Each piece has a transaction of its own: Macs that boot wait for it. Raises FileTooLarge.
    """
    size = content.seek(0, SEEK_END)
    if size > sources.LARGEST:
        raise FileTooLarge(name)
    content.seek(0)
    with database.begin() as session:
        file_id = sources.begin_file(session, name, size, by=by, at=at)
    for number, piece in enumerate(iter(partial(content.read, sources.PIECE), b"")):
        with database.begin() as session:
            sources.add_piece(session, file_id, number, piece)
    return file_id


class Intake:
    """The acts of all doors on imports. They raise RollcallError, having done nothing.

    `channel_of` returns the channel of a site.
    """

    def __init__(self, repo: MunkiRepo, channel_of: Callable[[str], str]) -> None:
        self._repo, self._channel_of = repo, channel_of

    def hand_in(
        self, database: Transactions, text: str, files: Sequence[int], submission: Submission
    ) -> int:
        """Have a text and stored files read; return the number of their import.

        It is the same one where they are sent again. Raises NothingHandedIn, FilesGone,
        TooManyFiles, UnknownDestination.
        """
        if not text.strip() and not files:
            raise NothingHandedIn
        if len(files) > sources.MAX_FILES:
            raise TooManyFiles(len(files))
        _check_names(self._places(), submission.site, submission.build)
        if len(text) > LONGEST_TEXT:
            pasted = BytesIO(text.encode())
            files = [*files, keep_file(database, submission.by, PASTED, pasted, submission.at)]
            text = ""
        with database.begin() as session:
            try:
                imported = lifecycle.keep(session, ParseResult(), submission)
            except AlreadyKept:
                known = select(Import.id).where(Import.once == submission.once)
                return session.scalars(known).one()
            found = sources.hand_in(session, imported, files)
            if text.strip():
                found.insert(0, {"kind": sources.TEXT, "text": text})
            reading.start(session, imported, found, None, quiet=False)
            return imported.id

    def register(
        self,
        import_id: int,
        principal: Principal,
        *,
        including: Sequence[str],
        seen: str | None = None,
    ) -> tuple[Import, RegisteredRows, Operation]:
        """Register the ready rows of an import, and the kinds `including`, and settle it.

        `seen` is the digest of the dry run that the person saw, where that is known. Raises
        NotAllowed, NotOpen, DryRunChanged, NothingLeft.
        """
        places = self._places()
        # Slack may be asked: before the transaction, for which others wait.
        with principal.database.reading() as session:
            stored = lifecycle.waiting(session, import_id)
            prepared = PreparedDryRun.of(session, stored, places)
        principal.permit(*summary.sites_of(stored.shown))
        with acting("registered", principal) as (session, operation):
            imported = lifecycle.opened(session, import_id)
            _check_seen(imported, seen)
            present = prepared.now(session, imported, places)
            principal.permit(*approval.sites_of(present.dry, including))
            registered = approval.register(
                session,
                imported,
                present.dry,
                present.shown,
                including=including,
                operation=operation,
                channel_of=self._channel_of,
            )
            return imported, registered, operation

    def drop(self, import_id: int, principal: Principal, *, seen: str | None = None) -> Import:
        """Drop an open import. Raises NotOpen, DryRunChanged."""
        with principal.database.begin() as session:
            _check_seen(lifecycle.opened(session, import_id), seen)
            return lifecycle.drop(session, import_id, by=principal.actor.by, at=principal.at)

    def choose(
        self,
        import_id: int,
        principal: Principal,
        *,
        site: str | None = None,
        build: str | None = None,
        seen: str | None = None,
    ) -> Import:
        """Set the site of the rows that name no site, and the build of those that name no build.

        `seen` is as for `register`. Raises NotOpen, DryRunChanged, UnknownDestination.
        """
        places = self._places()
        _check_names(places, site, build)
        with principal.database.reading() as session:
            chosen = lifecycle.waiting(session, import_id)
            session.expunge(chosen)  # the choice is tried on a copy, which is never stored
            lifecycle.set_defaults(chosen, site=site, build=build)
            prepared = PreparedDryRun.of(session, chosen, places)
        with principal.database.begin() as session:
            imported = lifecycle.opened(session, import_id)
            _check_seen(imported, seen)
            lifecycle.set_defaults(imported, site=site, build=build)
            present = prepared.now(session, imported, places)
            lifecycle.show_summary(session, imported, present.shown, at=principal.at)
            return imported

    def edit(self, import_id: int, principal: Principal, plan: Plan) -> None:
        """Store the changes that `plan` makes of the rows of an import, as one edit.

        The person who submitted the Macs may edit them, and those who may register at the sites of
        the rows that change. Rows that go nowhere yet are for the former and for admins. Raises
        what `plan` raises, NotOpen, NotAllowed, NotTheirs.
        """
        places = self._places()

        def planned(session: Session, imported: Import) -> PlannedEdit:
            listing = Listing.of(session, imported, places)
            changed = plan(listing)
            _check(imported, principal, listing, changed)
            return planning.plan(session, imported, places, listing, changed)

        self._store(import_id, principal, planned)

    def undo_edit(self, import_id: int, principal: Principal, edit_id: int) -> None:
        """Undo the newest edit, of any person. Raises NothingToUndo where it is another one."""

        places = self._places()

        def planned(session: Session, imported: Import) -> PlannedEdit:
            changed = recording.before_last(session, imported, edit_id)
            if not may_edit_all(principal, imported):
                _check(imported, principal, Listing.of(session, imported, places), changed)
            return planning.plan_undo(session, imported, places, edit_id, changed)

        self._store(import_id, principal, planned)

    def _places(self) -> DestinationIndex:
        return DestinationIndex(self._repo.now())

    def _store(
        self,
        import_id: int,
        principal: Principal,
        planned: Callable[[Session, Import], PlannedEdit],
    ) -> None:
        """Store an edit, planned before the transaction, and again in it where it is stale.

        Planning is slow, and may ask Slack for rights: others would wait for the transaction.
        """
        with principal.database.reading() as session:
            imported = lifecycle.waiting(session, import_id)
            basis = Basis.of(session, imported)
            edit = planned(session, imported)
        with principal.database.begin() as session:
            imported = lifecycle.opened(session, import_id)
            if not basis.holds(session, imported, edit.keys):
                edit = planned(session, imported)
            recording.record(session, imported, edit, by=principal.actor.by, at=principal.at)


def _check_names(places: DestinationIndex, site: str | None, build: str | None) -> None:
    sites, builds = places.known
    if site and site not in (sites or ()):
        raise UnknownSite(site)
    if build and build not in (builds or ()):
        raise UnknownBuild(build)


def _check(imported: Import, principal: Principal, listing: Listing, planned: Changes) -> None:
    if not may_edit_all(principal, imported):
        principal.permit(*sorted(changes.sites_of(listing, planned)))


def _check_seen(imported: Import, seen: str | None) -> None:
    if seen is not None and seen != summary.digest_of(imported.shown):
        raise DryRunChanged
