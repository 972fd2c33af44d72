"""Restores: all rows come back, from either kind of database into either."""

import io
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select, text

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.database.sqlite.sqlite_files import DatabaseDamaged, FilePages
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import LINK
from provisioning.maintenance import backups
from provisioning.maintenance.backups import value_types
from provisioning.maintenance.tables import Base
from provisioning.registrations.listings import serial_index
from provisioning.registrations.models import Counter, Registration
from tests.provisioning.maintenance.backups.conftest import Take, content
from tests.support.installation import ROOT
from tests.support.soaking import rows_in_soak

AT = "'2026-03-02 12:00:00'"


@pytest.mark.postgresql
def test_every_table_and_every_row_of_it_is_in_a_backup(filled: Database, take: Take) -> None:
    held = content(take(filled))

    assert set(held) == set(Base.metadata.tables)
    assert {len(rows) for rows in held.values()} == {3}


def test_a_process_that_does_nothing_but_restore_knows_all_tables() -> None:
    """Here other modules have loaded them; a table less, and PostgreSQL empties none."""
    imported = "from provisioning.maintenance.backups.value_types import Base"
    looks = f"{imported}; print(*Base.metadata.tables)"

    seen = subprocess.run(
        [sys.executable, "-c", looks], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert set(seen.split()) == set(Base.metadata.tables)


@pytest.mark.postgresql
def test_every_type_of_column_is_one_that_a_backup_knows(database: Database) -> None:
    with database.snapshot() as connection:
        for table in value_types.tables(connection):
            assert all(value_types.kind(column) for column in table.columns)


@rows_in_soak(
    "the other way has the values; a backup of PostgreSQL has each table", "postgresql-sqlite"
)
@pytest.mark.parametrize(
    ("database_url", "other_url"),
    [("sqlite", "postgresql"), ("postgresql", "sqlite")],
    indirect=True,
)
def test_all_values_come_back_in_either_kind_of_database(
    filled: Database, other_url: str, take: Take
) -> None:
    backup = take(filled)

    backups.restore(other_url, io.BytesIO(backup), replace=False)

    with closing(Database(other_url)) as other:
        before, after = content(backup), content(take(other))
        assert after["restores"].pop()[0] == 4, "ids go on after those that were there"
        assert before.pop("heartbeats")
        assert after.pop("heartbeats") == [], "of processes that are not there any more"
        assert after == before
        with other.reading() as session:
            assert versions.current(session) == versions.REVISION


@pytest.mark.parametrize("other_url", ["sqlite"], indirect=True)
def test_nobody_is_in_the_board_who_may_have_been_thrown_out_since(
    database: Database, other_url: str, take: Take
) -> None:
    now = datetime.now(UTC)
    with database.begin() as session:
        token = sessions.begin(session, "U0ALICE", LINK, "", now)
    backup = take(database)

    backups.restore(other_url, io.BytesIO(backup), replace=False)

    with database.reading() as session:
        assert sessions.find(session, token, now)
    with closing(Database(other_url)) as other, other.reading() as session:
        assert sessions.find(session, token, now) is None


@pytest.mark.parametrize("other_url", ["postgresql"], indirect=True)
def test_one_of_an_older_release_is_brought_up_to_date(
    tmp_path: Path, other_url: str, take: Take
) -> None:
    """It is taken by this release, before its schema is: then one can go back to what was."""
    with closing(Database(f"sqlite:///{tmp_path}/old.sqlite3")) as old:
        with old.begin() as session:
            migrations.bring_to(session.connection(), "0001")
            session.execute(
                text(
                    "INSERT INTO registrations (serial, site, build, state, channel, revision, "
                    "created_at, changed_at) "
                    f"VALUES ('C02A', 'a', 'b', 'waiting', 'C', 1, {AT}, {AT})"
                )
            )
        backup = take(old)
    assert "jobs" not in content(backup)

    backups.restore(other_url, io.BytesIO(backup), replace=False)

    with closing(Database(other_url)) as fresh, fresh.reading() as session:
        assert versions.current(session) == versions.REVISION
        assert session.scalars(select(Registration)).one().serial == "C02A"


def test_views_and_rights_on_the_tables_stay_in_postgresql(
    own_postgresql_url: str, backup: bytes
) -> None:
    with psycopg.connect(own_postgresql_url) as admin:
        admin.execute("CREATE VIEW dashboard AS SELECT count(*) FROM registrations")

    backups.restore(own_postgresql_url, io.BytesIO(backup), replace=False)

    with psycopg.connect(own_postgresql_url) as admin:
        assert admin.execute("SELECT * FROM dashboard").fetchall() == [(3,)]


@pytest.mark.parametrize("other_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("revision", ["0033", versions.REVISION])
def test_the_index_of_serials_knows_none_of_those_that_went(
    revision: str, database: Database, other_url: str, take: Take
) -> None:
    with closing(Database(other_url)) as other, other.begin() as session:
        session.execute(insert(serial_index.INDEX), serial_index.row_of(session, 9, "C02AAA"))
    migrations.go_back(database, revision)

    backups.restore(other_url, io.BytesIO(take(database)), replace=False)

    with closing(Database(other_url)) as other, other.reading() as session:
        assert session.execute(text("SELECT * FROM serial_parts")).all() == []


def test_a_nul_becomes_what_postgresql_can_hold_and_is_counted(
    sqlite_url: str, own_postgresql_url: str, tmp_path: Path, take: Take
) -> None:
    with closing(Database(sqlite_url)) as database:
        with database.begin() as session:
            session.add(Counter(pattern="a\x00b", last=1))
        backup = take(database)

    again = backups.restore(f"sqlite:///{tmp_path}/x.sqlite3", io.BytesIO(backup), replace=False)
    into = backups.restore(own_postgresql_url, io.BytesIO(backup), replace=False)

    assert (again.without_nul, into.without_nul) == (0, 1)
    with closing(Database(own_postgresql_url)) as database, database.reading() as session:
        assert session.scalars(select(Counter.pattern)).one() == "a\ufffdb"


def test_what_was_there_is_kept_beside_an_sqlite_file_that_is_replaced(
    sqlite_url: str, backup: bytes
) -> None:
    with closing(Database(sqlite_url)) as there, there.begin() as session:
        session.add(Counter(pattern="there", last=7))

    restored = backups.restore(sqlite_url, io.BytesIO(backup), replace=True)

    assert restored.kept_as == f"{sqlite_url.removeprefix('sqlite:///')}.before-restore"
    with closing(Database(f"sqlite:///{restored.kept_as}")) as former, former.reading() as session:
        assert "there" in session.scalars(select(Counter.pattern)).all()
    with closing(Database(sqlite_url)) as restored_one, restored_one.reading() as session:
        pages = FilePages.of(session)
        assert pages is not None
        assert pages.can_shrink, "so a restore shrinks the file that an earlier release made"


def test_a_damaged_database_is_replaced_and_kept_with_its_log(
    sqlite_url: str, backup: bytes, take: Take
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.write_bytes(b"x" * 10_000)
    Path(f"{path}-wal").write_bytes(b"a log that nobody can read")

    with pytest.raises(DatabaseDamaged):
        backups.restore(sqlite_url, io.BytesIO(backup), replace=False)
    restored = backups.restore(sqlite_url, io.BytesIO(backup), replace=True)

    assert Path(f"{restored.kept_as}").read_bytes() == b"x" * 10_000
    with closing(Database(sqlite_url)) as database:
        before, after = content(backup), content(take(database))
        for table in ("restores", "heartbeats"):
            del before[table], after[table]
        assert after == before
