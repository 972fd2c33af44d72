"""The history of manifests: their bytes before and after each change of ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.munki import WriteResult
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import Manifest, read
from provisioning.munki.models import Revision

FIRST_BOOT, API = "first boot", "MWA2 API"  # sources of changes

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
