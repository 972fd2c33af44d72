"""Keys of sites as an admin makes, changes and revokes them, with several servers running."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.installation import Installation
from tests.support.waiting import eventually

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}


@pytest.fixture
def servers(tmp_path: Path, repo_folder: Path, database_url: str) -> Iterator[list[Installation]]:
    """Two servers on one database, each with two processes."""
    both = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        both.append(Installation(tmp_path / name, repo_folder, NOBODY, database_url=database_url))
    try:
        for server in both:
            server.start("server")
        for server in both:
            server.wait_until_ready()
        yield both
    finally:
        for server in both:
            server.stop()


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, sqlite_url: str) -> Installation:
    """A place to type commands."""
    return Installation(tmp_path, repo_folder, NOBODY, database_url=sqlite_url)


def fetch(server: Installation, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}", **LONDON}
    return requests.get(f"{server.url}/", headers=headers, timeout=10).status_code


def made(rollcall: Installation, *arguments: str) -> str:
    done = rollcall.run("credentials", "make", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_key_is_changed_without_a_gap_and_the_old_one_ends_everywhere_within_two_seconds(
    servers: list[Installation],
) -> None:
    admin = servers[0]
    old = made(admin, "london")
    eventually(lambda: all(fetch(server, old) == 200 for server in servers for _ in range(4)))
    new = made(admin, "london")
    eventually(lambda: all(fetch(server, new) == 200 for server in servers for _ in range(4)))

    assert admin.run("credentials", "revoke", "1").returncode == 0
    time.sleep(2)

    # Six each, so that both processes of a server answer; more would be slowed.
    assert [fetch(server, old) for server in servers for _ in range(6)] == 12 * [401]
    assert [fetch(server, new) for server in servers for _ in range(6)] == 12 * [200]
    eventually(lambda: "wrong credentials (" in admin.run("refusals").stdout)
    for server in servers:
        assert old not in server.log.read_text()
        assert '"event":"refused"' in server.log.read_text()


def test_what_there_is_is_listed_without_a_key(rollcall: Installation) -> None:
    assert rollcall.run("credentials", "list").stdout.startswith("There are none.")
    keys = [made(rollcall, "London"), made(rollcall, "--all-sites", "--reports")]

    listed = rollcall.run("credentials", "list").stdout.splitlines()

    assert listed[0].split() == ["ID", "SITE", "OPENS", "MADE", "LAST", "USED", "REVOKED"]
    assert listed[1].startswith("2   all sites  reports  20")
    assert listed[2].startswith("1   london     scripts  20")
    assert listed[2].split()[-2:] == ["-", "-"]
    assert not any(key in line for key in keys for line in listed)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["make", "londn"], "no site named 'londn'. Did you mean 'london'?"),
        (["make", "../x"], "no site named '../x'."),
        (["make"], "Name the site that the key is for, or say --all-sites."),
        (["make", "london", "--all-sites"], "Name the site that the key is for"),
        (["revoke", "99"], "There is no credential 99."),
        (["revoke", "london"], "'london' is not a valid integer"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_and_changes_nothing(
    rollcall: Installation, arguments: list[str], said: str
) -> None:
    done = rollcall.run("credentials", *arguments)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert rollcall.run("credentials", "list").stdout.startswith("There are none.")


def test_where_nobody_was_refused_that_is_said(rollcall: Installation) -> None:
    assert rollcall.run("refusals").stdout == "Nobody was refused.\n"
