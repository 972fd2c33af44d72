"""Scans for drifts: hourly among all Macs, by pages as jobs, and of one Mac."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import put
from infrastructure.jobs import queue, schedule
from infrastructure.jobs.runner import Record
from provisioning.monitoring.drift import drifts, examination
from provisioning.monitoring.drift.examination import EXAMINED, PAGE
from provisioning.monitoring.drift.models import DriftScan
from provisioning.munki import MunkiRepo, RepoView
from provisioning.munki.manifests.documents import FOLDER
from provisioning.munki.storage import Changes
from provisioning.policy import PolicyFile
from provisioning.registrations import queries
from provisioning.registrations.models import Registration
from provisioning.values.serials import InvalidSerial, Serial

log = structlog.get_logger()

INTERVAL = timedelta(hours=1)
SCAN, SCAN_PAGE = "drift", "drift page"  # the jobs


def watch(session: Session, policy: PolicyFile, *, channel: str, now: datetime) -> None:
    """Enqueue a scan if one is due, settle drifts that are over, and enqueue cards of new ones.

    The cards follow after the last page of a scan, so that many drifts are one message.
    """
    drifts.settle_overtaken(session, now)
    is_scanning = queue.is_any(session, SCAN, SCAN_PAGE)
    if not is_scanning:
        drifts.tell(session, policy.policy, channel=channel, at=now)
    if now - schedule.lock_last_run(session, SCAN, now) >= INTERVAL:
        schedule.note(session, SCAN, now)
        if not is_scanning:
            queue.enqueue(session, SCAN, {}, at=now)


def scan_mac(database: Database, repo: MunkiRepo, serial: Serial, at: datetime) -> None:
    """Examine one Mac and record the result. Raises RepoUnusable."""
    with database.reading() as session:
        registration = queries.find_open(session, serial)
        if registration is None:
            return
        macs = examination.page(session, Registration.id == registration.id)
        examined = examination.examine(session, repo, macs)
        known = drifts.of_mac(session, registration.id)
    if any(mac.found is not None for mac in examined) or known is not None:
        with database.begin() as session:
            drifts.record(session, examined, at)


class ScanJob:
    """A job that finds the manifests that changed since the last scan, and enqueues their pages.

    Where the store cannot tell, it enqueues all. The token of the scan and its pages are one
    transaction: a crash repeats the scan, and loses nothing.
    """

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self._database, self._repo = database, repo

    def do(self, payload: dict[str, Any]) -> Record:
        """Scan; the payload is empty."""
        del payload
        view = self._repo.now()
        folder = f"{FOLDER}{view.layout.macs}".rstrip("/")
        with self._database.reading() as session:
            last = session.get(DriftScan, view.layout.digest)
        examination.verify_mounted(self._repo.store)
        changes = self._repo.store.changed(folder, last.token if last else None)
        pages = self._pages(view, changes)

        def record(session: Session, now: datetime) -> None:
            for page in pages:
                queue.enqueue(session, SCAN_PAGE, page, at=now)
            put(session, DriftScan, {"layout": view.layout.digest}, {"token": changes.token})

        return record

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Do nothing: the next scan finds the same manifests."""
        del payload
        log.warning("drift scan given up", reason=reason)
        return lambda _, __: None

    def _pages(self, view: RepoView, changes: Changes) -> list[dict[str, Any]]:
        """The payloads of the jobs that look at the Macs themselves."""
        if changes.names is None:
            return [{"after": 0}]
        prefix = f"{view.layout.macs}/" if view.layout.macs else ""
        names = {*changes.names, *self._gone(view, prefix, changes)}
        keys = sorted(set(_keys(names)))
        return [{"serials": keys[at : at + PAGE]} for at in range(0, len(keys), PAGE)]

    def _gone(self, view: RepoView, prefix: str, changes: Changes) -> Iterator[str]:
        """The names of missing manifests."""
        present = changes.present
        if present is None:
            return
        query = select(Registration.serial, Registration.reported_as).where(EXAMINED)
        with self._database.snapshot() as connection, Session(connection) as session:
            for serial, reported_as in session.execute(query.execution_options(yield_per=PAGE)):
                name = view.manifest_of(Serial(reported_as or serial)).removeprefix(prefix)
                if name not in present:
                    yield name


class ScanPageJob:
    """A job that compares a page of Macs with their manifests, and records the results."""

    def __init__(self, database: Database, repo: MunkiRepo) -> None:
        self._database, self._repo = database, repo

    def do(self, payload: dict[str, Any]) -> Record:
        """Compare the manifests of `serials`, or of the Macs behind the id `after`."""
        after, keys = payload.get("after"), payload.get("serials", ())
        condition = Registration.serial.in_(keys) if after is None else Registration.id > after
        with self._database.reading() as session:
            macs = examination.page(session, condition)
            examined = examination.examine(session, self._repo, macs)
        is_full = after is not None and len(macs) == PAGE

        def record(session: Session, now: datetime) -> None:
            drifts.record(session, examined, now)
            if is_full:
                queue.enqueue(session, SCAN_PAGE, {"after": macs[-1].id}, at=now)

        return record

    def give_up(self, payload: dict[str, Any], reason: str) -> Record:
        """Have the next scan examine all Macs."""
        del payload
        log.warning("drift scan page given up", reason=reason)

        def record(session: Session, _: datetime) -> None:
            session.execute(delete(DriftScan))

        return record


def _keys(names: Iterable[str]) -> Iterator[str]:
    """The keys of the serials among names of files."""
    for name in names:
        with suppress(InvalidSerial):
            yield Serial.parse(name).key
