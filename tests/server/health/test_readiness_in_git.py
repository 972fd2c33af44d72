"""Readiness of servers whose repo is in git."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from infrastructure.database.engine import Database
from tests.fakes.git.remote import Remote
from tests.support.fixtures.doors import Script
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.waiting import eventually


@pytest.fixture
def in_git(remote: Remote, tmp_path: Path, database: Database) -> Callable[[], Flask]:
    """Starts servers of a repo in git, which share a clone."""
    given = settings.server_settings(
        tmp_path, MUNKI_REPO=remote.url, ROLLCALL_REPO_COPY=str(tmp_path / "copy")
    )
    return lambda: machines_door(given, database)


def test_a_git_remote_that_refuses_leaves_all_servers_ready_and_is_told(
    in_git: Callable[[], Flask], remote: Remote
) -> None:
    one, other = in_git().test_client(), in_git().test_client()
    eventually(lambda: one.get("/readyz").text == "database: ok\nrepo: ok\n")
    remote.hook("pre-receive", "echo 'frozen until Monday'; exit 1")
    caller = Script(one)
    mac = {"serial": "C02AAA", "site": "london", "build": "design"}
    assert caller.manifest(**mac).status_code == 503

    for client in (one, other):
        eventually(partial(says, client, "repo: reads only: git push failed ("))
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert "frozen until Monday" in ready.text
    full = other.get("/readyz?full", headers=caller.basic).text
    assert "finding: The Munki repo can be read, and not be changed: git push failed (" in full

    (remote.path / "hooks/pre-receive").unlink()
    assert caller.manifest(**mac).status_code == 200
    eventually(lambda: other.get("/readyz").text == "database: ok\nrepo: ok\n")


def says(client: FlaskClient, sentence: str) -> bool:
    """True where a server says so to who asks whether it is ready."""
    return sentence in client.get("/readyz").text


def test_a_git_remote_that_is_down_leaves_servers_ready_until_it_is_seen_again(
    in_git: Callable[[], Flask], remote: Remote
) -> None:
    client = in_git().test_client()
    eventually(lambda: client.get("/readyz").text == "database: ok\nrepo: ok\n")
    away = remote.path.rename(remote.path.with_name("away.git"))
    mac = {"serial": "C02AAA", "site": "london", "build": "design"}
    assert Script(client).manifest(**mac).status_code == 503

    eventually(partial(says, client, "repo: reads only: git "))
    assert client.get("/readyz").status_code == 200

    away.rename(remote.path)
    eventually(lambda: client.get("/readyz").text == "database: ok\nrepo: ok\n")
