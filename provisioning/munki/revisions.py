"""The history of manifests: their bytes before and after each change of ours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.munki import WriteResult
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import FOLDER, Manifest, read
from provisioning.munki.manifests.writing import Author, ManifestChanged, write
from provisioning.munki.models import Revision
from provisioning.munki.storage import Store

# Sources of changes; the last one takes others back.
FIRST_BOOT, API, UNDO = "first boot", "MWA2 API", "undo"

_RECORD = CompiledStatement(
    lambda _: insert(Revision.__table__).inline(),
    *("name", "registration_id", "by", "via", "at", "before", "after"),
)


def record(
    session: Session,
    name: str,
    write_result: WriteResult,
    *,
    at: datetime,
    via: str,
    by: str | None = None,
    registration_id: int | None = None,
) -> None:
    """Record the change of the manifest `name`; nothing where it did not change."""
    if write_result.changed:
        _RECORD.execute(
            session,
            name=name,
            registration_id=registration_id,
            by=by,
            via=via,
            at=at,
            before=write_result.before,
            after=write_result.after,
        )


def commit(
    database: Database,
    name: str,
    write_result: WriteResult,
    author: Author,
    *,
    also: Callable[[Session], object] | None = None,
) -> None:
    """Record a change in a transaction, in which `also` is called."""
    at = datetime.now(UTC)

    def keep(session: Session) -> None:
        record(
            session,
            name,
            write_result,
            at=at,
            via=author.via,
            by=author.by,
            registration_id=author.registration_id,
        )
        if also is not None:
            also(session)

    database.run_shared(keep)


def last_change(session: Session, name: str) -> datetime | None:
    """Return the moment of our last change of the manifest `name`; None where there is none."""
    return session.scalar(select(func.max(Revision.at)).where(Revision.name == name))


def newest(session: Session, name: str) -> Revision | None:
    """Return our last change of the manifest `name`; None where there is none."""
    query = select(Revision).where(Revision.name == name).order_by(Revision.id.desc())
    return session.scalars(query.limit(1)).one_or_none()


def made_since(
    session: Session, since: datetime, *, via: str, by: str | None = None
) -> Sequence[Revision]:
    """Return the revisions that made a new manifest since then, newest first.

    By the source `via`, and by the person `by` alone where one is given.
    """
    query = select(Revision).where(
        Revision.at >= since, Revision.via == via, Revision.before.is_(None)
    )
    query = query if by is None else query.where(Revision.by == by)
    return session.scalars(query.order_by(Revision.id.desc())).all()


@dataclass(frozen=True, slots=True)
class RevisionDifference:
    """The difference of two manifests: sorted names of new, changed, removed and kept keys."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def between(cls, before: bytes | None, after: bytes | None) -> Self:
        """Compare the bytes of two versions; None, or an unreadable one, has no keys."""
        old, new_keys = _keys(before), _keys(after)
        shared = sorted(old.keys() & new_keys.keys())
        return cls(
            new=tuple(sorted(new_keys.keys() - old.keys())),
            changed=tuple(key for key in shared if old[key] != new_keys[key]),
            gone=tuple(sorted(old.keys() - new_keys.keys())),
            kept=tuple(key for key in shared if old[key] == new_keys[key]),
        )


def _keys(content: bytes | None) -> Manifest:
    try:
        return read("(any)", content) if content is not None else {}
    except ManifestUnreadable:
        return {}


class RecordedChanges:
    """The changes of manifests in `store` by jobs, so that all of one reason can be undone.

    The file is written first, the commit follows.
    """

    def __init__(self, database: Database, store: Store) -> None:
        self._database, self._store = database, store

    def record(
        self,
        name: str,
        before: bytes | None,
        after: bytes | None,
        reason: Author,
        *,
        also: Callable[[Session], object] | None = None,
    ) -> None:
        """Keep the bytes of a change; `also` is called in the same transaction."""
        commit(
            self._database, name, WriteResult(before != after, "", before, after), reason, also=also
        )

    def has_any(self, name: str, reason: Author) -> bool:
        """Return True where a manifest was changed for a reason."""
        return bool(self._changes(name, reason.via))

    def take_back(self, names: Sequence[str], reason: Author) -> None:
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

    def _restore(self, name: str, reason: Author) -> None:
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
