"""Changes of manifests by jobs: their bytes are kept, so that all of one reason can be undone.

The file is written first, the commit follows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import ChangeNote, WriteResult, revisions
from provisioning.munki.manifests.documents import FOLDER
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.models import Revision
from provisioning.munki.storage import Store, Stored

UNDO = "undo"  # the source of a change that takes others back


@dataclass(frozen=True, slots=True)
class Reason(Author):
    """The reason of changes for a registration; an undo finds them by its `via`."""

    registration_id: int


class RecordedChanges:
    """The changes of manifests in `store` that are recorded in a database."""

    def __init__(self, database: Database, store: Store) -> None:
        self._database, self._store = database, store

    def replace(self, name: str, content: bytes, over: Stored | None, note: ChangeNote) -> None:
        """Write a manifest, which is locked, in place of `over`. Raises ManifestChanged."""
        write(self._store, name, content, over, note)

    def record(
        self,
        name: str,
        before: bytes | None,
        after: bytes | None,
        reason: Reason,
        *,
        also: Callable[[Session], object] | None = None,
    ) -> None:
        """Keep the bytes of a change; `also` is called in the same transaction."""
        written = WriteResult(before != after, "", before, after)

        def record(session: Session) -> None:
            revisions.record(
                session,
                name,
                written,
                at=datetime.now(UTC),
                via=reason.via,
                by=reason.by,
                registration_id=reason.registration_id,
            )
            if also is not None:
                also(session)

        self._database.run_shared(record)

    def has_any(self, name: str, reason: Reason) -> bool:
        """Return True where a manifest was changed for a reason."""
        return bool(self._changes(name, reason.via))

    def take_back(self, names: Sequence[str], reason: Reason) -> None:
        """Restore these manifests as they were before the changes of a reason; safe to repeat.

        Raises ManifestChanged where one was changed since; the others are restored all the
        same.
        """
        changed: list[ManifestChanged] = []
        for name in names:
            # Locked first: a job that began before the undo has recorded its change by then.
            with self._store.holding(FOLDER + name):
                try:
                    self._restore(name, reason)
                except ManifestChanged as error:
                    changed.append(error)
        if changed:
            raise changed[0]

    def _restore(self, name: str, reason: Reason) -> None:
        changes = self._changes(name, reason.via)
        if not changes:
            return
        before, after = changes[0].before, changes[-1].after
        stored = self._store.read(FOLDER + name)
        present = stored.content if stored else None
        if present == before:  # restored already, perhaps by an attempt that crashed
            return
        if present != after:
            raise ManifestChanged(name)
        undo = replace(reason, via=UNDO)
        write(self._store, name, before, stored, undo.why("restored", name))
        self.record(name, present, before, undo)

    def _changes(self, name: str, via: str) -> Sequence[Revision]:
        """The changes of a manifest by a reason, oldest first."""
        query = select(Revision).where(Revision.name == name, Revision.via == via)
        with self._database.reading() as session:
            return session.scalars(query.order_by(Revision.id)).all()
