"""A comparison of registrations with manifests, which are newer than a restored database.

The restored database has the history of manifests until the backup. A manifest that differs was
changed since, by a first boot or by an admin.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.findings import Finding
from provisioning.maintenance.models import Restore
from provisioning.munki import MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout import Destination, Layout
from provisioning.munki.manifests.documents import INCLUDED, entries
from provisioning.munki.manifests.reading import parsed
from provisioning.munki.models import Revision
from provisioning.munki.storage import Store
from provisioning.registrations.models import CONFIRMED, IS_OPEN, Registration
from provisioning.values.serials import InvalidSerial, Serial

RECENT = timedelta(days=14)  # after a restore; who looked until then has seen it
SERIALS_AT_ONCE = 500  # in one query


@dataclass(frozen=True, slots=True)
class Placed:
    """A Mac's manifest, and its destination."""

    serial: Serial
    destination: Destination


@dataclass(frozen=True, slots=True)
class Advice:
    """Words in fixes: Slack's command, and the server's address for Macs."""

    command: str
    url: str | None = None


def compare(database: Database, repo: MunkiRepo, advice: Advice, now: datetime) -> list[Finding]:
    """Return the findings about Macs, for RECENT after a restore. Raises RepoUnusable."""
    with database.snapshot() as connection, Session(connection) as session:
        return list(_compared(session, repo, advice, now))


def _compared(
    session: Session, repo: MunkiRepo, advice: Advice, now: datetime
) -> Iterator[Finding]:
    restored_at = session.scalar(select(func.max(Restore.restored_at)))
    if restored_at is None or now - restored_at > RECENT:
        return
    layout, store = repo.now().layout, repo.store
    folder = f"{layout.macs}/" if layout.macs else ""
    paths = list(store.walk("manifests"))
    if not paths:  # else all Macs would be said to have lost theirs
        raise RepoUnusable("there are no manifests in it")
    own = {path.removeprefix(folder) for path in paths if path.startswith(folder)}
    names = sorted(name for name in own if "/" not in name)
    placed = {each.serial.key: each for each in _placed(store, layout, names)}
    expected = list(placed)
    for start in range(0, len(expected), SERIALS_AT_ONCE):
        keys = expected[start : start + SERIALS_AT_ONCE]
        current = _registered(session, keys)
        for key in keys:
            yield from _disagreeing(session, repo, placed[key], current.get(key), advice)
    yield from _without_manifest(session, {name.upper() for name in names}, advice)


def _placed(store: Store, layout: Layout, names: Sequence[str]) -> Iterator[Placed]:
    """The manifests that have a serial as their name and lead to one site and one build."""
    serials = {
        layout.manifest_of(name): serial for name in names if (serial := _serial(name)) is not None
    }
    for name, manifest in parsed(store, list(serials)):
        place = layout.leads_to(entries(manifest, INCLUDED))
        destination = None if place is None else Destination(*place)
        if destination is not None:
            yield Placed(serials[name], destination)


def _serial(name: str) -> Serial | None:
    try:
        return Serial.parse(name)
    except InvalidSerial:
        return None


def _registered(session: Session, keys: Sequence[str]) -> Mapping[str, Registration]:
    query = select(Registration).where(Registration.serial.in_(keys), IS_OPEN)
    return {each.serial: each for each in session.scalars(query)}


def _disagreeing(
    session: Session, repo: MunkiRepo, mac: Placed, current: Registration | None, advice: Advice
) -> Iterator[Finding]:
    """Yield at most one finding about a Mac that has a manifest."""
    name, existing = mac.serial.text, mac.destination
    expected = current.destination if current else None
    if current and expected == existing and current.state == CONFIRMED:
        return
    if _is_as_it_was(session, repo, name):
        return
    command_form = f"{advice.command} %s {name} {_typed(existing.site)} {_typed(existing.build)}"
    if current is None:
        fact = f"{name} has a manifest for {existing}, and nobody has registered it."
        fix = f"Where somebody did after the backup: `{command_form % 'register'}`."
        yield Finding("manifests without a registration", fact, fix)
    elif expected != existing:
        fact = f"{name} is registered for {expected}, and its manifest leads to {existing}."
        fix = f"Where it was moved after the backup: `{command_form % 'move'}`."
        yield Finding("Macs that go elsewhere than their manifests", fact, fix)
    else:
        fact = f"{name} is {current.state}, and its manifest leads to {existing} already."
        url = (advice.url or "BOOTSTRAP_URL").rstrip("/")
        curl = f"curl --user USER:PASSWORD --data-urlencode serial={name} {url}/gen_manifest"
        fix = f"Where it was imaged after the backup, have it confirmed: `{curl}`."
        yield Finding("Macs whose manifests are written already", fact, fix)


def _is_as_it_was(session: Session, repo: MunkiRepo, serial: str) -> bool:
    """Return True if a manifest is as the restored database knows it."""
    name = repo.now().layout.manifest_of(serial)
    query = select(Revision.after).where(Revision.name == name)
    before = session.scalar(query.order_by(Revision.id.desc()).limit(1))
    stored = repo.store.read(f"manifests/{name}") if before is not None else None
    return stored is not None and stored.content == before


def _without_manifest(session: Session, names: set[str], advice: Advice) -> Iterator[Finding]:
    confirmed = select(
        Registration.serial, Registration.reported_as, Registration.site, Registration.build
    ).where(Registration.state == CONFIRMED, IS_OPEN)
    for key, reported_as, site, build in session.execute(
        confirmed.execution_options(yield_per=SERIALS_AT_ONCE)
    ):
        if key not in names:
            name = reported_as or key
            yield Finding(
                "confirmed Macs without a manifest",
                f"{name} is confirmed for {Destination(site, build)}, and has no manifest.",
                f"Where it was removed on purpose: `{advice.command} cancel {name}`; else have it "
                f"wait for a first boot: `{advice.command} reimage {name}`.",
            )


def _typed(name: str) -> str:
    return f'"{name}"' if " " in name else name
