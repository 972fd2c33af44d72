"""The processes of the web server, as signals, kills and taken ports meet them."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import attackers
from tests.support.attackers import Siege, half_a_body
from tests.support.installation import Install, Installation
from tests.support.waiting import eventually

NOWHERE = "http://127.0.0.1:9/"


@pytest.fixture
def rollcall(tmp_path: Path, repo_folder: Path, install: Install) -> Iterator[Installation]:
    """A server of two workers, ready, without Slack."""
    settings = {"ROLLCALL_WORKERS": "2"}
    with install(tmp_path, repo_folder, NOWHERE, settings=settings) as installation:
        installation.start("server")
        installation.wait_until_ready()
        yield installation


def workers(installation: Installation) -> list[int]:
    """The workers' process ids."""
    lists = Path(f"/proc/{installation.pid('server')}/task").glob("*/children")
    return [int(child) for children in lists for child in children.read_text().split()]


def is_listening(port: int) -> bool:
    """Whether anybody listens on a port."""
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_at_once_though_clients_owe_it_something_and_many_ask_it_to(
    rollcall: Installation,
) -> None:
    process, group = rollcall.pid("server"), os.getpgid(rollcall.pid("server"))
    with (
        Siege(rollcall.port, half_a_body("/slack/events"), 20),
        Siege(rollcall.port, attackers.KEPT_ALIVE, 20),
    ):
        began = time.monotonic()
        for _ in range(5):
            os.killpg(group, signal.SIGTERM)
            os.killpg(group, signal.SIGINT)
            time.sleep(0.01)
        assert rollcall.wait("server", timeout=20) == 0

    assert time.monotonic() - began < 6, "less than the grace that a request under way has"
    assert "Traceback" not in rollcall.log.read_text()
    assert not Path(f"/proc/{process}").exists()


def test_where_a_worker_is_gone_the_server_ends_so_that_it_is_started_again(
    rollcall: Installation,
) -> None:
    left, gone = workers(rollcall)
    os.kill(gone, signal.SIGKILL)

    assert rollcall.wait("server", timeout=20) == 1
    assert rollcall.log.read_text().count("ended by itself") == 1
    assert not Path(f"/proc/{left}").exists()


def test_workers_do_not_outlive_the_process_that_watches_them(rollcall: Installation) -> None:
    both = workers(rollcall)
    os.kill(rollcall.pid("server"), signal.SIGKILL)
    rollcall.wait("server", timeout=20)

    eventually(lambda: not is_listening(rollcall.port))
    eventually(lambda: not any(is_running(worker) for worker in both))


def is_running(process: int) -> bool:
    """Whether a process is there, and no mere entry that nobody has waited for."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_server_whose_port_is_taken_says_so_and_leaves_what_a_crash_left(
    rollcall: Installation, tmp_path: Path
) -> None:
    both = workers(rollcall)
    for process in (rollcall.pid("server"), *both):
        os.kill(process, signal.SIGKILL)
    rollcall.wait("server", timeout=20)
    eventually(lambda: not is_listening(rollcall.port))
    left = (tmp_path / "rollcall.sqlite3.open").read_text()
    assert left

    with socket.create_server(("", rollcall.port)):
        ended = rollcall.run("server")

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"Port {rollcall.port} is taken" in ended.stderr
    assert (tmp_path / "rollcall.sqlite3.open").read_text() == left, "the next one examines it"


def test_few_files_are_enough_beside_many_silent_clients(
    tmp_path: Path, repo_folder: Path, install: Install
) -> None:
    with install(tmp_path, repo_folder, NOWHERE) as few:
        few.start("server", most_files=256)
        few.wait_until_ready()
        with Siege(few.port, attackers.SILENT, 600) as siege:
            assert few.mac("C02AAA").boot("london", "design").code == 0
            eventually(lambda: siege.alive <= 256)

    assert "there are too many" in few.log.read_text()
    assert "Traceback" not in few.log.read_text()
