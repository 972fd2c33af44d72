"""The carrying over of a twin's entries into the manifest that its Mac finds.

Each step reads the files first, and is safe to repeat: the file first, the commit second.
"""

from collections.abc import Callable
from functools import partial
from itertools import islice

from sqlalchemy import update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from provisioning.firstboot.models import Decision
from provisioning.munki import ChangeNote, MunkiRepo, revisions
from provisioning.munki.editing import MAX_NAMED, ManifestEditor, NoManifest, StillIncluded
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests import documents
from provisioning.munki.manifests.documents import FOLDER, Manifest
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.manifests.reading import who_includes
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.revisions import RecordedChanges
from provisioning.munki.storage import Stored
from provisioning.registrations.models import Operation, Registration
from provisioning.values.serials import Serial


class TwinStays(RollcallError):
    """A twin of a Mac whose registration was cancelled before a job carried it over."""

    def __init__(self, serial: str) -> None:
        super().__init__("The registration of {serial} was cancelled meanwhile.", serial=serial)


class TwinManifests:
    """The manifests of Macs in a repo that have twins."""

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self._database, self._repo, self._store = database, repo, repo.store
        self._editor = ManifestEditor(database, repo.store)
        self._changes = RecordedChanges(database, repo.store)

    def settle(self, act_id: int) -> tuple[Registration, Decision, Operation]:
        """Carry over the twin of an operation, or take that back where it was undone.

        Returns the decision. Raises RepoUnusable, ManifestUnreadable, NoManifest,
        ManifestChanged where another writer changed one meanwhile, StillIncluded where others
        include the twin, MissingInclude where the twin includes a missing one, and TwinStays.
        """
        with self._database.reading() as session:
            act = session.get_one(Operation, act_id)
            decision = session.get_one(Decision, (act.facts or {})["decision"])
            registration = session.get_one(Registration, decision.registration_id)
        reason = Author(act.by, f"twin {act.id}", registration.id)
        twin = ManifestName.parse(decision.paths[0])
        if act.undone_at is not None:
            self._take_back(registration, twin, reason)
        elif registration.closed_at is not None:
            raise TwinStays(registration.name)
        elif not self._is_removed(twin, reason):
            content = self._carry_over(registration, twin, reason)
            self._editor.remove(twin, editor=reason, unless=partial(_verify_same, twin, content))
        return registration, decision, act

    def _is_removed(self, twin: ManifestName, reason: Author) -> bool:
        """Return True if a former attempt removed the twin. Raises NoManifest where others did.

        A disk that ignores case reads the Mac's own manifest by its name, so it is listed.
        """
        folder, _, name = f"{FOLDER}{twin}".rpartition("/")
        if name in self._store.names(folder):
            return False
        with self._database.reading() as session:
            last = revisions.newest(session, twin.text)
        if last is None or last.via != reason.via:
            raise NoManifest(twin.text)
        return True

    def _carry_over(self, registration: Registration, twin: ManifestName, reason: Author) -> bytes:
        """Write the twin's entries into its Mac's manifest; returns the twin's content."""
        if by := list(islice(who_includes(self._store, twin.text), MAX_NAMED + 1)):
            raise StillIncluded(twin.text, by)
        view, serial = self._repo.now(), Serial(registration.name)
        name, content = view.manifest_of(serial), self._editor.read(twin).content
        with view.holding(serial):
            stored, present = view.present(serial)
            if stored is None or present is None:
                raise NoManifest(name)
            others = documents.loads(twin.text, content)
            includes = registration.includes
            written = WrittenIncludes.from_json(includes) if includes else None
            merged = view.carried_over(serial, present, others, written)
            if merged != present:
                why = f"{twin} → {name}, carried over by {reason.by} in Slack"
                new = documents.dumps(name, merged)
                write(self._store, name, new, stored, ChangeNote(why, author=reason.by))
                also = _keeping(registration.id, merged)
                self._changes.record(name, stored.content, new, reason, also=also)
        return content

    def _take_back(self, registration: Registration, twin: ManifestName, reason: Author) -> None:
        """Restore both manifests, and the catalogs that the Mac's own had."""
        view, serial = self._repo.now(), Serial(registration.name)
        self._changes.take_back([view.manifest_of(serial), twin.text], reason)
        _, present = view.present(serial)
        if present is not None:
            self._database.run_shared(_keeping(registration.id, present))


def _keeping(registration_id: int, manifest: Manifest) -> Callable[[Session], None]:
    """Return the record of the catalogs of a Mac's manifest, so that they do not count as drift."""

    def keep(session: Session) -> None:
        registration = session.get_one(Registration, registration_id, populate_existing=True)
        if registration.includes:
            catalogs = documents.entries(manifest, "catalogs")
            row = update(Registration).where(Registration.id == registration_id)
            session.execute(row.values(includes={**registration.includes, "catalogs": catalogs}))

    return keep


def _verify_same(twin: ManifestName, content: bytes, stored: Stored | None) -> None:
    """Raise ManifestChanged where a twin differs from the one that was carried over."""
    if stored is None or stored.content != content:
        raise ManifestChanged(twin.text)
