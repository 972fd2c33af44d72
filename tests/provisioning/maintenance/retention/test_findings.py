"""Findings of the doctor about retention: a clock that is not followed, space that is empty."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.sqlite.sqlite_files import FilePages
from infrastructure.findings import Finding
from provisioning.diagnostics import Examination, inspected
from provisioning.maintenance.retention import periods
from provisioning.maintenance.retention.findings import findings, of_pages
from provisioning.munki import MunkiRepo
from tests.support.fixtures.doors import NOON
from tests.support.tables import for_each
from tests.support.waiting import eventually

GIGABYTE = 262_144  # pages


def found(database: Database, days: float) -> list[Finding]:
    """The findings some days after a run at noon."""
    with database.reading() as session:
        return list(findings(session, NOON + timedelta(days=days)))


@pytest.mark.postgresql(soak=True)
def test_a_clock_that_is_far_from_the_days_that_are_counted_is_told(database: Database) -> None:
    assert found(database, 0) == []
    with database.begin() as session:
        periods.count_until(session, NOON)

    assert found(database, 30) == found(database, -30) == []
    [ahead] = found(database, 365 * 64)
    assert ahead.message == (
        "Old rows are deleted as if it were 2026-03-02, and the clock says 2090-02-14: retention "
        "follows it by 2 days a day."
    )
    [behind] = found(database, -40)
    assert "the clock says 2026-01-21" in behind.message


def test_the_doctor_looks_at_it(database: Database, repo: MunkiRepo) -> None:
    with database.begin() as session:
        periods.count_until(session, NOON - timedelta(days=365 * 30))

    kinds = {finding.kind for finding in inspected(Examination(repo, database))}

    assert "the clock" in kinds


def test_a_file_that_cannot_shrink_is_told_with_the_way_to_a_smaller_one() -> None:
    [finding] = of_pages(
        FilePages(total=GIGABYTE, free=GIGABYTE * 3 // 4, size=4096, can_shrink=False)
    )

    assert finding.message.startswith("Of the database's file, 768 MiB hold nothing")
    assert "`boot.sh restore FILE --replace`" in finding.fix


@for_each(
    "pages",
    [
        FilePages(total=GIGABYTE, free=GIGABYTE * 3 // 4, size=4096, can_shrink=True),
        FilePages(total=GIGABYTE, free=GIGABYTE // 4, size=4096, can_shrink=False),
        FilePages(total=4000, free=3900, size=4096, can_shrink=False),
    ],
    ids=["it shrinks by itself", "most of it is used", "it is small"],
)
def test_a_file_that_shrinks_by_itself_is_used_or_is_small_is_not_told(pages: FilePages) -> None:
    assert list(of_pages(pages)) == []


@pytest.fixture
def bloated(own_postgresql_url: str) -> Iterator[Database]:
    """A database with a table that nothing vacuums, and that lost most of its rows."""
    with closing(Database(own_postgresql_url)) as database:
        with database.begin() as session:
            session.execute(text("CREATE TABLE bloated (n int) WITH (autovacuum_enabled = off)"))
            session.execute(text("INSERT INTO bloated SELECT generate_series(1, 500)"))
            session.execute(text("DELETE FROM bloated WHERE n > 100"))
        yield database


def test_a_table_of_dead_rows_is_told(bloated: Database) -> None:
    def told() -> list[Finding]:
        with bloated.begin() as session:
            session.execute(text("SELECT pg_stat_clear_snapshot()"))
            return list(findings(session, NOON, dead=300))

    eventually(lambda: bool(told()))
    [finding] = told()
    assert finding.message == (
        "The table bloated has 400 dead rows beside 100 living ones, and was last vacuumed never."
    )
    assert "`VACUUM (ANALYZE) bloated`" in finding.fix
