"""Macs beside attackers, with the limits of production."""

from collections.abc import Iterator

import pytest
import requests

from tests.journeys.operations.calls import HTTP
from tests.support.inputs.samples import sample_repo
from tests.support.installation import Install, Installation
from tests.support.running import attackers
from tests.support.running.attackers import Attack, Siege, half_a_body
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NOWHERE = "http://127.0.0.1:9/"
WORKERS = 2
THOUSANDS = "thousands of connections last half a minute each"
THREADS = 4 * WORKERS


@pytest.fixture(scope="module")
def rollcall(tmp_path_factory: pytest.TempPathFactory, install: Install) -> Iterator[Installation]:
    """A server, ready, that listens to Slack."""
    folder = tmp_path_factory.mktemp("besieged")
    repo = sample_repo(folder / "munki_repo")
    settings = {"ROLLCALL_WORKERS": f"{WORKERS}", **HTTP}
    with install(folder, repo, NOWHERE, settings=settings) as installation:
        installation.start("server")
        installation.wait_until_ready()
        yield installation


@soak_only(THOUSANDS)
def test_a_mac_boots_beside_bodies_that_never_come(rollcall: Installation) -> None:
    with Siege(rollcall.port, half_a_body("/slack/events"), THREADS + 1) as siege:
        assert requests.get(f"{rollcall.url}/healthz", timeout=5).text == "ok\n"
        assert rollcall.mac("C02AAA").boot("london", "design").code == 0
        assert siege.alive == THREADS + 1, "a body has 10 seconds"
        eventually(lambda: not siege.alive, timeout=20)


@soak_only(THOUSANDS)
@pytest.mark.parametrize("connections", [1030, 5000])
@pytest.mark.parametrize(
    "attack",
    [
        attackers.SILENT,
        attackers.SLOW_HEADERS,
        attackers.HTTP2_PREFACE,
        half_a_body("/slack/events"),
        attackers.ENDLESS_CHUNKS,
    ],
    ids=["silent", "headers", "preface", "bodies", "chunks"],
)
def test_a_mac_boots_beside_many(rollcall: Installation, attack: Attack, connections: int) -> None:
    with Siege(rollcall.port, attack, connections) as siege:
        for _ in range(10):
            assert requests.get(f"{rollcall.url}/healthz", timeout=5).text == "ok\n"
        assert rollcall.mac("C02AAA").boot("london", "design").code == 0
        eventually(lambda: not siege.alive, timeout=60)
        assert max(siege.lives) < 45, "an idle connection has 30 seconds"
