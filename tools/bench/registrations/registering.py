"""A batch of serials in one call, beside the driver that inserts the same rows and no more."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from infrastructure.database.engine import Database
from provisioning.registrations import register as registrations
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tools.bench.contenders import bare
from tools.bench.contenders.contenders import BY, LONDON, migrated
from tools.bench.harness.effort import Effort
from tools.bench.harness.postgresql import on_postgresql
from tools.bench.harness.rounds import interleaved, ratio, timed
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

MAX_TIMES_BARE = 3.0


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """Many serials in one call: on SQLite, and on PostgreSQL where there is one."""
    folder.mkdir()
    yield _row("SQLite", "sqlite3", effort, *(f"sqlite:///{folder}/{name}" for name in ("a", "b")))
    yield from on_postgresql(partial(_row, "PostgreSQL", "psycopg 3", effort), databases=2)


def _row(kind: str, driver: str, effort: Effort, ours: str, theirs: str) -> Row:
    with migrated(ours) as database, migrated(theirs) as other, bare.connected(theirs) as line:
        seconds = interleaved(
            effort.rounds,
            {
                "ours": lambda number: timed(_ours(database, number, effort.bulk)),
                "bare": lambda number: timed(bare.inserting(line, number, effort.bulk)),
            },
        )
        same = bare.contents(database) == bare.contents(other)
    times = ratio(seconds["ours"], seconds["bare"])
    return Row(
        f"{effort.bulk:,} serials registered in one call, {kind}",
        f"{median(seconds['ours']) * 1000:,.0f} ms",
        f"≤ {MAX_TIMES_BARE} ×",
        times.middle <= MAX_TIMES_BARE and same,
        beside=(
            f"bare {driver}, the same rows: {median(seconds['bare']) * 1000:,.0f} ms"
            + ("" if same else " (the rows DIFFER)")
        ),
        ratio=str(times),
    )


def _ours(database: Database, number: int, macs: int) -> Callable[[], None]:
    wanted = registered(number * macs, (number + 1) * macs)
    at = datetime.now(UTC)

    def register() -> None:
        with database.begin() as session:
            act = did(session, "registered", by=BY, at=at)
            registrations.register(session, wanted, LONDON, operation=act, channel=CHANNEL)

    return register
