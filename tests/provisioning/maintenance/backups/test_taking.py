"""A backup is taken while everybody works, and is under its name only once it is whole."""

import io
import os
import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from provisioning.maintenance import backups
from provisioning.maintenance.backups import IncompleteDatabase, NothingToBackUp, destinations
from provisioning.maintenance.backups.destinations import UnusableFile
from provisioning.munki import Destination
from provisioning.registrations.models import Counter
from provisioning.registrations.register import register
from provisioning.values.serials import Serial
from tests.provisioning.maintenance.backups.conftest import Take, content
from tests.support.acting import did
from tests.support.databases.rows import fill
from tests.support.installation import CHANNEL


@pytest.mark.postgresql(instead=True)
def test_a_backup_holds_one_moment_whatever_is_written_meanwhile(
    database: Database, take: Take
) -> None:
    """Each transaction registers a Mac with a card of its own: no backup has half of one."""
    stop = threading.Event()
    written = threading.Semaphore(0)

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            with database.begin() as session:
                act = did(session, "registered", by="U0ALICE")
                mac = [Serial.parse(f"C02MAC{number:05}")]
                register(
                    session, mac, Destination("london", "design"), operation=act, channel=CHANNEL
                )
            written.release()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        written.acquire()
        held = content(take(database))
        rows = len(held["registrations"])
        assert rows > 0
        assert {len(held[name]) for name in ("cards", "acts", "events")} == {rows}
    finally:
        stop.set()
        writer.join()


def test_a_backup_is_for_its_owner_alone_and_nothing_is_left_beside_it(
    filled: Database, tmp_path: Path
) -> None:
    path = tmp_path / "backups" / "today"
    path.parent.mkdir()

    taken = backups.take_to_file(filled, str(path))

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_size == taken.size
    assert list(path.parent.iterdir()) == [path]
    assert set(taken.counts.values()) == {3}


def test_a_backup_is_replaced_and_anything_else_is_left_alone(
    database: Database, tmp_path: Path
) -> None:
    path, other = tmp_path / "today", tmp_path / "letters"
    other.write_text("mine")
    backups.take_to_file(database, str(path))
    with database.begin() as session:
        session.add(Counter(pattern="fresh", last=1))
    backups.take_to_file(database, str(path))

    assert len(content(path.read_bytes())["counters"]) == 1
    with pytest.raises(UnusableFile, match="is no backup: it was left alone"):
        backups.take_to_file(database, str(other))
    assert other.read_text() == "mine"
    with pytest.raises(UnusableFile, match="is no file"):
        backups.take_to_file(database, str(tmp_path))


def test_one_that_fails_leaves_the_one_before(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "today"
    backups.take_to_file(database, str(path))
    before = path.read_bytes()

    with pytest.raises(OSError, match="disk"), destinations.opened(path):
        raise OSError("the disk is full")

    assert path.read_bytes() == before
    assert list(tmp_path.glob("*today*")) == [path]


def test_two_at_a_time_do_not_write_into_one_file(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "today"

    with destinations.opened(path), pytest.raises(UnusableFile, match="Another backup"):
        backups.take_to_file(database, str(path))


def test_what_a_killed_one_left_is_overwritten(database: Database, tmp_path: Path) -> None:
    (tmp_path / ".today.part").write_bytes(b"x" * 100_000)

    backups.take_to_file(database, str(tmp_path / "today"))

    assert content((tmp_path / "today").read_bytes())
    assert not (tmp_path / ".today.part").exists()


def test_a_folder_that_is_not_there_is_one_sentence(database: Database, tmp_path: Path) -> None:
    with pytest.raises(UnusableFile, match="cannot be written: No such file or directory"):
        backups.take_to_file(database, str(tmp_path / "nowhere" / "today"))


def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    path = tmp_path / "typo.sqlite3"

    with pytest.raises(NothingToBackUp, match="does ROLLCALL_DATABASE_URL say where it is"):
        backups.refuse_missing(f"sqlite:///{path}")
    assert not path.exists()


def test_a_database_without_tables_is_nothing_to_back_up(tmp_path: Path) -> None:
    with (
        closing(Database(f"sqlite:///{tmp_path}/empty.sqlite3")) as empty,
        pytest.raises(NothingToBackUp, match="has no tables of Rollcall"),
    ):
        backups.take(empty, io.BytesIO())


def test_a_database_that_a_newer_rollcall_has_changed_is_left_to_that(
    own_postgresql_url: str,
) -> None:
    with closing(Database(own_postgresql_url)) as newer:
        with newer.begin() as session:
            session.execute(text("UPDATE alembic_version SET version_num = '9001'"))
        with pytest.raises(NothingToBackUp, match="A newer Rollcall has changed the database"):
            backups.take(newer, io.BytesIO())


def test_what_stands_in_the_way_of_the_new_file_is_named_and_left_alone(
    database: Database, tmp_path: Path
) -> None:
    part, other = tmp_path / ".today.part", tmp_path / "other"
    other.write_bytes(b"of somebody")
    for put in (part.symlink_to, lambda _: os.mkfifo(part)):
        put(other)
        with pytest.raises(UnusableFile, match=r"\.today\.part is in the way"):
            backups.take_to_file(database, str(tmp_path / "today"))
        part.unlink()
    assert other.read_bytes() == b"of somebody"


@pytest.fixture(params=["sqlite", "postgresql"])
def own(
    request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path
) -> Iterator[Database]:
    """A database whose tables a test may change, with odd rows in every one."""
    url = f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'own.sqlite3')}"
    if request.param == "postgresql":
        url = request.getfixturevalue("own_postgresql_url")
    with closing(Database(url)) as database:
        with database.begin() as session:
            fill(session.connection())
        yield database


def test_a_column_that_a_hand_has_added_is_left_out_and_the_backup_can_be_restored(
    own: Database, tmp_path: Path
) -> None:
    with own.begin() as session:
        session.execute(text("ALTER TABLE registrations ADD COLUMN inventory TEXT"))

    taken = backups.take_to_file(own, str(tmp_path / "today"))

    assert taken.left_out == ["registrations.inventory"]
    with (tmp_path / "today").open("rb") as file:
        restored = backups.restore(f"sqlite:///{tmp_path}/new.sqlite3", file, replace=False)
    assert restored.counts == taken.counts


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ("ALTER TABLE heartbeats RENAME TO away", "the table heartbeats"),
        ("ALTER TABLE counters RENAME COLUMN last TO away", "the column counters.last"),
    ],
)
def test_a_database_that_lacks_something_has_no_backup_and_keeps_the_one_before(
    own: Database, tmp_path: Path, change: str, missing: str
) -> None:
    path = tmp_path / "today"
    backups.take_to_file(own, str(path))
    before = path.read_bytes()
    with own.begin() as session:
        session.execute(text(change))

    with pytest.raises(IncompleteDatabase, match=f"The database lacks {missing}, "):
        backups.take_to_file(own, str(path))

    assert path.read_bytes() == before
    assert list(tmp_path.glob("*today*")) == [path]


def test_a_database_that_is_to_be_upgraded_is_looked_at_by_its_own_schema(tmp_path: Path) -> None:
    """It is backed up before, by the newer release."""
    with closing(Database(f"sqlite:///{tmp_path}/old.sqlite3")) as old:
        with old.begin() as session:
            migrations.bring_to(session.connection(), "0001")
            session.execute(text("ALTER TABLE registrations ADD COLUMN inventory TEXT"))
        assert backups.take(old, io.BytesIO()).left_out == ["registrations.inventory"]
        with old.begin() as session:
            session.execute(text("ALTER TABLE registrations RENAME COLUMN channel TO away"))
        with pytest.raises(IncompleteDatabase, match=r"lacks the column registrations\.channel"):
            backups.take(old, io.BytesIO())
