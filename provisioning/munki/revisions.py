"""The history of manifests: what each of them was before a change of ours, and after it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from provisioning.munki import Written
from provisioning.munki.errors import ManifestUnreadable
from provisioning.munki.manifests.documents import Manifest, loads
from provisioning.munki.models import Revision

FIRST_BOOT = "first boot"

_RECORD = CompiledStatement(
    lambda _: insert(Revision.__table__).inline(),
    *("name", "registration_id", "by", "via", "at", "before", "after"),
)


def record(
    session: Session,
    name: str,
    written: Written,
    *,
    at: datetime,
    via: str,
    by: str | None = None,
    registration_id: int | None = None,
) -> None:
    """Keep what the manifest `name` was and what it is now; nothing where it did not change."""
    if written.changed:
        _RECORD.execute(
            session,
            name=name,
            registration_id=registration_id,
            by=by,
            via=via,
            at=at,
            before=written.before,
            after=written.after,
        )


def last_change(session: Session, name: str) -> datetime | None:
    """The moment when we changed the manifest `name` last; None where it never was."""
    return session.scalar(select(func.max(Revision.at)).where(Revision.name == name))


@dataclass(frozen=True, slots=True)
class Difference:
    """Names of keys, sorted: new ones, changed ones, those that are gone, those that stayed."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def between(cls, before: bytes | None, after: bytes | None) -> Self:
        """Compare the bytes of two versions; None, or what cannot be read, has no keys."""
        was, became = _keys(before), _keys(after)
        both = sorted(was.keys() & became.keys())
        return cls(
            new=tuple(sorted(became.keys() - was.keys())),
            changed=tuple(key for key in both if was[key] != became[key]),
            gone=tuple(sorted(was.keys() - became.keys())),
            kept=tuple(key for key in both if was[key] == became[key]),
        )


def _keys(content: bytes | None) -> Manifest:
    try:
        return loads("(any)", content) if content is not None else {}
    except ManifestUnreadable:
        return {}
