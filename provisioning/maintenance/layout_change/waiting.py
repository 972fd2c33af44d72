"""Registrations and benches whose names lead elsewhere by the present layout."""

import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.firstboot.models import Bench
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import LayoutLost
from provisioning.munki.layout import Layout, ManifestKind, kept, renaming
from provisioning.munki.models import KeptLayout
from provisioning.registrations.models import IS_OPEN, Registration

Names = Collection[tuple[ManifestKind, str]]
MAX_AGE = 60.0  # seconds: the open registrations are gone through
FIX = "Type `boot.sh adopt --from-current`."


@dataclass(frozen=True, slots=True)
class WaitingGroup:
    """Open registrations, or open benches, of one site and build, in the layout of that key.

    `layout` is its value in their rows.
    """

    layout: str | None
    site: str
    build: str
    macs: int
    benches: int = 0


@dataclass(frozen=True, slots=True)
class WaitingGroups:
    """The groups that wait for a rename to the layout `now`, with the layouts of their rows.

    Those with a name that a person has `chosen` to rename wait whatever their layout.
    """

    now: Layout
    layouts: dict[str | None, Layout]
    groups: Sequence[WaitingGroup]
    chosen: Names = ()

    @classmethod
    def read(cls, session: Session, now: Layout, chosen: Names = ()) -> "WaitingGroups":
        """Return the waiting groups; reads all open registrations of other layouts."""
        if (
            not chosen
            and now.key is None
            and not session.scalar(select(exists(select(KeptLayout))))
        ):
            return cls(now, {}, [])  # always the default one: a million rows need not be read
        groups = [*_registrations(session, now.key, chosen), *_benches(session, now.key, chosen)]
        layouts: dict[str | None, Layout] = {}
        for group in groups:
            with suppress(LayoutLost):  # the answer to their Macs' calls says so
                layouts[group.layout] = kept.find(session, group.layout)
        led_elsewhere = [
            group
            for group in groups
            if group.layout in layouts
            and (
                renaming.differences(layouts[group.layout], now, group.site, group.build)
                or (ManifestKind.SITE, group.site) in chosen
                or (ManifestKind.BUILD, group.build) in chosen
            )
        ]
        return cls(now, layouts, led_elsewhere, chosen)

    @property
    def registrations(self) -> ColumnElement[bool]:
        """The condition for the open registrations among which those of these groups are."""
        return IS_OPEN & _other(Registration, self.now.key, self.chosen)

    def names(self) -> dict[tuple[ManifestKind, str], int]:
        """Return the names that lead elsewhere, each with the number of its registrations."""
        names: dict[tuple[ManifestKind, str], int] = {}
        for group in self.groups:
            before = self.layouts[group.layout]
            for change in renaming.differences(before, self.now, group.site, group.build):
                key = change.kind, change.name
                names[key] = names.get(key, 0) + group.macs
        return dict(sorted(names.items()))


class WaitingNames:
    """The names that wait for a rename, for probes: read at a change of layout, and once a minute.

    So probes seldom read all registrations.
    """

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self._database, self._repo = database, repo
        self._known: tuple[Layout, float, Sequence[str]] | None = None

    def sentences(self) -> Sequence[str]:
        """Return a sentence for each name, without numbers. Raises SQLAlchemyError."""
        now, at = self._repo.now().layout, time.monotonic()
        known = self._known
        if known is None or known[0] is not now or at - known[1] >= MAX_AGE:
            with self._database.reading() as session:
                names = WaitingGroups.read(session, now).names()
            sentences = [f"{_elsewhere(*name)} (boot.sh adopt --from-current)" for name in names]
            self._known = known = now, at, sentences
        return known[2]


def findings(session: Session, now: Layout) -> Iterator[Finding]:
    """Yield a finding for each name, with the number of registrations."""
    for (kind, name), macs in WaitingGroups.read(session, now).names().items():
        number = f"{macs} registration{'' if macs == 1 else 's'}" if macs else "an open bench"
        whose = f"is that of {number}" if name else f"{number} {'have' if macs > 1 else 'has'} none"
        yield Finding("layout changed", f"{_elsewhere(kind, name)}, and {whose}.", FIX)


def _elsewhere(kind: ManifestKind, name: str) -> str:
    """A name that leads elsewhere; an empty one is of a layout without that kind."""
    if not name:
        return f"The present layout has {kind}s, which the former one had not"
    return f"The {kind} {name!r} leads elsewhere by the present layout"


def _registrations(session: Session, key: str | None, chosen: Names) -> Iterator[WaitingGroup]:
    rows = Registration
    places = (rows.layout, rows.site, rows.build)
    is_other = IS_OPEN & _other(rows, key, chosen)
    query = select(*places, func.count()).where(is_other).group_by(*places).order_by(*places[1:])
    return (WaitingGroup(*row) for row in session.execute(query))


def _benches(session: Session, key: str | None, chosen: Names) -> Iterator[WaitingGroup]:
    is_other = Bench.ended_at.is_(None) & _other(Bench, key, chosen)
    rows = session.execute(select(Bench.layout, Bench.site, Bench.build).where(is_other))
    return (WaitingGroup(*row, macs=0, benches=1) for row in rows)


def _other(
    rows: type[Registration] | type[Bench], key: str | None, chosen: Names
) -> ColumnElement[bool]:
    """The condition for another layout than that of a key, or a name that a person renames."""
    columns = {ManifestKind.SITE: rows.site, ManifestKind.BUILD: rows.build}
    is_renamed = (columns[kind] == name for kind, name in chosen)
    return or_(rows.layout.is_distinct_from(key), *is_renamed)
