"""The editing of manifests by people, with the same locks and history as the calls of Macs.

The file is written first, the commit follows: a crash between the two loses one revision.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from provisioning.munki import ChangeNote, Written, revisions
from provisioning.munki.audit import who_includes
from provisioning.munki.errors import ManifestUnreadable, MissingInclude
from provisioning.munki.manifests import documents, line_feeds
from provisioning.munki.manifests.documents import FOLDER, INCLUDED
from provisioning.munki.manifests.includes import named
from provisioning.munki.manifests.names import ManifestName
from provisioning.munki.models import Revision
from provisioning.munki.repo import digest
from provisioning.munki.storage import Overtaken, Store, Stored

RESTORE = "restore"  # the job
SHARED = "included_manifests/"  # the folder of manifests that others may include


class NoManifest(RollcallError):
    """A manifest that the repo does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The Munki repo has no manifest {name!r}.")


class StillIncluded(RollcallError):
    """A manifest that others include, and that therefore stays."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(f"{name} is included by {by}; take it out there first.")


class ManifestChanged(RollcallError):
    """A manifest that another writer changed after it was read."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed meanwhile; look at it again first.")


# Raises ManifestChanged where a manifest is not the version that the person saw.
Condition = Callable[[Stored | None], None]


@dataclass(frozen=True, slots=True)
class Author:
    """A person who changes manifests, and the source (`via`), for the repo's history and log."""

    by: str
    via: str

    def why(self, verb: str, name: ManifestName) -> ChangeNote:
        """The note about a change, such as “changed”, in one line."""
        return ChangeNote(f"{name}: {verb} by {self.by} ({self.via})", author=self.by)


class ManifestEditor:
    """An editor of all manifests of a repo, by their names."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database, self._store = database, store

    def names(self) -> list[str]:
        """The names of all manifests, as paths from their folder. Raises RepoUnusable."""
        return sorted(self._store.walk("manifests"))

    def read(self, name: ManifestName) -> Stored:
        """Return a manifest. Raises NoManifest, ManifestUnreadable."""
        stored = self._store.read(FOLDER + name.text)
        if stored is None:
            raise NoManifest(name.text)
        return stored

    def put(
        self, name: ManifestName, content: bytes, *, editor: Author, unless: Condition
    ) -> tuple[Written, bool]:
        """Replace a manifest by `content`, or make it.

        Returns the result of the write, and True where the manifest is new. Line feeds that a
        client lost on the way are restored. Raises ManifestUnreadable where `content` is no
        manifest, MissingInclude where it adds an include that does not exist, ManifestChanged,
        InvalidName where it is new and other systems cannot have a file of its name.
        """
        name.verify_plist()
        new = documents.loads(name.text, content)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            unless(stored)
            if stored is None:
                name.verify_new()
            present = _parsed(name, stored)
            self._verify(name, new, present)
            if line_feeds.are_lost(content):
                new = line_feeds.restored(new, present)
            new_content = documents.dumps(name.text, new)
            changed = stored is None or stored.content != new_content
            if changed:
                verb = "changed" if stored else "made"
                self._replace(name, new_content, stored, editor.why(verb, name))
            write_result = Written(
                changed, digest(new_content), stored.content if stored else None, new_content
            )
            self._record(name, write_result, editor)
        return write_result, stored is None

    def remove(self, name: ManifestName, *, editor: Author, unless: Condition) -> None:
        """Remove a manifest that no other includes.

        Raises NoManifest, StillIncluded, ManifestChanged.
        """
        with self._store.holding(FOLDER + name.text):
            stored = self.read(name)
            unless(stored)
            if name.text.startswith(SHARED) or name.text == documents.SITE_DEFAULT:
                for other in who_includes(self._store, name.text):
                    raise StillIncluded(name.text, other)
            self._remove(name, stored, editor.why("removed", name))
            self._record(name, Written(True, "", stored.content, None), editor)

    def restore(self, revision_id: int, *, editor: Author) -> Revision:
        """Restore a manifest as it was before a change, which has to be its last one.

        Returns the revision of that change. Raises NoManifest where there is no such revision,
        ManifestChanged where the manifest changed since.
        """
        with self._database.reading() as session:
            revision = session.get(Revision, revision_id)
        if revision is None:
            raise NoManifest(f"of change {revision_id}")
        name = ManifestName.parse(revision.name)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            current_content = stored.content if stored else None
            if (
                current_content == revision.before
            ):  # restored already, perhaps by an attempt that crashed
                return revision
            if current_content != revision.after:
                raise ManifestChanged(name.text)
            note = editor.why("restored", name)
            if revision.before is not None:
                self._replace(name, revision.before, stored, note)
            elif stored is not None:
                self._remove(name, stored, note)
            restored_digest = digest(revision.before) if revision.before is not None else ""
            self._record(
                name, Written(True, restored_digest, revision.after, revision.before), editor
            )
        return revision

    def _verify(
        self, name: ManifestName, new: documents.Manifest, present: documents.Manifest | None
    ) -> None:
        """Raise MissingInclude for an include that is new in this manifest and does not exist."""
        present_includes = set(named(present or {}, INCLUDED))
        for include in named(new, INCLUDED):
            if include not in present_includes and not self._store.exists(FOLDER + include):
                raise MissingInclude(name.text, include)

    def _replace(
        self, name: ManifestName, content: bytes, over: Stored | None, note: ChangeNote
    ) -> None:
        try:
            self._store.replace(FOLDER + name.text, content, over=over, note=note)
        except Overtaken as error:
            raise ManifestChanged(name.text) from error

    def _remove(self, name: ManifestName, over: Stored, note: ChangeNote) -> None:
        try:
            self._store.remove(FOLDER + name.text, over=over, note=note)
        except Overtaken as error:
            raise ManifestChanged(name.text) from error

    def _record(self, name: ManifestName, write_result: Written, editor: Author) -> None:
        at = datetime.now(UTC)
        self._database.together(
            lambda session: revisions.record(
                session, name.text, write_result, at=at, via=editor.via, by=editor.by
            )
        )


def tag(stored: Stored) -> str:
    """The ETag of a version of a manifest, for clients."""
    return hashlib.sha256(stored.content).hexdigest()[:32]


def _parsed(name: ManifestName, stored: Stored | None) -> documents.Manifest | None:
    """The parsed manifest; None where there is none, or it cannot be read."""
    try:
        return documents.loads(name.text, stored.content) if stored else None
    except ManifestUnreadable:
        return None
