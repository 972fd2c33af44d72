"""`boot.sh sign-in` and `sessions`: a link for an admin alone; sessions are listed and ended."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from infrastructure.database.engine import Database
from provisioning.access.accounts import sessions
from provisioning.access.accounts.models import SLACK, Account
from tests.support.installation import Installation
from tests.support.running.commandline import typed

URL = "https://rollcall.example.com"
Admin = Callable[..., CompletedProcess[str]]


@pytest.fixture
def sign_in(tmp_path: Path, repo_folder: Path, sqlite_url: str) -> Admin:
    """Types the command, with a policy of these admins."""

    def type_it(*arguments: str, admins: str = '"U0ADMIN"', url: str = URL) -> object:
        policy = tmp_path / "rollcall.toml"
        policy.write_text(f"admins = [{admins}]\n")
        settings = {"ROLLCALL_POLICY": str(policy), "ROLLCALL_URL": url}
        there = Installation(
            tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url, settings=settings
        )
        return typed(there.environment, "sign-in", *arguments)

    return type_it  # type: ignore[return-value]


def test_an_admin_gets_a_link(sign_in: Admin) -> None:
    for arguments in ((), ("U0ADMIN",)):
        done = sign_in(*arguments)

        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{URL}/board/link?code=")
        assert "pass it on to nobody else" in done.stderr
        assert done.stdout.strip().split("=")[1] not in done.stderr


def test_who_is_no_admin_gets_no_link(sign_in: Admin) -> None:
    for done, said in (
        (sign_in("U0ALICE"), "Name an admin of the policy: U0ADMIN."),
        (sign_in(admins='"U0A", "U0B"'), "Name an admin of the policy: U0A, U0B."),
        (sign_in(admins=""), "names no admins"),
        (sign_in(url=""), "There is no board: set ROLLCALL_URL."),
    ):
        assert (done.returncode, done.stdout) == (1, ""), said
        assert said in done.stderr


def test_sessions_are_listed_and_ended(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, database: Database
) -> None:
    there = Installation(tmp_path, repo_folder, "http://127.0.0.1:1/", database_url=sqlite_url)
    now = datetime.now(UTC)
    with database.begin() as session:
        session.add(Account(id="U0ALICE", name="Alice", language="en", refusal=None))
        for user in ("U0ALICE", "U0ALICE", "U0BOB", "U0EVE"):
            sessions.begin(session, user, SLACK, "Firefox", now)

    def type_it(*arguments: str) -> CompletedProcess[str]:
        return typed(there.environment, "sessions", *arguments)

    assert type_it("list").stdout.count("Firefox") == 4
    assert "U0ALICE (Alice)  by slack" in type_it("list", "alice").stdout
    (bob,) = type_it("list", "U0BOB").stdout.split()[:1]
    for arguments, said in (
        ((bob,), "Ended: 1."),
        (("--of", "U0ALICE"), "Ended: 2."),
        (("--all",), "Ended: 1."),
        (("--all",), "Ended: 0."),
    ):
        assert type_it("end", *arguments).stdout.strip() == said
    gone = type_it("end", bob)
    assert (gone.returncode, gone.stdout) == (1, "")
    assert type_it("end", "--all", bob).returncode == 2
    assert type_it("list").stdout == "There are none.\n"
