"""A Munki repo on a git server: over http with a user and a token, and over ssh."""

import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from provisioning.munki import ChangeNote
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.locations import store as opened_store
from provisioning.munki.storage import Store
from provisioning.munki.storage.git import GitLocation, GitStore, RefreshPace
from tests.fakes.git.remote import Remote, git
from tests.fakes.git.server import TOKEN, USER, GitServer
from tests.support.fixtures.repo import MAC
from tests.support.waiting import eventually

NAME = f"manifests/{MAC}"
WHY = ChangeNote("C02XG0FDJGH5 goes to london/design")


@pytest.fixture
def server(remote: Remote) -> Iterator[GitServer]:
    """A git server with the remote on it."""
    git(remote.path, "config", "http.receivepack", "true")
    with GitServer(remote.path.parent) as server:
        yield server


def opened(server: GitServer, copy: Path, token: str) -> Store:
    login = f"{USER}:{urllib.parse.quote(token, safe='')}@" if token else ""
    place = GitLocation.parse(f"git+http://{login}127.0.0.1:{server.port}/remote.git")
    return GitStore(place, copy, RefreshPace(soon=0.5))


def test_a_repo_over_http_is_cloned_and_pushed_to_with_the_token_of_the_url(
    remote: Remote, server: GitServer, copy: Path
) -> None:
    store = opened(server, copy, TOKEN)
    store.check()
    store.replace(NAME, b"one", over=store.read(NAME), note=WHY)
    remote.edit({NAME: b"two"})

    eventually(lambda: (found := store.read(NAME)) and found.content == b"two")
    assert remote.log() == ["an edit", WHY.sentence, "the sample"]


@pytest.mark.parametrize("token", ["", "another"])
def test_a_git_server_that_lets_nobody_in_is_told_with_what_mends_it(
    server: GitServer, copy: Path, token: str
) -> None:
    with pytest.raises(RepoUnusable, match="put a user and a token into MUNKI_REPO") as raised:
        opened(server, copy, token).check()

    assert "another" not in str(raised.value)
    assert "robot" not in str(raised.value)


def test_a_token_from_a_netrc_does_as_well(
    remote: Remote, server: GitServer, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.token = "simple"
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login robot password simple\n")
    monkeypatch.setenv("HOME", str(tmp_path))

    opened(server, copy, "").replace(NAME, b"one", over=None, note=WHY)

    assert remote.read(NAME) == b"one"


def test_a_token_that_was_withdrawn_stops_writers_only(
    remote: Remote, server: GitServer, copy: Path
) -> None:
    store = opened(server, copy, TOKEN)
    assert store.read("manifests/site_default")
    server.token = "changed"

    with pytest.raises(RepoUnusable, match="token"):
        store.replace(NAME, b"one", over=None, note=WHY)

    assert store.read("manifests/site_default")
    assert remote.read(NAME) is None


def test_a_git_user_who_may_only_read_fails_the_check(
    remote: Remote, server: GitServer, copy: Path
) -> None:
    git(remote.path, "config", "http.receivepack", "false")
    store = opened(server, copy, TOKEN)

    with pytest.raises(RepoUnusable, match=r"git push failed .*403.*; let Rollcall's user write"):
        store.check()
    assert store.read("manifests/site_default")


# What stands for ssh: it notes how it was called, and runs the command on this machine.
SSH = """#!/bin/sh
[ "$1" = -G ] && exit 1
echo "$*" >> "$(dirname "$0")/calls"
while [ "$1" = -o ]; do shift 2; done
shift
exec sh -c "$*"
"""


def test_ssh_never_asks_a_question_and_goes_by_the_url(
    remote: Remote, copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/ssh").write_text(SSH)
    (tmp_path / "bin/ssh").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")

    store = opened_store(f"git+ssh://git@git.example.com{remote.path}#main", copy)
    store.replace(NAME, b"one", over=None, note=WHY)

    assert remote.read(NAME) == b"one"
    calls = (tmp_path / "bin/calls").read_text().splitlines()
    for call in calls:
        assert "BatchMode=yes" in call
        assert "git@git.example.com" in call
    assert "git-receive-pack" in calls[-1]
