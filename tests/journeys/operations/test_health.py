"""Health of the processes, as boot.sh runs them, for probes and admins."""

import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import requests

from infrastructure.database.engine import Database
from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import post, probed
from tests.support.databases.postgres import free_port
from tests.support.house.product import web_application
from tests.support.installation import CHANNEL, PASSWORD, USERNAME, Install, Installation
from tests.support.running.webserving import web_server
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

THREADS = 4  # of a server, as it is shipped


def full(rollcall: Installation) -> str:
    answer = requests.get(f"{rollcall.url}/readyz?full", auth=(USERNAME, PASSWORD), timeout=30)
    assert answer.status_code == 200
    return answer.text


def test_a_part_is_told_apart_while_it_works_when_it_hangs_or_ended(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    settings = {"ROLLCALL_METRICS_PORT": str(free_port())}
    with install(tmp_path, repo_folder, slack.api_url, settings=settings) as rollcall:
        assert probed(rollcall) == (1, "Nothing of Rollcall runs here.")
        rollcall.start("server")
        rollcall.wait_until_ready()
        eventually(lambda: probed(rollcall, "server")[0] == 0)
        assert probed(rollcall)[0] == 0
        assert probed(rollcall, "bot") == (1, "No bot runs here.")
        assert "missing: No relay is running" in full(rollcall)
        figures = requests.get(
            f"http://127.0.0.1:{settings['ROLLCALL_METRICS_PORT']}/metrics", timeout=30
        )
        assert 'rollcall_processes{part="server"} 1' in figures.text

        os.killpg(rollcall.pid("server"), signal.SIGSTOP)
        status, said = probed(rollcall, "server")
        os.killpg(rollcall.pid("server"), signal.SIGCONT)
        assert status == 1
        assert f"The server does not answer at port {rollcall.port}" in said

        assert rollcall.stop("server") == {"server": 0}
        assert probed(rollcall, "server") == (1, "No server runs here.")


@contextmanager
def held(url: str) -> Iterator[None]:
    """A database in which an admin has begun something and gone for lunch."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as admins:
        admins.execute("BEGIN EXCLUSIVE")
        yield


def test_a_server_answers_while_somebody_else_holds_its_database(
    repo_folder: Path, slack: Workspace, sqlite_url: str
) -> None:
    with closing(Database(sqlite_url)) as database:
        app, _ = web_application(repo_folder, database, slack.api_url)
        with web_server(app, threads=THREADS) as port, ThreadPoolExecutor(2 * THREADS) as pool:
            server = f"http://127.0.0.1:{port}"
            slack.connect_http(f"{server}/slack/events")
            alice = slack.person("U0ALICE", name="alice")
            alice.ask("/mac", "list", channel=CHANNEL)
            with held(sqlite_url):
                serials = [f"C02LOCK{number:02}" for number in range(THREADS + 2)]
                calls = [pool.submit(post, server, serial) for serial in serials]
                assert requests.get(f"{server}/healthz", timeout=30).status_code == 200
                reply = alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
                assert "Rollcall cannot use its database at this moment" in reply.text
                eventually(lambda: _readiness(server) == 503, timeout=30)
                assert {call.result() for call in calls} == {503}

            eventually(lambda: post(server, "C02LOCK00") == 200)
            eventually(lambda: _readiness(server) == 200)


def _readiness(server: str) -> int:
    return requests.get(f"{server}/readyz", timeout=30).status_code


@soak_only("a process hangs after 75 seconds")
def test_a_relay_that_hangs_is_seen_within_two_minutes(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.start("server", "relay")
        rollcall.wait_until_ready()
        eventually(lambda: probed(rollcall, "relay")[0] == 0)
        os.kill(rollcall.pid("relay"), signal.SIGSTOP)
        time.sleep(110)
        try:
            status, said = probed(rollcall, "relay")
            assert status == 1
            assert "hangs: silent for" in said
            assert "missing: The relay on" in full(rollcall)
            assert "process missing" in rollcall.log.read_text()
        finally:
            os.kill(rollcall.pid("relay"), signal.SIGCONT)
        eventually(lambda: probed(rollcall, "relay")[0] == 0, timeout=30)
        eventually(lambda: "process back" in rollcall.log.read_text(), timeout=60)
