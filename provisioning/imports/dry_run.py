"""Dry runs: previews of an import, with the effect of an approval on each Mac."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, with_doubt
from provisioning.munki import Destination
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.registrations.names import name_clashes, naming
from provisioning.registrations.names.name_clashes import Clash
from provisioning.registrations.names.naming import NameDoubt
from provisioning.registrations.similar import slips
from provisioning.values.kinds import BUILD, SITE

# Kinds of rows. The first two are ready to be registered.
NEW, MOVED = "new", "moved"
DOUBTFUL, CONFLICT, UNCHANGED, NOWHERE = "doubtful", "conflict", "unchanged", "nowhere"
INVALID = "invalid"  # for rejected texts, which are no entries
READY = (NEW, MOVED)
OPEN = (DOUBTFUL, CONFLICT, NOWHERE, INVALID)  # of rows that wait for a person's choice
_NO_DOUBT = NameDoubt("")


@dataclass(frozen=True, slots=True)
class CurrentPlace:
    """The open registration of a Mac: its destination, the person, the moment and the state."""

    site: str
    build: str
    by: str | None
    since: datetime
    state: str


@dataclass(frozen=True, slots=True)
class DryRunRow:
    """One entry of a dry run with its `kind`, and `why`: the reason in plain words, or empty.

    `standing` is the Mac's open registration; `called` is the name that it gets, or None. `number`
    is its place among all that was read, from 0. `others` are the keys of the serials of other Macs
    that `why` may name, `manifest` is a manifest that it may name.
    """

    entry: Entry
    kind: str
    destination: Destination | None
    standing: CurrentPlace | None
    why: str = ""
    called: str | None = None
    number: int = 0
    others: tuple[str, ...] = ()
    manifest: str | None = None

    @property
    def doubt(self) -> str:
        """The doubt that a person accepts by taking the row as it is: its kind and reasons."""
        place = self.standing if self.kind == CONFLICT else None
        current = f"{place.site} {place.build} {place.by}" if place else ""
        return f"{self.kind}: {self.why} {current}".strip()

    @property
    def is_registered(self) -> bool:
        """True if a person has registered the Mac; its own script does not count."""
        return self.standing is not None and self.standing.by is not None

    @property
    def sites(self) -> set[str]:
        """The site to which the Mac goes, and the one from which it is taken."""
        there = {self.destination.site} if self.destination else set()
        return there | ({self.standing.site} if self.standing and self.is_registered else set())


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run: all rows in the order of reading, rejected texts, missing defaults (`wants`).

    `left_out` are the rows that a person left out, by their numbers; `edited` is the number of
    rows that a person changed and that are ready now.
    """

    rows: tuple[DryRunRow, ...]
    rejected: tuple[Rejected, ...]
    wants: tuple[str, ...]
    left_out: Mapping[int, Entry | Rejected] = field(default_factory=dict)
    edited: int = 0

    def of(self, *kinds: str) -> list[DryRunRow]:
        """The rows of these kinds."""
        return [row for row in self.rows if row.kind in kinds]


def classify(
    session: Session,
    result: ParseResult,
    places: DestinationIndex,
    *,
    by: str,
    site: str | None = None,
    build: str | None = None,
    accepted: Mapping[str, str] | None = None,
    looks_for_slips: bool = True,
) -> DryRun:
    """Return the dry run of `result`, as if the person `by` approved it now.

    `site` and `build` are defaults for entries that name none; `accepted` the doubts that people
    accepted, by the keys of serials. Without `looks_for_slips` serials near another one are not
    doubted, as that search is slow. It needs at most five statements for any number of entries,
    and those of `similar.slips`.
    """
    accepted = accepted or {}
    known = _Known.of(session, result.entries, places, looks_for_slips=looks_for_slips)
    rows, wants = [], set()
    for number, entry in enumerate(result.entries):
        named = (entry.site or site, entry.build or build)
        pairs = zip((SITE, BUILD), named, strict=True)
        wants |= {kind for kind, name in pairs if not name and kind in places.kinds.names}
        place = places.meaning_of(entry.serial) or places.look_up(*named)
        row = known.row(number, entry, place, by)
        if row.kind in (DOUBTFUL, CONFLICT) and row.doubt == accepted.get(entry.serial.key):
            row = replace(row, kind=_ready(row.standing), why="")
        rows.append(row)
    return DryRun(tuple(rows), result.rejected, tuple(sorted(wants, reverse=True)))


@dataclass(frozen=True, slots=True)
class _Known:
    """Facts of the database about the Macs of a list, by the keys of their serials.

    `standing` are their open registrations, `near` registered serials of which theirs may be slips,
    `like` Macs that are called as their serials.
    """

    standing: Mapping[str, CurrentPlace]
    near: Mapping[str, str]
    like: Mapping[str, str]
    names: "_Names"

    @classmethod
    def of(
        cls,
        session: Session,
        entries: Sequence[Entry],
        places: DestinationIndex,
        *,
        looks_for_slips: bool,
    ) -> Self:
        keys = [entry.serial.key for entry in entries]
        standing = _standing(session, keys)
        new = [key for key in keys if key not in standing] if looks_for_slips else []
        return cls(
            standing,
            slips(session, new, without=set(keys)),
            name_clashes.called_like(session, keys),
            _Names.of(session, entries, places),
        )

    def row(self, number: int, read: Entry, place: Destination | str, by: str) -> DryRunRow:
        """Return the row of an entry that goes to `place`, or the reason why it has none."""
        key = read.serial.key
        doubt = self.names.doubts.get(key, _NO_DOUBT)
        like, near, standing = self.like.get(key), self.near.get(key), self.standing.get(key)
        entry = with_doubt(with_doubt(read, doubt.why), _claimed(like))
        kind, why = _judged(entry, place, standing, self.near, by)
        return DryRunRow(
            entry,
            kind,
            None if isinstance(place, str) else place,
            standing,
            why,
            self.names.given.get(key),
            number,
            tuple(filter(None, (doubt.other, like, near))),
            doubt.manifest,
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """Names that Macs get, and doubts about names, by the keys of their serials."""

    given: Mapping[str, str]
    doubts: Mapping[str, NameDoubt]

    @classmethod
    def of(cls, session: Session, entries: Sequence[Entry], places: DestinationIndex) -> Self:
        written = {entry.serial.key: entry.name for entry in entries if entry.name}
        if not written:
            return cls({}, {})
        given = naming.usable_names(written)
        doubts = naming.doubts(session, written, given)
        met = name_clashes.clashes_of(
            session,
            places.namesakes,
            {
                entry.serial: given[entry.serial.key]
                for entry in entries
                if entry.serial.key in given
            },
            also={entry.serial.key for entry in entries},
        )
        for serial, clash in met.items():
            why = _clashing(given[serial.key], clash)
            doubts.setdefault(serial.key, NameDoubt(why, manifest=clash.manifest))
            if clash.is_sure:
                del given[serial.key]
        return cls(given, doubts)


def _clashing(name: str, clash: Clash) -> str:
    if clash.is_sure:
        return f"gets no name, because {clash.why} by the name {name!r}"
    return f"should not be called {name!r}, because {clash.why} where a client sets that"


def _claimed(other: str | None) -> str | None:
    return other and f"is what {other} is called, where Munki would get the manifest of this Mac"


def _judged(
    entry: Entry,
    place: Destination | str,
    current: CurrentPlace | None,
    near: Mapping[str, str],
    by: str,
) -> tuple[str, str]:
    """Return the kind of a row, and the reason."""
    if isinstance(place, str):
        return NOWHERE, place
    if current is not None:
        if Destination(current.site, current.build) == place:
            return UNCHANGED, ""
        if current.by not in (None, by) and current.state != CONFIRMED:
            return CONFLICT, entry.doubt or ""
    slip_of = near.get(entry.serial.key)
    doubts = [entry.doubt, slip_of and f"is one slip away from {slip_of}, which is registered"]
    if any(doubts):
        return DOUBTFUL, "; ".join(filter(None, doubts))
    return _ready(current), ""


def _ready(current: CurrentPlace | None) -> str:
    """Return the kind of a row that is ready, by the place of its Mac."""
    return NEW if current is None or current.by is None else MOVED


def _standing(session: Session, keys: Sequence[str]) -> dict[str, CurrentPlace]:
    query = select(
        Registration.serial,
        Registration.site,
        Registration.build,
        Registration.registered_by,
        Registration.created_at,
        Registration.state,
    ).where(is_among(session, keys, Registration.serial), Registration.closed_at.is_(None))
    return {row[0]: CurrentPlace(*row[1:]) for row in session.execute(query)}
