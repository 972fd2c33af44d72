"""The processes of the web server, as signals, kills and taken ports meet them."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import psutil
import pytest

from tests.support.databases.postgres import free_port
from tests.support.installation import ROOT
from tests.support.running import attackers
from tests.support.running.attackers import Siege, half_a_body
from tests.support.waiting import eventually

LOOPBACK = "127.0.0.1"

WORKERS = 2
GRACE = 60  # seconds that clients and requests under way are given: longer than any test waits

# Workers that serve next to nothing; known errors are one sentence, as in the command line.
SERVER = f"""
import sys, time
from pathlib import Path
from infrastructure.errors import RollcallError
from rollcall.webserver.processes import WebServer
from rollcall.webserver.limits import Limits
from rollcall.webserver.workers import Worker
def app(environ, start_response):
    if environ["PATH_INFO"] == "/slow":
        folder = Path(environ["QUERY_STRING"])
        Path(folder, "begun").touch()
        while not Path(folder, "end").exists():
            time.sleep(0.01)
    start_response("200 OK", [("Content-Length", "3")])
    return [b"ok\\n"]
def workers(listeners):
    limits = Limits(idle={GRACE}, body={GRACE})
    return [Worker(app, *listeners, threads=2, largest_body=lambda _: 1000, limits=limits)]
port = int(sys.argv[1])
try:
    ports = {{"PORT": port}}
    WebServer(workers, address="127.0.0.1", ports=ports, processes={WORKERS}, grace={GRACE}).serve()
except RollcallError as error:
    sys.exit(str(error))
"""


class Server:
    """A web server in processes of its own."""

    def __init__(self, log: Path) -> None:
        self.port, self.log = free_port(), log
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SERVER, str(self.port)],
                cwd=ROOT,
                stderr=file,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it serves."""
        eventually(self.is_listening)
        eventually(lambda: len(self.workers) == WORKERS)

    @property
    def workers(self) -> list[int]:
        """The processes that serve."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def is_listening(self) -> bool:
        """True where a connection is accepted, by the server or by what is left of it."""
        with socket.socket() as connection:
            return connection.connect_ex((LOOPBACK, self.port)) == 0


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server of two workers."""
    server = Server(tmp_path / "log")
    try:
        server.wait()
        yield server
    finally:
        with suppress(ProcessLookupError):  # no process is left, as it should be
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait()


@pytest.mark.skipif(
    sys.platform != "linux" or len(os.sched_getaffinity(0)) < WORKERS,
    reason="each has a processor of its own where there are as many",
)
def test_each_worker_keeps_to_a_processor_of_its_own(server: Server) -> None:
    def kept() -> list[set[int]]:
        return [os.sched_getaffinity(pid) for pid in server.workers]

    eventually(lambda: all(len(processors) == 1 for processors in kept()))

    assert len(set.union(*kept())) == WORKERS
    assert os.sched_getaffinity(server.process.pid) == os.sched_getaffinity(0)


def test_a_server_ends_at_once_though_clients_owe_it_something_and_many_ask_it_to(
    server: Server,
) -> None:
    with (
        Siege(server.port, half_a_body("/slack/events"), 20),
        Siege(server.port, attackers.KEPT_ALIVE, 20),
    ):
        for _ in range(5):
            os.killpg(server.process.pid, signal.SIGTERM)
            os.killpg(server.process.pid, signal.SIGINT)
            time.sleep(0.01)
        assert server.process.wait(timeout=GRACE / 2) == 0

    assert "Traceback" not in server.log.read_text()


def test_a_worker_that_is_asked_twice_to_end_still_answers_what_is_under_way(
    server: Server, tmp_path: Path
) -> None:
    with socket.create_connection((LOOPBACK, server.port), timeout=20) as connection:
        connection.sendall(attackers.request(f"/slow?{tmp_path}", method="GET"))
        eventually(Path(tmp_path, "begun").exists)
        os.killpg(server.process.pid, signal.SIGTERM)
        eventually(lambda: not server.is_listening())
        os.killpg(server.process.pid, signal.SIGTERM)
        Path(tmp_path, "end").touch()
        answer = connection.recv(1000)

    assert answer.endswith(b"ok\n")
    assert b"\r\nconnection: close\r\n" in answer.lower(), "the client is to ask another server"


def test_where_a_worker_is_gone_the_server_ends_so_that_it_is_started_again(server: Server) -> None:
    left, gone = server.workers
    os.kill(gone, signal.SIGKILL)

    assert server.process.wait(timeout=20) == 1
    assert server.log.read_text().count("ended by itself") == 1
    assert not psutil.pid_exists(left)


def test_workers_do_not_outlive_the_process_that_watches_them(server: Server) -> None:
    workers = server.workers
    server.process.kill()
    server.process.wait()

    eventually(lambda: not server.is_listening())
    eventually(lambda: not any(is_running(worker) for worker in workers))


def is_running(pid: int) -> bool:
    """True for a process that runs, and is not only an entry that its parent has not waited for."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


TWO_PORTS = """
import sys
from rollcall.webserver.processes import WebServer
from rollcall.webserver.workers import Worker
def named(name):
    def app(environ, start_response):
        start_response("200 OK", [])
        return [name]
    return app
def workers(listeners):
    names = (b"the door", b"metrics")
    return [
        Worker(named(name), listener, threads=1, largest_body=lambda _: 1)
        for name, listener in zip(names, listeners)
    ]
ports = {"PORT": int(sys.argv[1]), "ROLLCALL_METRICS_PORT": int(sys.argv[2])}
WebServer(workers, address="127.0.0.1", ports=ports, processes=2, grace=600).serve()
"""


def test_workers_serve_each_port_with_its_own_application_until_they_are_asked_to_end() -> None:
    ports = free_port(), free_port()
    command = [sys.executable, "-c", TWO_PORTS, *map(str, ports)]
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            answers = [eventually(partial(body_at, port)) for port in ports]
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)  # much sooner than one that has to be killed
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    assert answers == [b"the door", b"metrics"]
    assert process.returncode == 0


def body_at(port: int) -> bytes | None:
    with suppress(OSError), urllib.request.urlopen(f"http://{LOOPBACK}:{port}/", timeout=5) as got:
        return bytes(got.read())
    return None


def test_a_second_port_that_is_taken_is_named_by_its_setting() -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        command = [sys.executable, "-c", TWO_PORTS, str(free_port()), str(port)]
        ended = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
        )

    assert "set ROLLCALL_METRICS_PORT to another one" in ended.stderr


FAILING = """
import sys
from rollcall.webserver.processes import WebServer
def made(listeners):
    sys.excepthook = lambda kind, error, _: print(f"a line of the log: {error}", file=sys.stderr)
    raise ValueError("cannot be made")
WebServer(made, address="127.0.0.1", ports={"PORT": int(sys.argv[1])}, processes=1, grace=1).serve()
"""


def test_an_error_that_ends_a_worker_is_given_to_the_hook_that_logs_it() -> None:
    command = [sys.executable, "-c", FAILING, str(free_port())]
    ended = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert ended.stderr.startswith("a line of the log: cannot be made\n")
    assert "ValueError" not in ended.stderr
