"""What probes and admins see of the processes, as boot.sh runs them."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from tests.e2e.operations.calls import HTTP, post
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Install, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually

SOAK = bool(os.environ.get("ROLLCALL_SOAK"))


def probed(rollcall: Installation, *part: str) -> tuple[int, str]:
    ended = rollcall.run("health", *part)
    assert ended.stderr == ""
    return ended.returncode, ended.stdout.strip()


def full(rollcall: Installation) -> str:
    answer = requests.get(f"{rollcall.url}/readyz?full", auth=(USERNAME, PASSWORD), timeout=30)
    assert answer.status_code == 200
    return answer.text


def test_each_part_is_told_apart_while_it_works_when_it_died_and_when_it_ended(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    parts = ("server", "courier", "clerk")
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        assert probed(rollcall) == (1, "Nothing of Rollcall runs here.")
        rollcall.start(*parts)
        rollcall.wait_until_ready()
        for part in parts:
            eventually(lambda part=part: probed(rollcall, part)[0] == 0)  # type: ignore[misc]
        eventually(lambda: "missing" not in full(rollcall))
        assert probed(rollcall)[0] == 0
        assert probed(rollcall, "bot") == (1, "No bot runs here.")

        assert rollcall.stop("clerk") == {"clerk": 0}
        rollcall.kill("courier")
        assert probed(rollcall, "clerk") == (1, "No clerk runs here.")
        died = f"The courier (process {_died(rollcall)}) ended without a word: look at its log."
        assert probed(rollcall) == (1, died)
        assert "missing: No clerk is running" in full(rollcall)

        rollcall.start("courier")
        eventually(lambda: probed(rollcall)[0] == 0)
        assert rollcall.stop() == {"server": 0, "courier": 0}
        assert probed(rollcall) == (1, "Nothing of Rollcall runs here.")


def _died(rollcall: Installation) -> str:
    return probed(rollcall, "courier")[1].split("process ")[1].split(")")[0]


def test_a_server_that_is_stopped_answers_nobody_and_is_no_healthy_one(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.start("server")
        rollcall.wait_until_ready()
        eventually(lambda: probed(rollcall, "server")[0] == 0)
        os.killpg(rollcall.pid("server"), signal.SIGSTOP)

        status, said = probed(rollcall, "server")

        rollcall.kill("server")
        assert status == 1
        assert f"The server does not answer at port {rollcall.port}" in said


def test_a_bot_that_does_not_hear_slack_works_and_says_so(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    slack.faults.go_down()
    socket = {"SLACK_APP_TOKEN": slack.app.app_token}
    with install(tmp_path, repo_folder, slack.api_url, settings=socket) as rollcall:
        rollcall.start("bot")
        eventually(lambda: "not connected to Slack" in probed(rollcall, "bot")[1], timeout=20)
        assert probed(rollcall, "bot")[0] == 0, "no restart would help it"

        slack.faults.come_back()
        eventually(lambda: "connected" not in probed(rollcall, "bot")[1], timeout=30)
        assert probed(rollcall, "bot")[0] == 0
        assert rollcall.stop() == {"bot": 0}


@contextmanager
def held(rollcall: Installation) -> Iterator[None]:
    """A database in which an admin has begun something and gone for lunch."""
    path = rollcall.environment["ROLLCALL_DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as admins:
        admins.execute("BEGIN EXCLUSIVE")
        yield


def test_a_server_answers_while_somebody_else_holds_its_database(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    with install(tmp_path, repo_folder, slack.api_url, settings=HTTP) as rollcall:
        rollcall.start("server")
        rollcall.wait_until_ready()
        slack.connect_http(f"{rollcall.url}/slack/events")
        alice = slack.person("U0ALICE", name="alice")
        alice.slash("/mac", "list", channel=CHANNEL)
        with held(rollcall), ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(post, rollcall, f"C02LOCK{number:02}") for number in range(24)]
            assert requests.get(f"{rollcall.url}/healthz", timeout=30).status_code == 200
            reply = alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
            assert "nothing was changed: its database cannot be used at this moment" in reply.text
            eventually(lambda: _ready(rollcall) == 503, timeout=30)
            assert {call.result() for call in calls} == {503}

        eventually(lambda: post(rollcall, "C02LOCK00") == 200)
        rollcall.wait_until_ready()


def _ready(rollcall: Installation) -> int:
    return requests.get(f"{rollcall.url}/readyz", timeout=30).status_code


@pytest.mark.skipif(not SOAK, reason="a process hangs after 75 seconds; make soak waits for them")
def test_a_courier_that_hangs_is_seen_within_two_minutes(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.start("server", "courier")
        rollcall.wait_until_ready()
        eventually(lambda: probed(rollcall, "courier")[0] == 0)
        os.kill(rollcall.pid("courier"), signal.SIGSTOP)
        time.sleep(110)
        try:
            status, said = probed(rollcall, "courier")
            assert status == 1
            assert "hangs: silent for" in said
            assert "missing: The courier on" in full(rollcall)
            assert "process missing" in rollcall.log.read_text()
        finally:
            os.kill(rollcall.pid("courier"), signal.SIGCONT)
        eventually(lambda: probed(rollcall, "courier")[0] == 0, timeout=30)
        eventually(lambda: "process back" in rollcall.log.read_text(), timeout=60)
