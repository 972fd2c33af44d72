"""Examinations of confirmed Macs: their manifests are compared with what Rollcall wrote."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import structlog
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from provisioning.firstboot.replacements.models import IS_BEING_COPIED
from provisioning.monitoring.drift.comparison import ManifestDifference, compare
from provisioning.munki import Destination, MunkiRepo, RepoView, revisions
from provisioning.munki.errors import ManifestUnreadable, RepoUnusable, UnknownDestination
from provisioning.munki.layout import ManifestKind
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests.documents import FOLDER, Manifest
from provisioning.munki.storage import Store, Stored
from provisioning.registrations.models import CONFIRMED, IS_OPEN, Registration
from provisioning.values.serials import Serial

log = structlog.get_logger()

PAGE = 500  # Macs
MAX_AUTHORS = 10  # of a page: more are not named one by one, and each takes a store its time
# Macs whose manifests must be as Rollcall wrote them.
EXAMINED = and_(
    IS_OPEN, Registration.state == CONFIRMED, Registration.includes.is_not(None), ~IS_BEING_COPIED
)


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of a manifest: its author, the way (empty: the repo's own), the moment."""

    by: str
    via: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DriftFacts:
    """The finding of a drift.

    `refusal` is the reason why the registration cannot follow the manifest, None where it can;
    `change` the last change of the manifest, where it is known.
    """

    difference: ManifestDifference
    refusal: str | None = None
    change: LastChange | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as a column keeps it."""
        change = self.change and {
            "by": self.change.by,
            "via": self.change.via,
            "at": self.change.at.isoformat(),
        }
        return {"difference": self.difference.to_json(), "refusal": self.refusal, "change": change}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return what `to_json` returned."""
        change = stored["change"]
        return cls(
            ManifestDifference.from_json(stored["difference"]),
            stored["refusal"],
            change
            and LastChange(change["by"], change["via"], datetime.fromisoformat(change["at"])),
        )


@dataclass(frozen=True, slots=True)
class ExaminedMac:
    """A Mac whose manifest was examined: its registration at that time, and the result.

    `found` is None where there is no drift.
    """

    registration_id: int
    includes: dict[str, Any]
    confirmed_at: datetime | None
    found: DriftFacts | None


def page(session: Session, condition: ColumnElement[bool]) -> Sequence[Registration]:
    """Return the first PAGE Macs to examine of a condition, in the order of their ids."""
    query = select(Registration).where(EXAMINED, condition).order_by(Registration.id)
    return session.scalars(query.limit(PAGE)).all()


def examine(session: Session, repo: MunkiRepo, macs: Sequence[Registration]) -> list[ExaminedMac]:
    """Examine the manifests of Macs. Unreadable ones are left out: the doctor reports them.

    Raises RepoUnusable.
    """
    view, authors = repo.now(), MAX_AUTHORS
    written_macs = [mac for mac in macs if mac.includes is not None]  # it may hold JSON's null
    examined = []
    for mac, (stored, manifest) in _readable(view, repo.store, written_macs):
        includes = mac.includes or {}
        written, found = WrittenIncludes.from_json(includes), None
        here = mac.site, mac.build
        difference = compare(written, manifest, view.layout, view.kind_of, here)
        if difference is not None:
            if difference.gone:
                verify_mounted(repo.store)
            name = view.manifest_of(Serial(mac.name))
            change = _last_change(session, repo.store, name, stored) if authors else None
            authors = max(authors - 1, 0)
            found = DriftFacts(difference, _refusal(view, written, difference), change)
        examined.append(ExaminedMac(mac.id, includes, mac.confirmed_at, found))
    return examined


def verify_mounted(store: Store) -> None:
    """Raise RepoUnusable where there is no manifest at all: the mount is gone."""
    if not store.has("manifests"):
        raise RepoUnusable("it has no folder manifests; is it mounted?")


_Read = tuple[Stored | None, Manifest | None]


def _readable(
    view: RepoView, store: Store, macs: Sequence[Registration]
) -> Iterator[tuple[Registration, _Read]]:
    """Yield the Macs whose manifests can be read, with the manifests; None for a missing one."""

    def read(mac: Registration) -> _Read | None:
        try:
            return view.present(Serial(mac.name))
        except ManifestUnreadable as error:
            log.info("manifest not compared", serial=mac.name, reason=str(error))
            return None

    if store.reads_at_once == 1:
        results = list(map(read, macs))
    else:
        with ThreadPoolExecutor(store.reads_at_once) as pool:
            results = list(pool.map(read, macs))
    for mac, result in zip(macs, results, strict=True):
        if result is not None:
            yield mac, result


def _last_change(
    session: Session, store: Store, name: str, stored: Stored | None
) -> LastChange | None:
    """The last change of a manifest: by our own records, or by the store's."""
    revision = revisions.newest(session, name)
    if revision is not None and revision.after == (stored.content if stored else None):
        return LastChange(revision.by or "", revision.via, revision.at)
    author = store.author(FOLDER + name)
    return LastChange(author.by, "", author.at) if author else None


def _refusal(
    view: RepoView, written: WrittenIncludes, difference: ManifestDifference
) -> str | None:
    """The reason why a registration cannot follow a manifest; None where it can."""
    if difference.gone:
        return "there is nothing to take over"
    if difference.place is None:
        kinds = {"site": view.layout.sites, "build": view.layout.builds}
        wanted = " and ".join(f"one {kind}" for kind, form in kinds.items() if form)
        return f"it does not lead to {wanted}"
    for include in written.ours:
        if include.kind is ManifestKind.ALWAYS and include.path in difference.missing:
            return f"it lacks {include.path}, which every Mac includes"
    if difference.catalogs == ():
        return "it has no catalogs, so that Munki passes over it"
    try:
        if view.exact_destination(*difference.place) == Destination(*difference.place):
            return None
    except UnknownDestination:
        pass
    return f"the repo does not offer {Destination(*difference.place)}"
