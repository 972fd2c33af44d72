"""Two relays on one PostgreSQL; in the soak two servers too, and what an admin does to all.

All tests have the same ones; the last one kills a relay.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox.models import Channel
from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import HTTP, call_here, confirmations, post
from tests.support.databases import postgres
from tests.support.inputs.samples import sample_repo
from tests.support.installation import CHANNEL, Install, Installation
from tests.support.running.commandline import typed
from tests.support.soaking import SOAK, soak_only
from tests.support.waiting import eventually

SERVERS = ("server",) if SOAK else ()
LONDON = {"X-bootstrap-site": "london", "X-bootstrap-build": "design"}


@pytest.fixture(scope="module")
def slack() -> Iterator[Workspace]:
    """A Slack that never asks for patience."""
    with Workspace(pace=None) as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture(scope="module")
def pair(
    tmp_path_factory: pytest.TempPathFactory, slack: Workspace, postgresql: str, install: Install
) -> Iterator[list[Installation]]:
    """Two relays, and in the soak two servers, the second of which hears Slack."""
    folder = tmp_path_factory.mktemp("shared")
    repo = sample_repo(folder / "munki_repo")
    for name in ("first", "second"):
        (folder / name).mkdir()
    with postgres.copied(postgresql) as url:
        first = install(folder / "first", repo, slack.api_url, database_url=url)
        second = install(folder / "second", repo, slack.api_url, database_url=url, settings=HTTP)
        with first, second:
            for rollcall in (first, second):
                rollcall.start("relay", *SERVERS)
            if SERVERS:
                for rollcall in (first, second):
                    rollcall.wait_until_ready()
                slack.connect_http(f"{second.url}/slack/events")
            yield [first, second]


@soak_only("test_manifests and test_relays have calls at once and five relays, on this database")
def test_macs_may_call_either_server_and_the_channel_hears_of_each_once(
    pair: list[Installation], slack: Workspace
) -> None:
    serials = [f"C02PG{number:03}" for number in range(2)]
    technician = slack.person("U0ALICE", name="alice")
    for serial in serials:
        technician.slash("/mac", f"register {serial} paris kiosk", channel=CHANNEL)

    with ThreadPoolExecutor(8) as pool:
        both = [(rollcall.url, serial) for serial in serials for rollcall in pair]
        assert set(pool.map(lambda pair: post(*pair), both)) == {200}

    eventually(lambda: set(confirmations(slack)) >= set(serials))
    assert confirmations(slack) == serials
    texts = [message.text for message in slack.channels[CHANNEL].messages]
    assert sum(", registered by" in text for text in texts) == len(serials)


def fetch(server: Installation, key: str) -> int:
    headers = {"Authorization": f"Bearer {key}", **LONDON}
    return requests.get(f"{server.url}/", headers=headers, timeout=10).status_code


def made(admin: Installation, *arguments: str) -> str:
    done = typed(admin.environment, "credentials", "make", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@soak_only("test_site_keys has a revoked key and a new one at a server, on both databases")
def test_a_key_is_changed_without_a_gap_and_the_old_one_ends_everywhere_within_two_seconds(
    pair: list[Installation],
) -> None:
    admin = pair[0]
    old = made(admin, "london")
    eventually(lambda: all(fetch(server, old) == 200 for server in pair))
    new = made(admin, "london")
    eventually(lambda: all(fetch(server, new) == 200 for server in pair))

    assert typed(admin.environment, "credentials", "revoke", "1").returncode == 0
    time.sleep(2)

    assert [fetch(server, old) for server in pair] == [401, 401]
    assert [fetch(server, new) for server in pair] == [200, 200]
    eventually(lambda: "wrong credentials (" in typed(admin.environment, "refusals").stdout)
    for server in pair:
        assert old not in server.log.read_text()
        assert '"event":"refused"' in server.log.read_text()


def sender(pair: list[Installation]) -> Installation:
    """The one of them whose relay sends at this moment."""
    database = Database(pair[0].environment["ROLLCALL_DATABASE_URL"])
    with database.reading() as session:
        holder = session.scalars(select(Channel.holder).where(Channel.id == CHANNEL)).one()
    database.close()
    return next(each for each in pair if f":{each.pid('relay')}:" in f"{holder}")


@soak_only("test_relays has a relay that dies after it posted")
def test_a_relay_that_is_killed_while_slack_answers_says_nothing_twice(
    pair: list[Installation], slack: Workspace
) -> None:
    killed: list[Installation] = []
    is_killed = threading.Event()

    def kill(_: str) -> None:
        if not killed:
            killed.append(sender(pair))
            os.kill(killed[0].pid("relay"), signal.SIGKILL)
            is_killed.set()

    slack.faults.before_reply = kill
    call_here(pair[0], "C02KILLED1")
    assert is_killed.wait(30)
    assert killed[0].wait("relay", timeout=30) != 0
    pair[0].forget_leases()
    call_here(pair[0], "C02KILLED2")

    eventually(lambda: "C02KILLED2" in confirmations(slack))
    said = [serial for serial in confirmations(slack) if serial.startswith("C02KILLED")]
    assert said == ["C02KILLED1", "C02KILLED2"]
