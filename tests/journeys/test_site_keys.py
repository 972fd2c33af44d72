"""Keys of sites as an admin makes, changes and revokes them, with several servers running."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from tests.support.commandline import typed
from tests.support.installation import Install, Installation
from tests.support.waiting import eventually

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}


@pytest.fixture
def servers(
    tmp_path: Path, repo_folder: Path, sqlite_url: str, install: Install
) -> Iterator[list[Installation]]:
    """Two servers on one database, the first of them with two processes."""
    with ExitStack() as running:
        both = []
        for name, workers in (("one", "2"), ("other", "1")):
            (tmp_path / name).mkdir()
            server = install(
                tmp_path / name,
                repo_folder,
                NOBODY,
                database_url=sqlite_url,
                settings={"ROLLCALL_WORKERS": workers},
            )
            running.enter_context(server).start("server")
            both.append(server)
        for server in both:
            server.wait_until_ready()
        yield both


def fetch(server: Installation, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}", **LONDON}
    return requests.get(f"{server.url}/", headers=headers, timeout=10).status_code


def made(admin: Installation, *arguments: str) -> str:
    done = typed(admin.environment, "credentials", "make", *arguments)
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

    assert typed(admin.environment, "credentials", "revoke", "1").returncode == 0
    time.sleep(2)

    # Six each, so that both processes of a server answer; more would be slowed.
    assert [fetch(server, old) for server in servers for _ in range(6)] == 12 * [401]
    assert [fetch(server, new) for server in servers for _ in range(6)] == 12 * [200]
    eventually(lambda: "wrong credentials (" in typed(admin.environment, "refusals").stdout)
    for server in servers:
        assert old not in server.log.read_text()
        assert '"event":"refused"' in server.log.read_text()
