"""Restores: all rows come back, from either kind of database into either."""

import io
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import delete, func, insert, select, text

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.database.sqlite.sqlite_files import DatabaseDamaged, FilePages
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import LINK
from provisioning.maintenance import backups
from provisioning.maintenance.backups import value_types
from provisioning.maintenance.backups.archives import Archive
from provisioning.maintenance.backups.restoring import Filling
from provisioning.maintenance.backups.targets import DependedOn
from provisioning.maintenance.tables import Base
from provisioning.registrations import serial_index
from provisioning.registrations.models import Counter, Registration
from tests.provisioning.maintenance.backups.conftest import Take, content, taken
from tests.support.databases import postgres
from tests.support.soaking import soak_only

AT = "'2026-03-02 12:00:00'"


@pytest.fixture(params=["sqlite", "postgresql"])
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Another database, without a table or with empty ones, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/other.sqlite3"
    else:
        yield str(request.getfixturevalue("own_postgresql_url"))


@pytest.mark.postgresql(instead=True)
def test_every_table_and_every_row_of_it_is_in_a_backup(filled: Database, take: Take) -> None:
    held = content(take(filled))

    assert set(held) == set(Base.metadata.tables)
    assert {len(rows) for rows in held.values()} == {3}


def test_a_process_that_does_nothing_but_restore_knows_all_tables() -> None:
    """Here other modules have loaded them; a table less, and PostgreSQL empties none.

    That this module loads all of them is held by the tests of the schema.
    """
    loading = Path(value_types.__file__).read_text()

    assert "from provisioning.maintenance.tables import Base\n" in loading


@pytest.mark.postgresql
def test_every_type_of_column_is_one_that_a_backup_knows(database: Database) -> None:
    with database.snapshot() as connection:
        for table in value_types.tables(connection):
            assert [column for column in table.columns if not value_types.kind(column)] == []


@pytest.fixture(scope="module")
def restored_url(postgresql: str, backup: bytes) -> Iterator[str]:
    """A PostgreSQL database with a view and something in the index, after a restore into it."""
    with postgres.copied(postgresql) as url:
        index_a_serial(url)
        with psycopg.connect(url) as admin:
            admin.execute("CREATE VIEW dashboard AS SELECT count(*) FROM registrations")
        backups.restore(url, io.BytesIO(backup), replace=False)
        yield url


@pytest.fixture(scope="module")
def upgraded_url(postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same with a backup of an old release, which this one took before it had changed it."""
    path = tmp_path_factory.mktemp("old") / "old.sqlite3"
    with closing(Database(f"sqlite:///{path}")) as old:
        with old.begin() as session:
            migrations.bring_to(session.connection(), "0001")
            session.execute(
                text(
                    "INSERT INTO registrations (serial, site, build, state, channel, revision, "
                    "created_at, changed_at) "
                    f"VALUES ('C02A', 'a', 'b', 'waiting', 'C', 1, {AT}, {AT})"
                )
            )
        backup = taken(old)
    assert "jobs" not in content(backup)
    with postgres.copied(postgresql) as url:
        index_a_serial(url)
        backups.restore(url, io.BytesIO(backup), replace=False)
        yield url


def index_a_serial(url: str) -> None:
    """Have the index of a database know a Mac that is not in the backup."""
    with closing(Database(url)) as database, database.begin() as session:
        session.execute(insert(serial_index.INDEX), serial_index.row_of(session, 9, "C02AAA"))


def test_all_values_of_sqlite_come_back_in_postgresql(
    backup: bytes, restored_url: str, take: Take
) -> None:
    with closing(Database(restored_url)) as other:
        assert_same(other, backup, take(other))


@soak_only("the other way has the values; a backup of PostgreSQL has each table")
@pytest.mark.parametrize(("database_url", "other_url"), [("postgresql", "sqlite")], indirect=True)
def test_all_values_of_postgresql_come_back_in_sqlite(
    filled: Database, other_url: str, take: Take
) -> None:
    backup = take(filled)

    backups.restore(other_url, io.BytesIO(backup), replace=False)

    with closing(Database(other_url)) as other:
        assert_same(other, backup, take(other))


def assert_same(restored: Database, backup: bytes, again: bytes) -> None:
    """Hold a backup of a restored database against the one of which it was restored."""
    before, after = content(backup), content(again)
    assert after["restores"].pop()[0] == 4, "ids go on after those that were there"
    assert before.pop("heartbeats")
    assert after.pop("heartbeats") == [], "of processes that are not there any more"
    assert after == before
    with restored.reading() as session:
        assert versions.current(session) == versions.REVISION


def test_one_of_an_older_release_is_brought_up_to_date(upgraded_url: str) -> None:
    """It is taken by this release, before its schema is: then one can go back to what was."""
    with closing(Database(upgraded_url)) as fresh, fresh.reading() as session:
        assert versions.current(session) == versions.REVISION
        assert session.scalars(select(Registration)).one().serial == "C02A"


def test_views_and_rights_on_the_tables_stay_in_postgresql(restored_url: str) -> None:
    with psycopg.connect(restored_url) as admin:
        assert admin.execute("SELECT * FROM dashboard").fetchall() == [(3,)]


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE registrations ADD COLUMN inventory TEXT NOT NULL", "DROP TABLE mail_stops"],
)
def test_tables_that_a_hand_has_changed_are_made_again_in_postgresql(
    backup: bytes, own_postgresql_url: str, change: str, opened: Callable[[str], Database]
) -> None:
    with psycopg.connect(own_postgresql_url) as admin:
        admin.execute(change)

    restored = backups.restore(own_postgresql_url, io.BytesIO(backup), replace=True)

    with opened(own_postgresql_url).reading() as session:
        changes = value_types.changes_by_hand(session.connection(), versions.REVISION)
        assert (changes.missing, changes.added) == ([], [])
        rows = session.scalar(select(func.count()).select_from(Registration))
    assert rows == restored.counts["registrations"]


def test_a_view_on_tables_that_are_made_again_is_named_and_nothing_is_changed(
    backup: bytes, own_postgresql_url: str
) -> None:
    with psycopg.connect(own_postgresql_url) as admin:
        admin.execute("ALTER TABLE registrations ADD COLUMN inventory TEXT")
        admin.execute("CREATE VIEW by_site AS SELECT site, count(*) FROM registrations GROUP BY 1")
        admin.execute("CREATE VIEW doers AS SELECT DISTINCT by FROM acts")
        admin.execute("INSERT INTO counters (pattern, last) VALUES ('mine', 7)")

    with pytest.raises(DependedOn, match="view by_site depends on table registrations") as caught:
        backups.restore(own_postgresql_url, io.BytesIO(backup), replace=True)

    assert "view doers depends on table acts" in str(caught.value)
    with psycopg.connect(own_postgresql_url) as admin:
        assert admin.execute("SELECT last FROM counters").fetchall() == [(7,)]
        assert admin.execute("SELECT * FROM by_site").fetchall() == []


@pytest.mark.parametrize("url", ["restored_url", "upgraded_url"])
def test_the_index_of_serials_knows_none_of_those_that_went(
    url: str, request: pytest.FixtureRequest
) -> None:
    with psycopg.connect(request.getfixturevalue(url)) as admin:
        assert admin.execute("SELECT * FROM serial_parts WHERE rowid = 9").fetchall() == []


def test_a_nul_becomes_what_postgresql_can_hold_and_is_counted(
    database: Database, postgresql_url: str, opened: Callable[[str], Database], take: Take
) -> None:
    with database.begin() as session:
        session.add(Counter(pattern="a\x00b", last=1))
    backup = take(database)
    with database.begin() as session:
        session.execute(delete(Counter))

    for other, pattern, without_nul in [
        (database, "a\x00b", 0),
        (opened(postgresql_url), "a\ufffdb", 1),
    ]:
        with other.begin() as session:
            filling = Filling(session.connection())
            filling.fill(Archive(io.BytesIO(backup)))
            assert filling.without_nul == without_nul
            assert session.scalars(select(Counter.pattern)).one() == pattern


@dataclass(frozen=True)
class Replaced:
    """An SQLite database in place of another; a `token` was good when its backup was taken."""

    url: str
    kept_as: str | None
    token: str


@pytest.fixture(scope="module")
def replaced(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Replaced:
    """A database that had one more row before it was replaced by its own backup."""
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path_factory.mktemp('replaced'))}"
    with closing(Database(url)) as there:
        with there.begin() as session:
            token = sessions.begin(session, "U0ALICE", LINK, "", datetime.now(UTC))
        backup = taken(there)
        with there.begin() as session:
            session.add(Counter(pattern="there", last=7))
    restored = backups.restore(url, io.BytesIO(backup), replace=True)
    return Replaced(url, restored.kept_as, token)


def test_nobody_is_in_the_board_who_may_have_been_thrown_out_since(replaced: Replaced) -> None:
    now = datetime.now(UTC)
    with closing(Database(f"sqlite:///{replaced.kept_as}")) as former, former.reading() as session:
        assert sessions.find(session, replaced.token, now)
    with closing(Database(replaced.url)) as restored, restored.reading() as session:
        assert sessions.find(session, replaced.token, now) is None


def test_what_was_there_is_kept_beside_an_sqlite_file_that_is_replaced(replaced: Replaced) -> None:
    assert replaced.kept_as == f"{replaced.url.removeprefix('sqlite:///')}.before-restore"
    with closing(Database(f"sqlite:///{replaced.kept_as}")) as former, former.reading() as session:
        assert session.scalars(select(Counter.pattern)).all() == ["there"]
    with closing(Database(replaced.url)) as restored, restored.reading() as session:
        assert session.scalars(select(Counter.pattern)).all() == []
        pages = FilePages.of(session)
        assert pages is not None
        assert pages.can_shrink, "so a restore shrinks the file that an earlier release made"


def test_a_file_that_replaced_one_in_use_is_kept_without_the_changes_of_that(
    sqlite_url: str, migrated_sqlite: Path, backup: bytes
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    with closing(Database(sqlite_url)) as server:
        with server.begin() as session:
            session.add(Counter(pattern="there", last=7))
        Path(shutil.copy(migrated_sqlite, path.with_name("placed"))).replace(path)

    restored = backups.restore(sqlite_url, io.BytesIO(backup), replace=True)

    assert Path(f"{restored.kept_as}").read_bytes() == migrated_sqlite.read_bytes()


def test_a_damaged_database_is_replaced_and_kept_with_its_log(
    sqlite_url: str, backup: bytes
) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    path.write_bytes(b"x" * 10_000)
    Path(f"{path}-wal").write_bytes(b"a log that nobody can read")

    with pytest.raises(DatabaseDamaged):
        backups.restore(sqlite_url, io.BytesIO(backup), replace=False)
    restored = backups.restore(sqlite_url, io.BytesIO(backup), replace=True)

    assert Path(f"{restored.kept_as}").read_bytes() == b"x" * 10_000
    with closing(Database(sqlite_url)) as database, database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Counter)) == 3


def test_nobody_else_may_read_what_was_restored_into_a_new_file(
    backup: bytes, tmp_path: Path
) -> None:
    """It is the user's whose folder it is, also where root typed the command."""
    if os.geteuid() == 0:
        os.chown(tmp_path, 1234, 2345)
    file = tmp_path / "rollcall.sqlite3"

    backups.restore(f"sqlite:///{file}", io.BytesIO(backup), replace=False)

    assert file.stat().st_mode & 0o777 == 0o600
    assert {each.stat().st_uid for each in tmp_path.iterdir()} == {tmp_path.stat().st_uid}
