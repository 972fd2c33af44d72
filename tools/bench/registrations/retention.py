"""Ten years of a fleet: the size of its database, and what people wait for on it.

And first boots while old rows are deleted.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from sqlalchemy import insert
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from bot.home import blocks
from bot.monitoring import digest_blocks
from bot.registrations import history as history_blocks
from bot.registrations import search
from bot.slack.home_state import HomeState
from infrastructure.database.engine import Database
from infrastructure.jobs import queue
from provisioning.maintenance.retention.job import RETENTION, RetentionJob, RunProgress
from provisioning.maintenance.retention.periods import Retention
from provisioning.monitoring import dashboard, digest
from provisioning.outbox.models import NEWS, SENT, Notification
from provisioning.registrations import history, queries
from provisioning.registrations.listings import searches
from provisioning.values.serials import Serial
from tests.support.installation import CHANNEL, Installation
from tools.bench.contenders import contenders
from tools.bench.contenders.contenders import migrated
from tools.bench.harness.effort import Effort
from tools.bench.harness.load import compared
from tools.bench.harness.rounds import interleaved, percentile
from tools.bench.harness.table import Row
from tools.bench.machines import manifests
from tools.bench.registrations.years import BY, Fleet

FLEET = 5  # of the registrations in the larger database one in so many: 200,000
SCALED = 10  # ten years are lived by a tenth of the fleet, whose busy manifest is edited as seldom
YEARS, LAST_YEARS = 10, 3
HOURLY = 730  # edits a month
DAYS = 30  # runs at the end; before, there is one a month
LARGEST = 2 * 10**9  # bytes
PAGE_LIMIT, COMMAND_LIMIT = 200, 300  # ms
FALLEN = 0.9  # of the first boots a second, while rows are deleted
OLD_ROWS = 20_000  # to be deleted for each second of load


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """The sizes of old databases, the answers on them, and first boots beside deletions."""
    folder.mkdir()
    macs = effort.registrations // FLEET
    with migrated(f"sqlite:///{folder}/decade.sqlite3") as database:
        peak = _live(database, macs // SCALED, HOURLY // SCALED, 12 * YEARS)
        yield _size(f"{YEARS} years, a tenth of {macs:,} Macs", peak, LARGEST // SCALED)
    with migrated(f"sqlite:///{folder}/fleet.sqlite3") as database:
        peak = _live(database, macs, HOURLY, 12 * LAST_YEARS)
        yield _size(f"the last {LAST_YEARS} years of {macs:,} Macs", peak, LARGEST)
        for name, draw in _looks(database).items():
            yield _timed(f"{name}, on that database", draw, effort)
    yield from _first_boots(effort, folder)


def _live(database: Database, macs: int, busy: int, months: int) -> tuple[int, int, float]:
    """Live through months; returns the bytes at the end, at most, and seconds of a daily run."""
    fleet = Fleet(database, macs, busy, datetime.now(UTC) - timedelta(days=months * 365 / 12))
    largest = 0
    for _ in range(months):
        fleet.live()
        largest = max(largest, _bytes(database))
        _retain(database, fleet.now)
    began = perf_counter()
    for day in range(DAYS):
        _retain(database, fleet.now + timedelta(days=day))
    return _bytes(database), largest, (perf_counter() - began) / DAYS


def _retain(database: Database, until: datetime) -> None:
    """A whole run, without its pauses."""
    job = RetentionJob(database, Retention(), sleep=lambda _: None, clock=lambda: 0.0)
    record = job.do(RunProgress(until).to_json())
    with capture_logs(), database.begin() as session:
        record(session, until)


def _bytes(database: Database) -> int:
    with database.reading() as session:
        driver = session.connection()
        pages, size = (
            int(driver.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "page_size")
        )
    return pages * size


def _size(subject: str, measured: tuple[int, int, float], limit: int) -> Row:
    size, largest, seconds = measured
    return Row(
        f"database after {subject}",
        f"{size / 10**6:,.0f} MB, at most {largest / 10**6:,.0f} MB; a daily run {seconds:.1f} s",
        f"< {limit / 10**6:,.0f} MB",
        max(size, largest) < limit,
    )


def _looks(database: Database) -> Mapping[str, Callable[[], object]]:
    """Answers that people look at, each as the work from the database to the text for Slack."""
    now = datetime.now(UTC)

    def show(session: Session) -> object:
        return history_blocks.mac(history.of_mac(session, Serial.parse("MAC0000042")))

    def find(session: Session) -> object:
        macs, total = searches.find(session, "000123", limit=search.SIZE, offset=0)
        return search.found(macs, total, "Found", search.Question(text="000123"))

    def waiting(session: Session) -> object:
        macs, total = queries.waiting(session, None, limit=search.SIZE, offset=0)
        return search.found(macs, total, "Waiting", search.Question())

    def log(session: Session) -> object:
        return history_blocks.log(history.newest_operations(session, limit=search.MAX_OPERATIONS))

    def shown_digest(session: Session) -> object:
        return digest_blocks.digest(digest.gather(session, now), "/mac")

    def home(session: Session) -> object:
        look = HomeState()
        content = dashboard.overview(session, BY, look.mac_filter, page=0, size=blocks.SIZE)
        return json.dumps(blocks.home(blocks.Home(look, content), "/mac").to_dict())

    def reading(draw: Callable[[Session], object]) -> Callable[[], object]:
        def drawn() -> object:
            with database.reading() as session:
                return draw(session)

        return drawn

    looks = {"App Home": home, "/mac show": show, "/mac find": find, "/mac list": waiting}
    looks |= {"/mac log": log, "/mac digest": shown_digest}
    return {name: reading(draw) for name, draw in looks.items()}


def _timed(subject: str, draw: Callable[[], object], effort: Effort) -> Row:
    draw()  # warms up
    taken = []
    for _ in range(2 * effort.rounds):
        began = perf_counter()
        draw()
        taken.append((perf_counter() - began) * 1000)
    limit = PAGE_LIMIT if "Home" in subject else COMMAND_LIMIT
    return Row(
        subject,
        f"median {percentile(taken, 50):.0f} ms, at most {max(taken):.0f} ms",
        f"< {limit} ms",
        max(taken) < limit,
    )


def _first_boots(effort: Effort, folder: Path) -> Iterator[Row]:
    """In a file that cannot shrink, in one that can, and in that while old rows are deleted."""
    macs = manifests.registered(effort)
    with ExitStack() as running:
        (folder / "plain").mkdir()
        with closing(sqlite3.connect(folder / "plain" / "rollcall.sqlite3")) as made_before:
            made_before.execute("CREATE TABLE made_before (id INTEGER)")
        installed = {
            name: running.enter_context(contenders.rollcall(folder / name, "jobs", macs=macs))
            for name in ("plain", "shrinks", "deleting")
        }
        _enqueue_run(installed["deleting"], OLD_ROWS * effort.seconds * (effort.rounds + 1))
        loads = interleaved(
            effort.rounds,
            {name: manifests.first_boots(each.url, effort) for name, each in installed.items()},
        )
        left = _left(installed["deleting"])
    subject = "first boots in a file that can shrink"
    yield compared(subject, loads["shrinks"], "one that cannot", loads["plain"], FALLEN)
    subject = f"first boots while old rows are deleted ({left:,} are left)"
    yield compared(subject, loads["deleting"], "none are", loads["shrinks"], FALLEN)


def _enqueue_run(installation: Installation, number: int) -> None:
    """Have an installation delete so many old messages, from now on."""
    now = datetime.now(UTC)
    old = now - timedelta(days=200)
    row = {"key": "0" * 32, "channel": CHANNEL, "kind": NEWS, "facts": {}, "state": SENT}
    with contenders.database(installation) as database, database.begin() as session:
        values = {**row, "occurred_at": old, "settled_at": old}
        session.execute(insert(Notification), [values] * number)
        queue.enqueue(session, RETENTION, RunProgress(now).to_json(), at=now)


def _left(installation: Installation) -> int:
    with contenders.database(installation) as database, database.reading() as session:
        return session.query(Notification).where(Notification.kind == NEWS).count()
