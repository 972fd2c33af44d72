"""A lab of 500 Macs that boot within a minute: script, reports, manifest, each at its own time."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path

from sqlalchemy import func, select

from provisioning.registrations.models import CONFIRMED, Event, Registration
from tests.support.installation import Installation
from tools.bench.contenders import contenders
from tools.bench.contenders.places import PLACES, RepoPlace
from tools.bench.harness.calls import TimedCall, ask_for_manifest, ask_for_script, call
from tools.bench.harness.effort import Effort
from tools.bench.harness.postgresql import on_postgresql
from tools.bench.harness.rounds import percentile
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

LIMIT = 1000  # ms
KEY = "9f8e7d6c5b4a39281706"
STEPS = (
    ("in_progress", "Imagr is starting up..."),
    ("in_progress", "Preparing to run workflow Registered build..."),
    ("in_progress", "Copying first boot script 0.0"),
    ("success", "Finished running Registered build."),
)
AT_ONCE = 64  # Macs whose calls are under way; the others wait for their time


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """A lab on both databases with the repo in a folder, then on SQLite in each other place."""
    folder.mkdir()
    for place in PLACES:
        yield _row(effort, folder / place.name, place, None)
    yield from on_postgresql(lambda url: _row(effort, folder / "postgresql", PLACES[0], url))


def _row(effort: Effort, folder: Path, place: RepoPlace, database_url: str | None) -> Row:
    folder.mkdir()
    with ExitStack() as until_end:
        repo = until_end.enter_context(place.made(folder))
        settings = {"ROLLCALL_REPORT_KEYS": KEY, **repo.settings}
        if database_url:
            settings["ROLLCALL_DATABASE_URL"] = database_url
        ours = until_end.enter_context(
            contenders.rollcall(folder, macs=effort.lab, settings=settings)
        )
        calls = _booted(ours, effort)
        confirmed, finished = _recorded(ours)
    slowest = percentile([call.ms for call in calls], 99)
    failed = sum(call.status != HTTPStatus.OK for call in calls)
    return Row(
        f"a lab of {effort.lab} Macs boots within {effort.window} s, "
        f"{'PostgreSQL' if database_url else 'SQLite'}, the repo in {place.title}",
        (
            f"p99 {slowest:,.0f} ms of {len(calls):,} requests, {confirmed} confirmed"
            + (f", {failed} FAILED" if failed else "")
        ),
        f"all, p99 < {LIMIT:,} ms",
        slowest < LIMIT and confirmed == finished == effort.lab and not failed,
        beside=f"{finished} of {effort.lab} heard to have finished",
    )


def _booted(ours: Installation, effort: Effort) -> list[TimedCall]:
    """Boot them all, each at a moment of its own."""
    chance = random.Random(500)  # noqa: S311 - the same lab every time
    began = time.monotonic()
    boots = sorted(chance.uniform(0, effort.window) for _ in range(effort.lab))
    boot = partial(_boot, ours.url, began)
    serials = [serial.text for serial in registered(0, effort.lab)]
    with ThreadPoolExecutor(AT_ONCE) as macs:
        return [call for calls in macs.map(boot, boots, serials) for call in calls]


def _boot(url: str, began: float, at: float, serial: str) -> list[TimedCall]:
    time.sleep(max(0.0, began + at - time.monotonic()))
    return [
        *(_report(url, serial, *step) for step in STEPS[:2]),
        ask_for_script(url),
        *(_report(url, serial, *step) for step in STEPS[2:]),
        ask_for_manifest(url, serial),
    ]


def _report(url: str, serial: str, status: str, message: str) -> TimedCall:
    fields = {"status": status, "serial": serial, "hostname": "netboot", "message": message}
    return call(url, "POST", f"/report/{KEY}", form=fields)


def _recorded(ours: Installation) -> tuple[int, int]:
    """Return the number of confirmed Macs, and of Macs that reported that they were imaged."""
    with contenders.database(ours) as database, database.reading() as session:
        confirmed = session.scalar(
            select(func.count()).select_from(Registration).where(Registration.state == CONFIRMED)
        )
        heard = session.scalar(
            select(func.count(Event.registration_id.distinct())).where(Event.what == "imaging")
        )
    return confirmed or 0, heard or 0
