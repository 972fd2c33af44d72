"""Processes at work that would not work with another schema."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.schema.versions import REVISION, SchemaVersion
from infrastructure.heartbeats import running, store
from infrastructure.heartbeats.files import Beat
from infrastructure.heartbeats.models import Heartbeat

PRESENT = SchemaVersion("0040", "0035")


def note(database: Database, part: str, revision: str | None, ago: int = 0) -> None:
    """Have a process have beaten that long ago, in seconds."""
    with database.begin() as session:
        at = store.present(session) - timedelta(seconds=ago)
        names = {"process": f"{part}-{revision}-{ago}", "part": part, "host": "web-1"}
        beat = Heartbeat(**names, started_at=at, beat_at=at, patience=75, revision=revision)
        session.add(beat)


def refusal(database: Database, planned: SchemaVersion) -> str:
    """The refusal of a planned version; empty where it is taken."""
    with database.reading() as session:
        try:
            running.check(session, PRESENT, planned)
        except running.OldProcessesRunning as error:
            return str(error)
    return ""


@pytest.mark.postgresql(instead=True)
def test_only_processes_that_work_with_both_versions_may_run_on(database: Database) -> None:
    note(database, "server", "0038")

    assert refusal(database, SchemaVersion("0041", "0038")) == ""
    assert refusal(database, SchemaVersion("0038", "0035")) == ""
    assert "server on web-1 (of schema 0038)" in refusal(database, SchemaVersion("0041", "0039"))
    assert "server on web-1 (of schema 0038)" in refusal(database, SchemaVersion("0037", "0035"))


def test_what_does_not_say_may_be_of_any_release_that_works_now(database: Database) -> None:
    note(database, "relay", None)

    assert refusal(database, SchemaVersion("0041", "0035")) == ""
    assert "relay on web-1 (of an unknown schema)" in refusal(
        database, SchemaVersion("0041", "0036")
    )
    assert refusal(database, SchemaVersion("0039", "0035")) != ""


def test_each_is_named_once_and_those_that_fell_silent_are_not(database: Database) -> None:
    """A server has several workers, each with heartbeats of its own."""
    for ago in (1, 2, 76):
        note(database, "server", "0040", ago)
    note(database, "clerk", "0040", 3)
    note(database, "bot", "0040", 80)

    assert refusal(database, SchemaVersion("0039", "0035")) == (
        "Nothing was changed, because these run and do not work with schema 0039: job runner on "
        "web-1 (of schema 0040), server on web-1 (of schema 0040). Stop them first (what was "
        "killed counts until it has been silent for 75 seconds), or say --force."
    )


def test_a_heartbeat_says_which_schema_its_release_needs(database: Database) -> None:
    with database.begin() as session:
        store.note(session, Beat("server", "p", 1, 0.0), "web-1")

    assert f"(of schema {REVISION})" in refusal(database, SchemaVersion("0002", "0001"))


def test_a_database_of_before_there_were_heartbeats_has_nobody_at_work(database: Database) -> None:
    with database.begin() as session:
        session.execute(text("DROP TABLE heartbeats"))

    assert refusal(database, SchemaVersion("0041", "0041")) == ""
