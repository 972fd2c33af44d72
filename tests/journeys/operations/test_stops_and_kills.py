"""How the processes stop, and what a kill costs."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import call_here, confirmations, post
from tests.support.installation import Install
from tests.support.soaking import SOAK, soak
from tests.support.waiting import eventually


def test_a_request_under_way_is_finished_when_the_server_is_asked_to_stop(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    statuses: list[int] = []
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.start("server")
        rollcall.wait_until_ready()

        def macs(lab: int) -> None:
            number = 0
            while not statuses or statuses[-1] == 200:
                number += 1
                statuses.append(post(rollcall.url, f"C02{lab}{number:05}"))

        threads = [threading.Thread(target=macs, args=(lab,)) for lab in range(4)]
        for thread in threads:
            thread.start()
        eventually(lambda: len(statuses) > 40)
        assert rollcall.stop() == {"server": 0}
        for thread in threads:
            thread.join()

    answered = statuses.count(200)
    assert answered > 10
    assert set(statuses) <= {200, 0}, "refused is fine once it stops, half answered is not"
    written = list((repo_folder / "manifests").glob("C02*"))
    assert len(written) == answered
    assert not list(tmp_path.glob("rollcall.sqlite3-*")), "one file is the whole database"


@soak
@pytest.mark.parametrize("kills", [40 if SOAK else 1])
def test_a_server_that_is_killed_again_and_again_loses_no_mac(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install, kills: int
) -> None:
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        serials = [f"C02KILL{number:03}" for number in range(kills * 12)]

        def first_boot(serial: str) -> None:
            while post(rollcall.url, serial) != 200:
                time.sleep(0.05)

        with ThreadPoolExecutor(8) as pool:
            booting = [pool.submit(first_boot, serial) for serial in serials]
            for number in range(kills):
                rollcall.start("server")
                rollcall.wait_until_ready()
                time.sleep(0.02 * (number % 5))
                rollcall.kill("server")
            rollcall.start("server")
            for future in booting:
                future.result(timeout=60)

    assert rollcall.owed_confirmations() == serials
    assert all(rollcall.manifest(serial).read_bytes().endswith(b"</plist>\n") for serial in serials)


def test_a_relay_that_is_killed_while_slack_answers_says_nothing_twice(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        killed = threading.Event()

        def kill(_: str) -> None:
            if not killed.is_set():
                os.kill(rollcall.pid("relay"), signal.SIGKILL)
                killed.set()

        slack.faults.before_reply = kill
        call_here(rollcall, "C02AAA")
        rollcall.start("relay")
        assert killed.wait(10)
        assert rollcall.wait("relay", timeout=10) != 0
        rollcall.forget_leases()
        call_here(rollcall, "C02BBB")
        rollcall.start("relay")

        eventually(lambda: "C02BBB" in confirmations(slack), timeout=15)
    assert confirmations(slack) == ["C02AAA", "C02BBB"]
