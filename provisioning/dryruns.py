"""What would become of Macs that somebody handed in, before anybody says yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning import namings
from provisioning.intake.entries import Entry, Reading, Rejected, with_doubt
from provisioning.models import CONFIRMED, Registration
from provisioning.munki import Destination
from provisioning.places import Places
from provisioning.records import is_among
from provisioning.slips import slips

# What an entry is. The first two are ready to be registered.
NEW, MOVED = "new", "moved"
DOUBTFUL, CONFLICT, UNCHANGED, NOWHERE = "doubtful", "conflict", "unchanged", "nowhere"
INVALID = "invalid"  # what was rejected and is no entry
READY = (NEW, MOVED)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a Mac is registered now, by whom, since when."""

    site: str
    build: str
    by: str | None
    since: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Row:
    """One entry, what it is (`kind`), and `why`, where that needs a reason, in plain words."""

    entry: Entry
    kind: str
    destination: Destination | None
    standing: Standing | None
    why: str = ""

    @property
    def is_registered(self) -> bool:
        """Whether a person has registered it; what only its own script brought in is free."""
        return self.standing is not None and self.standing.by is not None


@dataclass(frozen=True, slots=True)
class DryRun:
    """All rows in the order they were read, what was rejected, and which defaults are missing."""

    rows: tuple[Row, ...]
    rejected: tuple[Rejected, ...]
    wants: tuple[str, ...]

    def of(self, *kinds: str) -> list[Row]:
        """The rows of these kinds."""
        return [row for row in self.rows if row.kind in kinds]


def sort(
    session: Session,
    reading: Reading,
    places: Places,
    *,
    by: str,
    site: str | None = None,
    build: str | None = None,
) -> DryRun:
    """Sort what was read by what would become of it if `by` had it registered.

    `site` and `build` hold for entries that name none. Three statements at the most, however
    many entries.
    """
    keys = [entry.serial.key for entry in reading.entries]
    standing = _standing(session, keys)
    near = slips(session, [key for key in keys if key not in standing], without=set(keys))
    names = {entry.serial.key: entry.name for entry in reading.entries if entry.name}
    unnamed = namings.doubts(session, names) if names else {}
    rows, wants = [], set()
    for read in reading.entries:
        entry = with_doubt(read, unnamed.get(read.serial.key))
        named = (entry.site or site, entry.build or build)
        wants |= {kind for kind, name in zip(("site", "build"), named, strict=True) if not name}
        rows.append(_row(entry, places.look_up(*named), standing.get(entry.serial.key), near, by))
    return DryRun(tuple(rows), reading.rejected, tuple(sorted(wants, reverse=True)))


def _row(
    entry: Entry,
    found: Destination | str,
    standing: Standing | None,
    near: Mapping[str, str],
    by: str,
) -> Row:
    if isinstance(found, str):
        return Row(entry, NOWHERE, None, standing, found)
    if standing is not None:
        if Destination(standing.site, standing.build) == found:
            return Row(entry, UNCHANGED, found, standing)
        if standing.by not in (None, by) and standing.state != CONFIRMED:
            return Row(entry, CONFLICT, found, standing, entry.doubt or "")
    slip_of = near.get(entry.serial.key)
    doubts = [entry.doubt, slip_of and f"is one slip away from {slip_of}, which is registered"]
    if any(doubts):
        return Row(entry, DOUBTFUL, found, standing, "; ".join(filter(None, doubts)))
    taken = standing is not None and standing.by is not None
    return Row(entry, MOVED if taken else NEW, found, standing)


def _standing(session: Session, keys: Sequence[str]) -> dict[str, Standing]:
    query = select(
        Registration.serial,
        Registration.site,
        Registration.build,
        Registration.registered_by,
        Registration.created_at,
        Registration.state,
    ).where(is_among(session, keys, Registration.serial), Registration.closed_at.is_(None))
    return {row[0]: Standing(*row[1:]) for row in session.execute(query)}
