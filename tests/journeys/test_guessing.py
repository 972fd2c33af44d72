"""A lab that goes on beside an attacker who guesses, with real processes behind a proxy."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from infrastructure.database.engine import Database
from provisioning.access.models import KnownClient
from server.auth.throttling import MAX_GUESSES
from tests.support.installation import PASSWORD, USERNAME, Install, Installation
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NOBODY = "http://127.0.0.1:1/api/"  # no Slack is asked for any of this
LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}
WORKERS = 2
LAB, NEW = "10.0.0.7:{}", "[2001:db8::{}]"  # as some proxies say them
_numbers = count(1)


@pytest.fixture
def server(tmp_path: Path, repo_folder: Path, install: Install) -> Iterator[Installation]:
    """A server with two processes, behind one proxy."""
    settings = {"ROLLCALL_WORKERS": f"{WORKERS}", "ROLLCALL_PROXIES": "1"}
    with install(tmp_path, repo_folder, NOBODY, settings=settings) as server:
        server.start("server")
        server.wait_until_ready()
        yield server


def fetch(server: Installation, forwarded: str, password: str = PASSWORD) -> requests.Response:
    """Fetch the script, on a connection of its own: the processes take turns."""
    sent = {**LONDON, "X-Forwarded-For": forwarded.format(next(_numbers))}
    return requests.get(f"{server.url}/", auth=(USERNAME, password), headers=sent, timeout=10)


def guess(server: Installation, forwarded: str) -> Counter[int]:
    """Guess until both processes have heard as many guesses as they hear; count the answers.

    The system may give one of them few connections, or none while it still starts.
    """
    answers: Counter[int] = Counter()
    while answers[401] < MAX_GUESSES * WORKERS:
        assert answers[429] < 900, f"one process slows nobody: {answers}"
        status = fetch(server, forwarded, f"guess {next(_numbers)}").status_code
        answers[status] += 1
        if status == 429:
            time.sleep(0.01)
    return answers


def known_clients(server: Installation) -> int:
    database = Database(server.environment["ROLLCALL_DATABASE_URL"])
    with database.reading() as session:
        found = session.scalar(select(func.count()).select_from(KnownClient)) or 0
    database.close()
    return found


@soak_only("two processes start twice; tests of the throttling hold each part of it")
def test_a_lab_goes_on_after_a_restart_while_somebody_guesses_beside_it(
    server: Installation,
) -> None:
    assert fetch(server, LAB).status_code == 200
    eventually(lambda: known_clients(server) == 1)
    assert server.stop() == {"server": 0}
    server.start("server")
    server.wait_until_ready()

    for whence in (LAB, NEW):
        assert set(guess(server, whence)) <= {401, 429}

    assert {fetch(server, LAB).status_code for _ in range(MAX_GUESSES)} == {200}
    refused = {fetch(server, NEW).status_code for _ in range(MAX_GUESSES)}
    assert refused == {429}
    assert 1 <= int(fetch(server, NEW).headers["Retry-After"]) <= 60
