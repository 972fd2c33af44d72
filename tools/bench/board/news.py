"""News: how soon they are on every open board, and what that costs the calls of Macs."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median
from threading import Event, Thread

from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.registrations import history
from provisioning.registrations.models import Registration
from tests.support.installation import Installation
from tools.bench.board.boards import opened
from tools.bench.board.people import People
from tools.bench.harness.calls import ask_for_manifest, ask_for_script
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import Ratio, interleaved, percentile, ratio
from tools.bench.harness.table import Row

SOON = 1.0  # seconds until a change is on every board
CHANGES = 20  # a second
COST = 1.1  # times what a Mac's call takes without boards
BUSY = 4.0  # seconds until all were told at once, and are told in turn from then on
PAUSE = 0.02  # seconds between two calls of Macs


def rows(
    effort: Effort, installation: Installation, people: People, database: Database
) -> Iterator[Row]:
    """One change after a quiet time on all boards; then changes that do not end."""
    with opened(installation, people, effort.boards) as boards:
        taken = []
        for number in range(effort.rounds):
            time.sleep(effort.boards / 20)  # the quiet time, in which all may be told at once
            begun = time.monotonic()
            _change(database, number)
            while min(boards.seen_at) < begun and time.monotonic() < begun + 30:
                time.sleep(0.01)
            taken.append(max(boards.seen_at) - begun)
        failed = len(boards.failures)
    yield Row(
        f"one change on each of {effort.boards} open boards, {effort.board:,} Macs",
        (
            f"{median(taken) * 1000:.0f} ms, at most {max(taken) * 1000:.0f} ms"
            + (f", {failed} FAILED" if failed else "")
        ),
        f"≤ {SOON * 1000:,.0f} ms",
        median(taken) <= SOON and not failed,
    )
    yield _cost(effort, installation, people, database)


def _cost(effort: Effort, installation: Installation, people: People, database: Database) -> Row:
    def with_boards(_: int) -> float:
        with opened(installation, people, effort.boards), _changing(database):
            time.sleep(BUSY)
            return _calls(installation, effort.seconds * 5)

    def without(_: int) -> float:
        with _changing(database):
            return _calls(installation, effort.seconds * 5)

    rounds = interleaved(effort.rounds, {"with": with_boards, "without": without})
    times: Ratio = ratio(rounds["with"], rounds["without"])
    return Row(
        f"a Mac's script and its manifest, {CHANGES} changes a second, {effort.boards} boards open",
        f"median {median(rounds['with']):.1f} ms",
        f"≤ {COST} ×",
        times.middle <= COST,
        beside=f"without boards: {median(rounds['without']):.1f} ms",
        ratio=str(times),
    )


def _change(database: Database, number: int) -> None:
    """A person moves a Mac, as far as boards see it."""
    now, mac = datetime.now(UTC), 1 + number % 1000
    with database.begin() as session:
        session.execute(update(Registration).where(Registration.id == mac).values(changed_at=now))
        history.record(session, mac, "moved", at=now, after={"site": "paris", "build": "design"})


@contextmanager
def _changing(database: Database) -> Iterator[None]:
    """So many changes a second meanwhile."""
    stop = Event()

    def change() -> None:
        for number in itertools.count():
            if stop.wait(1 / CHANGES):
                return
            _change(database, number)

    thread = Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _calls(installation: Installation, seconds: int) -> float:
    """Call as Macs do for so long, and return the median of the milliseconds of a call."""
    taken: list[float] = []
    until = time.monotonic() + seconds
    for number in itertools.count():
        if time.monotonic() >= until:
            return percentile(taken, 50)
        manifest = ask_for_manifest(installation.url, f"MAC{number % 100:07}")
        taken.append(ask_for_script(installation.url).ms + manifest.ms)
        time.sleep(PAUSE)
    raise AssertionError
