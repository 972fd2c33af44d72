"""boot.sh backup and restore as an admin types them, and their errors."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.support.installation import ROOT, Installation
from tests.support.running.commandline import typed
from tests.support.soaking import soak_only
from tests.support.tables import for_each

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this


@pytest.fixture
def there(tmp_path: Path, repo_folder: Path, sqlite_url: str) -> Installation:
    """An installation that does not run."""
    return Installation(tmp_path, repo_folder, NOBODY, database_url=sqlite_url)


@pytest.fixture
def rollcall(there: Installation) -> Callable[..., CompletedProcess[str]]:
    """Types a command."""
    return lambda *arguments: typed(there.environment, *arguments)


Admin = Callable[..., CompletedProcess[str]]


def test_what_it_does_not_hold_is_said_each_time(rollcall: Admin, tmp_path: Path) -> None:
    file = str(tmp_path / "today")
    for command in ("backup", "restore"):
        done = rollcall(command, file)

        assert done.returncode == 0, done.stderr
        assert done.stdout == "", "standard output is for the backup alone"
        for each in ("ROLLCALL_SECRET_KEY", ".env", "templates", "policy", "Munki repo"):
            assert each in done.stderr


@for_each(
    ("arguments", "said"),
    [
        (["backup", "nowhere/today"], "nowhere cannot be written: No such file or directory."),
        (["restore", "nowhere"], "Rollcall cannot run: there is no "),
        (["restore", "."], " cannot be used: Is a directory"),
        (["restore", "rollcall.log"], "This is no backup of Rollcall."),
        (["backup", "rollcall.log"], "is there already and is no backup: it was left alone."),
        (["backup"], "Missing argument"),
    ],
)
def test_a_mistake_is_one_sentence(
    rollcall: Admin, there: Installation, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "rollcall.log").write_text("started\n")
    there.environment["CALLED_FROM"] = str(tmp_path)

    done = rollcall(*arguments)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_is_not_there_is_not_made_to_be_backed_up(
    rollcall: Admin, there: Installation, tmp_path: Path
) -> None:
    missing, file = tmp_path / "elsewhere.sqlite3", tmp_path / "today"
    there.environment["ROLLCALL_DATABASE_URL"] = f"sqlite:///{missing}"

    done = rollcall("backup", str(file))

    assert f"There is no database {missing}" in done.stderr
    assert (done.returncode, missing.exists(), file.exists()) == (1, False, False)


def test_nothing_is_restored_into_what_is_no_file(
    rollcall: Admin, there: Installation, tmp_path: Path
) -> None:
    file, folder, pipe = str(tmp_path / "today"), tmp_path / "folder", tmp_path / "pipe"
    assert rollcall("backup", file).returncode == 0
    folder.mkdir()
    os.mkfifo(pipe)

    for place, what in ((folder, "a folder"), (pipe, "a pipe")):
        there.environment["ROLLCALL_DATABASE_URL"] = f"sqlite:///{place}"
        for replace in ([], ["--replace"]):
            done = rollcall("restore", file, *replace)

            assert done.returncode == 1
            assert f"{place} is {what}" in done.stderr
            assert "Traceback" not in done.stderr


def test_a_terminal_is_neither_written_to_nor_read(there: Installation) -> None:
    main, descriptor = pty.openpty()

    with open(descriptor, "w") as written, open(descriptor, closefd=False) as read:
        for done in (
            typed(there.environment, "backup", "-", stdout=written),
            typed(there.environment, "restore", "-", stdin=read),
        ):
            assert done.returncode == 2
            assert "redirect it" in done.stderr
    os.close(main)


FULL = "Rollcall cannot run: [Errno 28] No space left on device\n"


def test_a_full_disk_is_one_sentence(there: Installation) -> None:
    with suppress(OSError), Path("/dev/full").open("w") as full:  # which still has the rest
        done = typed(there.environment, "backup", "-", stdout=full)

    assert (done.returncode, done.stderr) == (1, FULL)


@soak_only("the test above has the sentence; Python writes the rest of its output at its end")
def test_a_full_disk_is_one_sentence_of_a_process_too(there: Installation) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "rollcall", "backup", "-"],
            env={**there.environment, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.decode() == FULL
