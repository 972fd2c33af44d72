"""Manifests that people change, by the same locks and with the same history as Macs' own calls.

The file first, the commit second: what a crash loses between the two is one line of the history.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from provisioning.munki import Why, Written, revisions
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
SHARED = "included_manifests/"  # whose removal may leave Macs without


class NoManifest(RollcallError):
    """A manifest that the repo does not have."""

    def __init__(self, name: str) -> None:
        super().__init__(f"The Munki repo has no manifest {name!r}.")


class StillIncluded(RollcallError):
    """A manifest that others include, and that therefore stays."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(f"{name} is included by {by}; take it out there first.")


class ManifestChanged(RollcallError):
    """Somebody else changed a manifest since it was looked at."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was changed meanwhile; look at it again first.")


# Raises ManifestChanged where a manifest is not the one that somebody looked at.
Condition = Callable[[Stored | None], None]


@dataclass(frozen=True, slots=True)
class Author:
    """A person who changes manifests, `via` what, as the history and the repo's log will say."""

    by: str
    via: str

    def why(self, did: str, name: ManifestName) -> Why:
        """The change in one line."""
        return Why(f"{name}: {did} by {self.by} ({self.via})", author=self.by)


class ManifestEditor:
    """All manifests of a repo, by their names."""

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
        """Make a manifest say what `content` says; returns what was written, and if it is new.

        Line feeds that a client lost on the way stay as they were. Raises ManifestUnreadable of
        content that is none, MissingInclude where it newly includes what does not exist,
        ManifestChanged.
        """
        wanted = documents.loads(name.text, content)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            unless(stored)
            present = _parsed(name, stored)
            self._verify(name, wanted, present)
            if line_feeds.are_lost(content):
                wanted = line_feeds.restored(wanted, present)
            fresh = documents.dumps(name.text, wanted)
            changed = stored is None or stored.content != fresh
            if changed:
                did = "changed" if stored else "made"
                self._replace(name, fresh, stored, editor.why(did, name))
            written = Written(changed, digest(fresh), stored.content if stored else None, fresh)
            self._record(name, written, editor)
        return written, stored is None

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
        """Bring back what a manifest was before a change, which is the last one of it.

        Returns that change. Raises NoManifest where there never was such a change,
        ManifestChanged where something else happened since.
        """
        with self._database.reading() as session:
            revision = session.get(Revision, revision_id)
        if revision is None:
            raise NoManifest(f"of change {revision_id}")
        name = ManifestName.parse(revision.name)
        with self._store.holding(FOLDER + name.text):
            stored = self._store.read(FOLDER + name.text)
            found = stored.content if stored else None
            if found == revision.before:  # somebody was here already, or we were, and died
                return revision
            if found != revision.after:
                raise ManifestChanged(name.text)
            why = editor.why("restored", name)
            if revision.before is not None:
                self._replace(name, revision.before, stored, why)
            elif stored is not None:
                self._remove(name, stored, why)
            known = digest(revision.before) if revision.before is not None else ""
            self._record(name, Written(True, known, revision.after, revision.before), editor)
        return revision

    def _verify(
        self, name: ManifestName, wanted: documents.Manifest, present: documents.Manifest | None
    ) -> None:
        """Refuse an included manifest that is new here and does not exist."""
        known = set(named(present or {}, INCLUDED))
        for include in named(wanted, INCLUDED):
            if include not in known and not self._store.exists(FOLDER + include):
                raise MissingInclude(name.text, include)

    def _replace(self, name: ManifestName, content: bytes, over: Stored | None, why: Why) -> None:
        try:
            self._store.replace(FOLDER + name.text, content, over=over, why=why)
        except Overtaken as error:
            raise ManifestChanged(name.text) from error

    def _remove(self, name: ManifestName, over: Stored, why: Why) -> None:
        try:
            self._store.remove(FOLDER + name.text, over=over, why=why)
        except Overtaken as error:
            raise ManifestChanged(name.text) from error

    def _record(self, name: ManifestName, written: Written, editor: Author) -> None:
        at = datetime.now(UTC)
        self._database.together(
            lambda session: revisions.record(
                session, name.text, written, at=at, via=editor.via, by=editor.by
            )
        )


def tag(stored: Stored) -> str:
    """The ETag of a version of a manifest, for clients."""
    return hashlib.sha256(stored.content).hexdigest()[:32]


def _parsed(name: ManifestName, stored: Stored | None) -> documents.Manifest | None:
    """The manifest that is there; None where there is none that could be read."""
    try:
        return documents.loads(name.text, stored.content) if stored else None
    except ManifestUnreadable:
        return None
