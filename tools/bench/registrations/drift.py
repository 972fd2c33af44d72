"""The time of an hourly scan for drift among many manifests of which three changed."""

import plistlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from infrastructure.jobs.runner import JobHandler, JobRunner
from provisioning.monitoring.drift import drifts, scans
from provisioning.monitoring.drift.models import DriftScan
from provisioning.munki import DEFAULT_CATALOGS, opened
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.registrations.models import CONFIRMED, Registration
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import migrated
from tools.bench.harness.effort import Effort
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

TIMES = 10  # the manifests of the other rows
CHANGES = 3
SOON = 5.0  # seconds
PAGE = 5_000  # registrations written at once


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """A scan for drift, with the manifests in a folder."""
    root, number = sample_repo(folder / "repo"), TIMES * effort.manifests
    serials = [serial.text for serial in registered(0, number)]
    for serial in serials:
        (root / "manifests" / serial).write_bytes(_manifest("london"))
    with migrated(f"sqlite:///{folder}/rollcall.sqlite3") as database:
        _confirm(database, serials)
        for serial in serials[:: number // CHANGES][:CHANGES]:
            (root / "manifests" / serial).write_bytes(_manifest("paris"))
        seconds = _scan(database, root)
        with database.reading() as session:
            found = len(drifts.newest(session, 2 * CHANGES))
    yield Row(
        f"a scan for drift, {number:,} manifests in a folder, {CHANGES} of them changed",
        f"{seconds:.2f} s",
        f"≤ {SOON:.0f} s",
        seconds <= SOON and found == CHANGES,
        beside=f"{found} found",
    )


def _manifest(site: str) -> bytes:
    includes = [include.path for include in DEFAULT.includes(site, "design")]
    return plistlib.dumps({"catalogs": [*DEFAULT_CATALOGS], "included_manifests": includes})


def _confirm(database: Database, serials: list[str]) -> None:
    """Macs that are done, whose manifests have been looked at a moment ago."""
    at = datetime.now(UTC)
    written = WrittenIncludes(DEFAULT.includes("london", "design"), (), DEFAULT_CATALOGS)
    row = {
        "site": "london",
        "build": "design",
        "state": CONFIRMED,
        "channel": CHANNEL,
        "revision": 1,
        "created_at": at,
        "changed_at": at,
        "confirmed_at": at,
        "includes": written.to_json(),
    }
    with database.begin() as session:
        for first in range(0, len(serials), PAGE):
            page = serials[first : first + PAGE]
            session.execute(insert(Registration), [{**row, "serial": serial} for serial in page])
        time.sleep(0.1)  # so that the token is newer than every file
        session.add(DriftScan(layout=DEFAULT.digest, token=str(time.time_ns())))
        time.sleep(0.1)


def _scan(database: Database, root: Path) -> float:
    """Scan once; returns the seconds that it takes."""
    repo = opened(str(root))
    works: dict[str, JobHandler] = {
        scans.SCAN: scans.ScanJob(database, repo),
        scans.SCAN_PAGE: scans.ScanPageJob(database, repo),
    }
    runner = JobRunner(database, works, [])
    with database.begin() as session:
        queue.enqueue(session, scans.SCAN, {}, at=datetime.now(UTC))
    began = time.perf_counter()
    while runner.work():
        pass
    return time.perf_counter() - began
