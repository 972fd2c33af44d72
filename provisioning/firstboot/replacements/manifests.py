"""The manifests of replaced Macs, which follow their registrations.

Each step reads the files first, and is safe to repeat: the file first, the commit second.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from provisioning.firstboot.replacements import replacing
from provisioning.firstboot.replacements.models import BOARD, Replacement
from provisioning.munki import ChangeNote, MunkiRepo
from provisioning.munki.editing import ManifestEditor, NoManifest
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import FOLDER, INCLUDED
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.repo import digest
from provisioning.munki.revisions import RecordedChanges
from provisioning.munki.storage import Stored
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial


def found(repo: MunkiRepo, serial: Serial) -> tuple[str | None, list[str]]:
    """Return a short hash of the manifest of `serial`, and its entries that are people's own.

    These are the names of keys, and of includes to which the layout gives no meaning; a manifest
    that Rollcall made has none. The hash is None where there is no manifest. Raises
    SerialMeansSomething, ManifestUnreadable, RepoUnusable.
    """
    view = repo.now()
    view.check_own(serial)
    name = view.manifest_of(serial)
    stored = repo.store.read(FOLDER + name)
    if stored is None:
        return None, []
    manifest = documents.loads(name, stored.content)
    extras = view.layout.new_manifest
    entries = [
        key
        for key, value in manifest.items()
        if key not in ("catalogs", INCLUDED) and value and value != extras.get(key)
    ]
    includes = documents.entries(manifest, INCLUDED)
    others = [path for path in includes if path and view.layout.kind_of(path) is None]
    return digest(stored.content), [*entries, *others]


class _Undone(RollcallError):
    """A replacement that was undone while its job was done."""


class ReplacedManifests:
    """The manifests of replaced Macs in a repo."""

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self._database, self._repo, self._store = database, repo, repo.store
        self._editor = ManifestEditor(database, repo.store)
        self._changes = RecordedChanges(database, repo.store)

    def prepare(self, registration_id: int) -> None:
        """Copy the manifest of a registered Mac to the name that its call expects.

        The former one is removed later, by the job. Raises RepoUnusable, ManifestChanged.
        """
        pending = (Replacement.registration_id == registration_id) & Replacement.ended_at.is_(None)
        with self._database.reading() as session:
            rows = session.scalars(select(Replacement).where(pending).order_by(Replacement.id))
            replacements = list(rows)
        for replacement in replacements:
            if replacement.undone_at is not None:
                self._take_back(replacement)
                self._end(replacement)
            elif replacement.copied_at is None:
                self._copy(replacement)

    def note_call(self, registration_id: int, *, heard: bool, in_use: str) -> None:
        """Have the manifests follow the call of a Mac, as `replacing.note_call` does."""
        note = partial(replacing.note_call, heard=heard, in_use=in_use, at=datetime.now(UTC))
        self._database.run_shared(lambda session: note(session, registration_id))

    def settle(self, replacement_id: int) -> None:
        """Do the steps of a replacement that are due.

        Raises RepoUnusable, ManifestChanged where another writer changed a manifest meanwhile, and
        StillIncluded where one that is to be removed is included by others.
        """
        replacement = self._read(replacement_id)
        if replacement.ended_at is not None:
            return
        if replacement.undone_at is not None:
            self._take_back(replacement)
        elif self._is_cancelled(replacement):
            pass  # the manifests of a Mac whose registration is cancelled stay
        else:
            if replacement.copied_at is None:
                self._copy(replacement)
            is_unheard = replacement.kind == BOARD and replacement.heard_at is None
            if is_unheard and not self._is_former_removed(replacement):
                self._compare(replacement)
                return
            if replacement.kind == BOARD or not replacement.keep:
                self._remove(replacement)
        self._end(replacement)

    def _end(self, replacement: Replacement) -> None:
        """Record that a replacement is finished, unless it was undone in the meantime."""
        as_read = Replacement.undone_at.is_not_distinct_from(replacement.undone_at)
        row = update(Replacement).where(Replacement.id == replacement.id, as_read)
        at = datetime.now(UTC)
        self._database.run_shared(lambda session: session.execute(row.values(ended_at=at)))

    def _copy(self, replacement: Replacement) -> None:
        """Copy the manifest; it replaces one without entries of its own."""
        name, copied = self._path(replacement.new_name), _copied(replacement.id)
        with self._store.holding(FOLDER + name):
            replacement = self._read(replacement.id)
            if replacement.copied_at is not None or replacement.undone_at is not None:
                return
            source = self._store.read(FOLDER + self._path(replacement.old_name))
            stored = self._store.read(FOLDER + name)
            if source is None:  # it was never written: the first boot makes it
                self._database.run_shared(copied)
                return
            is_known = (digest(stored.content) if stored else None) == replacement.found
            before = stored.content if stored and is_known else None
            if stored is None or stored.content != source.content:
                if not is_known:
                    raise ManifestChanged(name)
                write(self._store, name, source.content, stored, _why(replacement))
            self._changes.record(name, before, source.content, _reason(replacement), also=copied)

    def _is_former_removed(self, replacement: Replacement) -> bool:
        """Return True if a person removed the former manifest of a swapped board, which ends it.

        Not where there was none to be copied, nor where all are gone, as on a lost mount.
        """
        old, new = self._path(replacement.old_name), self._path(replacement.new_name)
        if self._store.exists(FOLDER + old) or not self._store.exists(FOLDER + new):
            return False
        return self._changes.has_any(new, _reason(replacement))

    def _compare(self, replacement: Replacement) -> None:
        """Make the manifest of a swapped board's former serial equal to that of its Mac."""
        name = self._path(replacement.old_name)
        with self._database.reading() as session:
            mac = session.get_one(Registration, replacement.registration_id)
            is_anothers = queries.is_open(session, Serial(replacement.old))
        source = self._store.read(FOLDER + self._path(mac.name))
        if source is None or is_anothers:
            return
        with self._store.holding(FOLDER + name):
            stored = self._store.read(FOLDER + name)
            replacement = self._read(replacement.id)
            goes_on = replacement.heard_at is None and replacement.undone_at is None
            if stored is None or stored.content == source.content or not goes_on:
                return
            write(self._store, name, source.content, stored, _why(replacement))
            self._changes.record(name, stored.content, source.content, _reason(replacement))

    def _remove(self, replacement: Replacement) -> None:
        """Remove the former manifest, unless a Mac of that serial is registered again."""
        with self._database.reading() as session:
            if queries.is_open(session, Serial(replacement.old)):
                return

        def unless(_: Stored | None) -> None:
            if self._read(replacement.id).undone_at is not None:
                raise _Undone

        name = ManifestName.parse(self._path(replacement.old_name))
        try:
            self._editor.remove(name, editor=_reason(replacement), unless=unless)
        except (NoManifest, _Undone):  # it is gone already, or never was; or it stays after all
            return

    def _take_back(self, replacement: Replacement) -> None:
        """Restore both manifests as they were before the replacement. Raises ManifestChanged."""
        names = [self._path(serial) for serial in (replacement.old_name, replacement.new_name)]
        self._changes.take_back(names, _reason(replacement))

    def _path(self, serial: str) -> str:
        return self._repo.now().manifest_of(Serial(serial))

    def _read(self, replacement_id: int) -> Replacement:
        with self._database.reading() as session:
            return session.get_one(Replacement, replacement_id)

    def _is_cancelled(self, replacement: Replacement) -> bool:
        with self._database.reading() as session:
            registration = session.get_one(Registration, replacement.registration_id)
            return registration.closed_at is not None


def _reason(replacement: Replacement) -> Author:
    """The reason of the changes of one replacement, by which an undo finds them."""
    via = f"replacement {replacement.id}"
    return Author(replacement.by, via, replacement.registration_id)


def _why(replacement: Replacement) -> ChangeNote:
    """The note about a change, for a repo that keeps a history."""
    return ChangeNote(
        f"{replacement.old_name} → {replacement.new_name}: replaced by {replacement.by}",
        author=replacement.by,
    )


def _copied(replacement_id: int) -> Callable[[Session], None]:
    """Return the record that the manifest of a replacement was copied."""

    def record(session: Session) -> None:
        row = update(Replacement).where(Replacement.id == replacement_id)
        session.execute(row.values(copied_at=datetime.now(UTC)))

    return record
