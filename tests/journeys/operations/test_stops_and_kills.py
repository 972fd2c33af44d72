"""A server alone, with few files and no Slack: how it starts, stops, and what a kill costs."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.journeys.operations.calls import post
from tests.support.installation import PASSWORD, SECRET_KEY, Install, Installation
from tests.support.running import attackers
from tests.support.running.attackers import Siege
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

NOWHERE = "http://127.0.0.1:9/"
KILLS = 40


@soak_only("tests of the web server hold its limits, and what it finishes when it is to end")
def test_a_server_has_enough_with_few_files_and_without_slack_and_finishes_what_is_under_way(
    tmp_path: Path, repo_folder: Path, install: Install
) -> None:
    with install(tmp_path, repo_folder, NOWHERE) as rollcall:
        del rollcall.environment["SLACK_BOT_TOKEN"]
        rollcall.environment["ROLLCALL_LOG_LEVEL"] = "DEBUG"
        rollcall.start("server", most_files=256)
        rollcall.wait_until_ready()
        with Siege(rollcall.port, attackers.SILENT, 600) as siege:
            assert rollcall.mac("C01AAA").boot("london", "design").code == 0
            eventually(lambda: siege.alive <= 256)
        statuses = stopped_while_macs_call(rollcall)

    answered = statuses.count(200)
    assert answered > 10
    assert set(statuses) <= {200, 0}, "refused is fine once it stops, half answered is not"
    assert len(list((repo_folder / "manifests").glob("C02*"))) == answered
    assert not list(tmp_path.glob("rollcall.sqlite3-*")), "one file is the whole database"
    log = rollcall.log.read_text()
    assert "there are too many" in log
    assert not [secret for secret in (PASSWORD, SECRET_KEY, "Traceback") if secret in log]
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    call = next(line for line in lines if line.get("path") == "/gen_manifest")
    assert (call["serial"], call["status"]) == ("C01AAA", 200)
    assert isinstance(call["registration"], int)


def stopped_while_macs_call(rollcall: Installation) -> list[int]:
    """The statuses of what four labs of Macs ask while a server is asked to end; 0: no answer."""
    statuses: list[int] = []

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
    return statuses


def test_a_server_whose_port_is_taken_says_so_and_leaves_what_a_crash_left(
    tmp_path: Path, repo_folder: Path, install: Install
) -> None:
    left = tmp_path / "rollcall.sqlite3.open"
    line = f"server\t{socket.gethostname()}\t1\t2026-01-01 00:00 UTC\n"
    left.write_text(line)
    rollcall = install(tmp_path, repo_folder, NOWHERE)
    with socket.create_server(("", rollcall.port)):
        ended = rollcall.run("server")

    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"Port {rollcall.port} is taken" in ended.stderr
    assert left.read_text() == line, "the next one examines it"


@soak_only(f"a server starts {KILLS} times; tests of the database kill what has it open")
def test_a_server_that_is_killed_again_and_again_loses_no_mac(
    tmp_path: Path, repo_folder: Path, install: Install
) -> None:
    with install(tmp_path, repo_folder, NOWHERE) as rollcall:
        serials = [f"C02KILL{number:03}" for number in range(KILLS * 12)]

        def first_boot(serial: str) -> None:
            while post(rollcall.url, serial) != 200:
                time.sleep(0.05)

        with ThreadPoolExecutor(8) as pool:
            booting = [pool.submit(first_boot, serial) for serial in serials]
            for number in range(KILLS):
                rollcall.start("server")
                rollcall.wait_until_ready()
                time.sleep(0.02 * (number % 5))
                rollcall.kill("server")
            rollcall.start("server")
            for future in booting:
                future.result(timeout=60)

    assert rollcall.owed_confirmations() == serials
    for serial in serials:
        assert rollcall.manifest(serial).read_bytes().endswith(b"</plist>\n")
