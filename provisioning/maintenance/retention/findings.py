"""Findings about a clock that retention does not trust, and about unused space."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from infrastructure.database.sqlite.sqlite_files import FilePages
from infrastructure.findings import Finding
from provisioning.maintenance.retention import periods

MAX_DIFFERENCE = timedelta(days=31)  # of the clock and the counted days: a month without a run
MUCH = 100 * 1024 * 1024  # bytes of free pages
DEAD = 100_000  # rows that a vacuum would take away, of one table
PART = 0.5  # of the file, and of the living rows
_DEAD_ROWS = text(
    "SELECT relname, n_live_tup, n_dead_tup, greatest(last_vacuum, last_autovacuum) "
    "FROM pg_stat_user_tables WHERE schemaname = current_schema() "
    "AND n_dead_tup > :least AND n_dead_tup > n_live_tup * :part ORDER BY n_dead_tup DESC"
)


def findings(session: Session, now: datetime, *, dead: int = DEAD) -> Iterator[Finding]:
    """Yield all of them; more than `dead` dead rows of a table are one. Raises SQLAlchemyError."""
    until = periods.counted_until(session)
    if until is not None and abs(now - until) > MAX_DIFFERENCE:
        yield _apart(until, now)
    if session.get_bind().dialect.name == "postgresql":
        yield from _bloated(session, dead)
    elif (pages := FilePages.of(session)) is not None:
        yield from of_pages(pages)


def of_pages(pages: FilePages) -> Iterator[Finding]:
    """Yield the finding about an SQLite file with much unused space that cannot shrink."""
    free = pages.free * pages.size
    if pages.can_shrink or free < MUCH or pages.free < pages.total * PART:
        return
    yield Finding(
        "the database's file",
        f"Of the database's file, {free // 2**20:,} MiB hold nothing, and an earlier release made "
        "it so that it cannot shrink; new rows take that space first.",
        "To give it back to the disk: stop all of Rollcall, and type `boot.sh backup FILE` and "
        "`boot.sh restore FILE --replace`.",
    )


def _apart(until: datetime, now: datetime) -> Finding:
    return Finding(
        "the clock",
        f"Old rows are deleted as if it were {until:%Y-%m-%d}, and the clock says "
        f"{now:%Y-%m-%d}: retention follows it by {periods.MAX_AHEAD.days} days a day.",
        "See to the clocks of this machine and of the one that runs the jobs; if they are right, "
        "nothing is to be done.",
    )


def _bloated(session: Session, least: int) -> Iterator[Finding]:
    rows = session.execute(_DEAD_ROWS, {"least": least, "part": PART})
    for table, living, dead, vacuumed_at in rows:
        last = f"on {vacuumed_at:%Y-%m-%d}" if vacuumed_at else "never"
        yield Finding(
            "dead rows",
            f"The table {table} has {dead:,} dead rows beside {living:,} living ones, and was last "
            f"vacuumed {last}.",
            "Is autovacuum on (`SHOW autovacuum`), and does no old transaction hold it up "
            f"(`pg_stat_activity`)? Then `VACUUM (ANALYZE) {table}`.",
        )
