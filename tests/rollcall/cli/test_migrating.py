"""`boot.sh migrate`: its check, its way back, and a database of a newer release."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from sqlalchemy import text

from infrastructure.database.engine import Database
from infrastructure.database.schema.versions import REVISION
from tests.support.running.commandline import typed

BEFORE = "0015"


@pytest.fixture
def url(sqlite_url: str, tmp_path: Path) -> str:
    """The URL of a database of its own: its schema is changed."""
    mine = tmp_path / "rollcall.sqlite3"
    mine.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    return f"sqlite:///{mine}"


def migrate(url: str, *arguments: str) -> CompletedProcess[str]:
    return typed({"ROLLCALL_DATABASE_URL": url}, "migrate", *arguments)


def execute(url: str, statement: str) -> None:
    with closing(Database(url)) as database, database.begin() as session:
        session.execute(text(statement))


def test_a_check_says_how_things_are_and_changes_nothing(url: str) -> None:
    good = migrate(url, "--check")
    migrate(url, "--to", BEFORE)

    bad = migrate(url, "--check")

    assert (good.returncode, good.stdout) == (0, f"The database is at {REVISION}.\n")
    assert bad.returncode == 1
    assert bad.stdout == f"The database is at {BEFORE}, needs {REVISION}: migrate.\n"
    assert migrate(url, "--check").stdout == bad.stdout


def test_a_database_goes_back_and_comes_again(url: str) -> None:
    back = migrate(url, "--to", BEFORE)
    again = migrate(url)

    assert back.stdout == f"The database is at {BEFORE}: start the release that works with it.\n"
    assert again.stdout == f"The database is at {REVISION}.\n"
    assert migrate(url, "--to", REVISION).stdout == again.stdout


def test_what_would_be_lost_is_backed_up_first(url: str, tmp_path: Path) -> None:
    execute(url, "INSERT INTO tallies VALUES ('m', '', 1, '2026-03-02 12:00:00')")
    refused = migrate(url, "--to", BEFORE)
    file = tmp_path / "before.backup"

    done = migrate(url, "--to", BEFORE, "--backup", str(file))

    assert refused.returncode == 1
    assert "would lose 1 rows of tallies. Nothing was changed." in refused.stderr
    assert done.stdout.startswith("Backed up 1 rows: ")
    assert file.stat().st_size > 0
    assert f"The database is at {BEFORE}" in done.stdout


def test_a_backup_that_would_not_be_written_is_refused(url: str, tmp_path: Path) -> None:
    """An upgrade takes none: this release knows no rows of an older schema."""
    migrate(url, "--to", BEFORE)
    file = tmp_path / "before.backup"

    for arguments in ([], ["--to", REVISION]):
        done = migrate(url, *arguments, "--backup", str(file))

        assert done.returncode == 2
        assert "boot.sh backup FILE" in done.stderr
        assert not file.exists()
    there = migrate(url, "--to", BEFORE, "--backup", str(file))
    assert (there.returncode, file.exists()) == (0, False)
    assert there.stdout.startswith("It is there already: no backup was written.\n")
    checked = migrate(url, "--check", "--to", REVISION)
    assert (checked.returncode, migrate(url, "--check").returncode) == (2, 1)


def test_what_running_parts_do_not_work_with_is_refused_unless_forced(url: str) -> None:
    """Three calls of the command, because each decides by what it finds in the database."""
    note_heartbeat = text(
        "INSERT INTO heartbeats (process, part, host, started_at, beat_at, patience, revision)"
        " VALUES ('p', 'server', 'web-1', :now, :now, 75, :revision)"
    )
    with closing(Database(url)) as database, database.begin() as session:
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        values = {"now": now, "revision": REVISION}
        session.execute(note_heartbeat, values)

    refused = migrate(url, "--to", BEFORE)
    forced = migrate(url, "--to", BEFORE, "--force")
    up_again = migrate(url)

    assert refused.returncode == 1
    assert refused.stderr == (
        f"Nothing was changed, because these run and do not work with schema {BEFORE}: server on "
        f"web-1 (of schema {REVISION}). Stop them first (what was killed counts until it has been "
        "silent for 75 seconds), or say --force.\n"
    )
    assert forced.stdout == f"The database is at {BEFORE}: start the release that works with it.\n"
    assert "server on web-1 (of an unknown schema)" in up_again.stderr  # nor did those of 0017


def test_a_newer_release_may_have_migrated_it_for_this_one_too(url: str) -> None:
    execute(url, f"UPDATE alembic_version SET version_num = '9999', oldest = '{REVISION}'")

    started, checked = migrate(url), migrate(url, "--check")

    sentence = (
        f"The database is at 9999, newer than this release ({REVISION}), which works with it.\n"
    )
    assert (started.returncode, started.stdout) == (0, sentence)
    assert (checked.returncode, checked.stdout) == (0, sentence)


def test_one_that_needs_a_newer_release_is_refused_in_one_sentence(url: str) -> None:
    execute(url, "UPDATE alembic_version SET version_num = '9999', oldest = '9999'")

    refused = migrate(url)

    assert refused.returncode == 1
    assert refused.stderr.startswith("The database is at 9999, newer than this release")
    assert refused.stderr.count("\n") == 1


def test_a_schema_that_this_release_does_not_know_is_refused(url: str) -> None:
    assert migrate(url, "--to", "12").stderr == (
        f"This release knows no schema '12', only 0001 to {REVISION}.\n"
    )
