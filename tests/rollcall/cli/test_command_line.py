"""Commands of an admin at a terminal, and their output."""

import errno
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from rollcall.__main__ import reason_of
from tests.support.databases import postgres
from tests.support.installation import ROOT, SECRET_KEY, Installation
from tests.support.running.commandline import typed
from tests.support.tables import for_each

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
Admin = Callable[..., CompletedProcess[str]]


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, sqlite_url: str) -> Admin:
    """Types a command."""
    there = Installation(tmp_path, repo_folder, NOBODY, database_url=sqlite_url)
    return lambda *arguments: typed(there.environment, *arguments)


def made(rollcall: Admin, *arguments: str) -> str:
    done = rollcall("credentials", "make", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_there_is_is_listed_without_a_key(rollcall: Admin) -> None:
    assert rollcall("credentials", "list").stdout.startswith("There are none.")
    keys = [made(rollcall, "London"), made(rollcall, "--all-sites", "--reports")]
    keys.append(made(rollcall, "PARIS", "--api", "service desk", "--days", "1"))

    listed = rollcall("credentials", "list").stdout.splitlines()

    assert listed[0].split() == ["ID", "SITE", "OPENS", "MADE", "LAST", "USED", "REVOKED"]
    assert re.match("3   paris +api [(]service desk, until 20", listed[1])
    assert listed[2].split()[:4] == ["2", "all", "sites", "reports"]
    assert listed[3].split()[:3] == ["1", "london", "scripts"]
    assert listed[3].split()[-2:] == ["-", "-"]
    assert [line for line in listed for key in keys if key in line] == []


def test_keys_say_what_they_open_and_are_listed_and_revoked(rollcall: Admin) -> None:
    done = rollcall("credentials", "make", "New York", "--installapplications", "DESIGN")

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"rollcall_[0-9a-f]{48}\n", done.stdout)
    assert "`Bearer KEY` with this KEY as its --headers; it opens new york/design." in done.stderr
    listed = rollcall("credentials", "list").stdout.splitlines()[1]
    assert listed.startswith("1   new york/design  installapplications  20")
    for_metrics = rollcall("credentials", "make", "--metrics")
    assert "as its authorization's credentials; it opens nothing else." in for_metrics.stderr
    revoked = rollcall("credentials", "revoke", "1").stdout
    assert revoked.startswith("Credential 1 of new york/design is revoked since 20")


@for_each(
    ("arguments", "said"),
    [
        (["make", "londn"], "no site named 'londn'. Did you mean 'london'?"),
        (["make", "../x"], "no site named '../x'."),
        (["make"], "Name the site that the key is for, or say --all-sites."),
        (["make", "london", "--all-sites"], "Name the site that the key is for"),
        (["make", "london", "--installapplications", "desing"], "Did you mean 'design'?"),
        (["make", "london", "--installapplications", ""], "no build named ''."),
        (["make", "--installapplications", "design"], "opens one JSON and nothing else: say SITE"),
        (["make", "--all-sites", "--installapplications", "design"], "opens one JSON and nothing"),
        (["make", "london", "--reports", "--installapplications", "design"], "opens one JSON and"),
        (["revoke", "99"], "There is no credential 99."),
        (["revoke", "9" * 20], "is not in the range"),
        (["revoke", "london"], "'london' is not a valid integer"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_and_changes_nothing(
    rollcall: Admin, arguments: list[str], said: str
) -> None:
    done = rollcall("credentials", *arguments)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert rollcall("credentials", "list").stdout.startswith("There are none.")


def test_where_nobody_was_refused_that_is_said(rollcall: Admin) -> None:
    assert rollcall("refusals").stdout == "Nobody was refused.\n"


@pytest.mark.parametrize(
    "url", ["sqlite:////no/such/folder/x.sqlite3", "postgresql://a@127.0.0.1:9/b"]
)
def test_a_database_that_cannot_be_opened_is_one_sentence(
    tmp_path: Path, repo_folder: Path, url: str
) -> None:
    there = Installation(tmp_path, repo_folder, NOBODY, database_url=url)

    ended = typed(there.environment, "migrate")

    assert ended.returncode == 1
    assert "Rollcall cannot run: " in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_doctor_says_that_the_database_takes_nothing(
    tmp_path: Path, repo_folder: Path, sqlite_url: str
) -> None:
    """A database that can be read, and whose disk is full."""
    mine = tmp_path / "rollcall.sqlite3"
    mine.write_bytes(Path(sqlite_url.removeprefix("sqlite:///")).read_bytes())
    with closing(sqlite3.connect(mine)) as database:
        database.execute(
            "CREATE TRIGGER t BEFORE INSERT ON looks BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    there = Installation(tmp_path, repo_folder, NOBODY, database_url=f"sqlite:///{mine}")

    assert "cannot use its database: " in typed(there.environment, "doctor").stdout


def test_the_doctor_says_once_that_a_database_cannot_be_opened(
    tmp_path: Path, repo_folder: Path
) -> None:
    url = "sqlite:////no/such/folder/x.sqlite3"
    there = Installation(tmp_path, repo_folder, NOBODY, database_url=url)

    said = typed(there.environment, "doctor").stdout

    assert "The database cannot be used: " in said
    assert "cannot use its database" not in said


def test_a_file_of_another_user_is_named_with_who_has_to_have_it() -> None:
    error = PermissionError(errno.EACCES, "Permission denied", "/data/x.sqlite3.open")

    assert reason_of(error) == (
        f"user {os.geteuid()} may not open /data/x.sqlite3.open: give it to that user (chown)"
    )


def test_a_database_of_another_role_is_told_with_who_gives_it(
    postgresql: str, tmp_path: Path, repo_folder: Path
) -> None:
    with postgres.copied(postgresql, "template1") as url:
        guest = url.replace("rollcall@", "guest@")
        there = Installation(tmp_path, repo_folder, NOBODY, database_url=guest)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE guest LOGIN")
            said = typed(there.environment, "migrate").stderr
            connection.execute("DROP ROLE guest")

    assert "permission denied for schema public: as an admin, ALTER DATABASE" in said


def test_half_a_destination_is_no_preview(rollcall: Admin) -> None:
    assert (
        "Give --site and --build, or neither."
        in rollcall("preview", "C02A", "--site", "london").stderr
    )


def test_a_process_names_every_setting_that_is_missing_at_its_start(
    tmp_path: Path, repo_folder: Path
) -> None:
    missing = ("BOOTSTRAP_URL", "BOOTSTRAP_PASSWORD", "ROLLCALL_CHANNEL")
    there = Installation(tmp_path, repo_folder, NOBODY).environment
    done = typed({key: value for key, value in there.items() if key not in missing}, "server")

    assert done.returncode == 1
    for name in missing:
        assert f"{name} is not set: " in done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET_KEY not in done.stderr


def test_a_process_is_started_by_its_old_name_too_and_says_the_new_one(rollcall: Admin) -> None:
    done = rollcall("courier", "--help")

    assert done.stderr == "courier is called relay now; the old name goes in the next release.\n"
    assert "Send messages to Slack" in done.stdout


def test_a_probe_may_ask_for_a_part_by_its_old_name(rollcall: Admin) -> None:
    assert rollcall("health", "clerk").stdout == rollcall("health", "jobs").stdout
    assert rollcall("health", "courer").returncode == 2


def test_the_version_is_said(rollcall: Admin) -> None:
    assert re.fullmatch(r"rollcall \d+\.\d+\.\d+\S*\n", rollcall("--version").stdout)


def test_admins_are_told_of_a_test_and_who_took_nothing(rollcall: Admin, tmp_path: Path) -> None:
    nobody = rollcall("alert")
    assert nobody.returncode == 1
    assert "Nobody is told: set ROLLCALL_ALERT_URL" in nobody.stderr
    away = {
        "ROLLCALL_ALERT_URL": "http://127.0.0.1:9/SECRET",
        "ROLLCALL_SMTP_URL": "smtp://u:SECRET@127.0.0.1:9",
        "ROLLCALL_MAIL_FROM": "rollcall@example.com",
        "ROLLCALL_ALERT_MAIL": "a@example.com, b@example.com",
        "ROLLCALL_ALIVE_URL": "http://127.0.0.1:9/SECRET",
    }
    there = Installation(tmp_path, tmp_path, NOBODY, settings=away)

    listed, tried = (typed(there.environment, "alert", *option) for option in ((), ("--test",)))

    assert (listed.returncode, tried.returncode) == (0, 1)
    names = ["ROLLCALL_ALERT_URL", "ROLLCALL_ALERT_MAIL", "ROLLCALL_ALIVE_URL"]
    assert listed.stdout.splitlines() == [f"{name}: is told" for name in names]
    assert [
        line.partition(": it cannot be reached")[0] for line in tried.stdout.splitlines()
    ] == names
    assert "SECRET" not in tried.stdout + tried.stderr


def test_ctrl_c_while_a_command_is_loaded_is_no_traceback(tmp_path: Path) -> None:
    """Typed at the moment at which click is loaded: by a module in its place."""
    (tmp_path / "click.py").write_text("import signal; signal.raise_signal(signal.SIGINT)\n")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # else a child may be deaf
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "rollcall", "doctor"],
            env={"PYTHONPATH": str(tmp_path)},
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
    finally:
        signal.signal(signal.SIGINT, before)

    assert (ended.returncode, ended.stderr) == (-signal.SIGINT, b"")


@pytest.mark.parametrize(
    ("handler", "said"), [("default_int_handler", "Aborted!"), ("SIG_IGN", "no backup")]
)
def test_ctrl_c_while_a_command_works_ends_it_unless_it_is_deaf(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, handler: str, said: str
) -> None:
    """One that a script started in the background hears none."""
    backup = tmp_path / handler
    os.mkfifo(backup)
    rollcall = Installation(tmp_path, repo_folder, NOBODY, database_url=sqlite_url)
    before = signal.signal(signal.SIGINT, getattr(signal, handler))
    try:
        restoring = subprocess.Popen(
            [sys.executable, "-m", "rollcall", "restore", str(backup)],
            env=rollcall.environment,
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)
    with backup.open("wb"):  # it has begun to read
        restoring.send_signal(signal.SIGINT)
        if handler != "SIG_IGN":
            restoring.wait(timeout=30)
    _, complaint = restoring.communicate(timeout=30)

    assert restoring.returncode == 1
    assert said in complaint
    assert "Traceback" not in complaint
