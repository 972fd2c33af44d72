"""Readiness of a server whose database is of another release, held by others, or full."""

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from flask import Flask
from sqlalchemy import Engine, event, select, text
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from provisioning.monitoring.alerts.conditions import unusable_database
from provisioning.munki import opened
from rollcall.settings import ServerSettings
from server.health.readiness import Readiness, State
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door
from tests.support.waiting import eventually


def test_a_server_whose_database_was_never_migrated_is_not_ready(
    server_settings: ServerSettings, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    client = machines_door(server_settings, empty).test_client()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "is at nothing, needs" in answer.text

    migrations.upgrade(empty)
    assert client.get("/readyz").status_code == 200
    empty.close()


def test_a_server_goes_on_while_the_database_is_ahead_of_it_unless_that_says_otherwise(
    server_settings: ServerSettings, tmp_path: Path, migrated_sqlite: Path
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "ahead.sqlite3")
    database = Database(f"sqlite:///{tmp_path}/ahead.sqlite3")
    client = machines_door(server_settings, database).test_client()
    answers = []

    for oldest in (versions.REVISION, "9999"):
        with database.begin() as session:
            row = {"oldest": oldest}
            session.execute(
                text("UPDATE alembic_version SET version_num = '9999', oldest = :oldest"), row
            )
        answers.append(client.get("/readyz"))
    database.close()

    assert [answer.status_code for answer in answers] == [200, 503]
    assert "database: is at 9999, newer than this release" in answers[1].text


def test_a_database_that_somebody_else_holds_makes_a_server_unready(
    server_settings: ServerSettings, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """One of its own: a server refuses writers for a while after that."""
    path = shutil.copy(migrated_sqlite, tmp_path)
    with closing(Database(f"sqlite:///{path}")) as held, closing(sqlite3.connect(path)) as admins:
        client = machines_door(server_settings, held).test_client()
        script = Script(client)
        admins.execute("BEGIN EXCLUSIVE")
        answer = script.manifest(serial="C02AAA", site="london", build="design")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "database: (sqlite3.OperationalError) database is locked" in ready.text
        assert script.fetch().status_code == 200, "what only reads goes on"


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """A disk that is so full that no file on it can become larger than this, in bytes."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


def test_a_full_disk_makes_a_server_unready(app: Flask, script: Script, sqlite_url: str) -> None:
    answer = script.manifest(serial="C02AAA", site="london", build="design")
    assert answer.status_code == 200
    log = Path(f"{sqlite_url.removeprefix('sqlite:///')}-wal")

    with full_disk(log.stat().st_size):
        ready = app.test_client().get("/readyz")

    assert ready.status_code == 503
    assert "database: (sqlite3.OperationalError) d" in ready.text


def test_a_full_disk_of_postgresql_makes_a_server_unready_and_its_heart_beats_on(
    postgresql_url: str, repo_folder: Path
) -> None:
    """It still changes rows in place, so the trial writes a file; here it may not write any."""
    with closing(Database(f"{postgresql_url}?options=-ctemp_file_limit%3D0")) as full:
        process = Process("server", full)
        state = Readiness(full, opened(str(repo_folder)), process, ()).database()

        assert not state.is_usable
        assert "temporary file size exceeds" in state.sentence
        assert [alert.key for alert in unusable_database(full)(datetime.now(UTC))] == ["database"]
        with full.reading() as session:
            assert session.scalars(select(Heartbeat.part)).all() == ["server"]


def test_a_server_is_ready_while_it_looks_through_very_many_registrations(
    database: Database, repo_folder: Path
) -> None:
    """For names that a change of the layout left behind: of a million that takes seconds."""
    goes_on = Event()
    readiness = Readiness(database, opened(str(repo_folder)), Process("server", database), ())

    def hold(*given: object) -> None:
        if "FROM layouts" in str(given[2]):
            goes_on.wait(60)

    event.listen(Engine, "before_cursor_execute", hold)
    try:
        state = readiness.database()
    finally:
        goes_on.set()
        eventually(lambda: readiness.database().renames == [])  # nobody is held any more
        event.remove(Engine, "before_cursor_execute", hold)

    assert (state.is_usable, state.renames) == (True, ())


def test_names_that_a_layout_left_behind_are_asked_of_a_usable_database_alone_and_quietly(
    migrated_sqlite: Path, tmp_path: Path, repo_folder: Path
) -> None:
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    def state(path: Path, *statements: str) -> State:
        asked.clear()
        with closing(Database(f"sqlite:///{path}")) as database:
            with database.begin() as session:
                for statement in statements:
                    session.execute(text(statement))
            repo, process = opened(str(repo_folder)), Process("server", database)
            return Readiness(database, repo, process, ()).database()

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert not state(tmp_path / "empty.sqlite3").is_usable
        assert not any("layouts" in statement for statement in asked)
        path = tmp_path / "rollcall.sqlite3"
        shutil.copy(migrated_sqlite, path)
        with capture_logs() as lines:
            left = state(path, "DROP TABLE layouts")
        assert (left.is_usable, left.renames) == (True, ())
        assert any("layouts" in statement for statement in asked[1:])
        assert lines == []
    finally:
        event.remove(Engine, "before_cursor_execute", note)
