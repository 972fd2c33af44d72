"""What an admin sees of the processes: how they start, stop, fail and share the work."""

import json
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from tests.support.installation import CHANNEL, PASSWORD, SECRET_KEY, USERNAME, Installation
from tests.support.slack import Workspace
from tests.support.waiting import eventually

HTTP = {"SLACK_SIGNING_SECRET": "signing-secret-of-the-stand-in"}
SOAK = bool(os.environ.get("ROLLCALL_SOAK"))


def post(rollcall: Installation, serial: str, site: str = "london") -> int:
    """Call as an old script does; 0 where nobody answers."""
    try:
        return requests.post(
            f"{rollcall.url}/gen_manifest",
            auth=(USERNAME, PASSWORD),
            data={"serial": serial, "site": site, "build": "design"},
            timeout=10,
        ).status_code
    except requests.RequestException:
        return 0


def confirmations(slack: Workspace) -> list[str]:
    """The serials that the channel heard of, as often as it did."""
    texts = [message.text for message in slack.channels[CHANNEL].messages]
    return sorted(text.split("`")[1] for text in texts if "is done" in text)


def test_every_setting_that_is_missing_is_named_at_the_start(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        for name in ("BOOTSTRAP_URL", "BOOTSTRAP_PASSWORD", "ROLLCALL_CHANNEL"):
            del rollcall.environment[name]
        ended = rollcall.run("server")

    assert ended.returncode == 1
    for name in ("BOOTSTRAP_URL", "BOOTSTRAP_PASSWORD", "ROLLCALL_CHANNEL"):
        assert f"{name} is not set: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert SECRET_KEY not in ended.stderr


def test_credentials_that_everybody_knows_do_not_start_in_production(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    weak = {"BOOTSTRAP_USERNAME": "admin", "BOOTSTRAP_PASSWORD": "secret"}
    with Installation(tmp_path, repo_folder, slack.api_url, settings=weak) as rollcall:
        ended = rollcall.run("server")

    assert ended.returncode == 1
    assert "BOOTSTRAP_PASSWORD is one that everybody tries first" in ended.stderr


def test_the_old_apps_own_example_works_in_development(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    weak = {
        "CONTEXT": "DEV",
        "BOOTSTRAP_USERNAME": "admin",
        "BOOTSTRAP_PASSWORD": "secret",
        **HTTP,
    }
    builds = repo_folder / "manifests/included_manifests/builds"
    (builds / "somebuild").write_bytes((builds / "basic").read_bytes())
    with Installation(tmp_path, repo_folder, slack.api_url, settings=weak) as rollcall:
        rollcall.run("migrate")
        rollcall.start("server")
        rollcall.wait_until_ready()
        answer = requests.post(
            f"{rollcall.url}/gen_manifest",
            auth=("admin", "secret"),
            data={"serial": "abc123", "site": "london", "build": "somebuild"},
            timeout=5,
        )

    assert (answer.status_code, answer.text) == (200, "Manifest saved")
    assert rollcall.manifest("abc123").exists()


def test_a_server_needs_no_slack_and_no_secret_is_in_its_log(
    tmp_path: Path, repo_folder: Path
) -> None:
    with Installation(tmp_path, repo_folder, "http://127.0.0.1:9/") as rollcall:
        del rollcall.environment["SLACK_BOT_TOKEN"]
        rollcall.environment["ROLLCALL_LOG_LEVEL"] = "DEBUG"
        rollcall.run("migrate")
        rollcall.start("server")
        rollcall.wait_until_ready()
        assert rollcall.mac("C02AAA").boot("london", "design").code == 0
        assert rollcall.stop() == {"server": 0}

    log = rollcall.log.read_text()
    assert PASSWORD not in log
    assert SECRET_KEY not in log
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    [call] = [line for line in lines if line.get("path") == "/gen_manifest"]
    assert call["serial"] == "C02AAA"
    assert call["status"] == 200
    assert isinstance(call["registration"], int)


def test_when_one_process_ends_the_container_ends(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    """A supervisor outside starts it again; half a Rollcall would look alive."""
    with Installation(tmp_path, repo_folder, slack.api_url, settings=HTTP) as rollcall:
        del rollcall.environment["SLACK_BOT_TOKEN"]
        rollcall.start()
        assert rollcall.wait("", timeout=20) == 1

    assert "SLACK_BOT_TOKEN is not set" in rollcall.log.read_text()


def test_a_container_that_could_not_hear_slack_says_so(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        ended = rollcall.run()

    assert ended.returncode == 1
    assert "set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET" in ended.stderr


def test_slack_may_be_away_when_everything_starts(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    slack.faults.go_down()
    socket = {"SLACK_APP_TOKEN": slack.app.app_token, "ROLLCALL_LOG_FORMAT": "console"}
    with Installation(tmp_path, repo_folder, slack.api_url, settings=socket) as rollcall:
        rollcall.start()
        rollcall.wait_until_ready()
        assert rollcall.mac("C02AAA").boot("london", "design").code == 0

        slack.faults.come_back()
        slack.wait_for_socket(20)
        eventually(lambda: confirmations(slack) == ["C02AAA"], timeout=20)
        assert rollcall.stop() == {"": 0}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("ROLLCALL_DATABASE_URL", "sqlite:////no/such/folder/x.sqlite3", "Rollcall cannot run: "),
        ("ROLLCALL_DATABASE_URL", "postgresql://a@127.0.0.1:9/b", "Rollcall cannot run: "),
        ("ROLLCALL_DATABASE_URL", "a shelf", "Rollcall cannot run: "),
    ],
)
def test_a_start_that_fails_is_one_sentence(
    tmp_path: Path, repo_folder: Path, slack: Workspace, name: str, value: str, sentence: str
) -> None:
    settings = {name: value}
    with Installation(tmp_path, repo_folder, slack.api_url, settings=settings) as rollcall:
        ended = rollcall.run("migrate")

    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_request_under_way_is_finished_when_the_server_is_asked_to_stop(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    statuses: list[int] = []
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.run("migrate")
        rollcall.start("server")
        rollcall.wait_until_ready()

        def macs(lab: int) -> None:
            number = 0
            while not statuses or statuses[-1] == 200:
                number += 1
                statuses.append(post(rollcall, f"C02{lab}{number:05}"))

        threads = [threading.Thread(target=macs, args=(lab,)) for lab in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1)
        assert rollcall.stop() == {"server": 0}
        for thread in threads:
            thread.join()

    answered = statuses.count(200)
    assert answered > 10
    assert set(statuses) <= {200, 0}, "refused is fine once it stops, half answered is not"
    written = list((repo_folder / "manifests").glob("C02*"))
    assert len(written) == answered


@pytest.mark.parametrize("kills", [40 if SOAK else 3])
def test_a_server_that_is_killed_again_and_again_loses_no_mac(
    tmp_path: Path, repo_folder: Path, slack: Workspace, kills: int
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.run("migrate")
        serials = [f"C02KILL{number:03}" for number in range(kills * 12)]

        def first_boot(serial: str) -> None:
            while post(rollcall, serial) != 200:
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


def test_a_courier_that_is_killed_while_slack_answers_says_nothing_twice(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.run("migrate")
        rollcall.start("server")
        rollcall.wait_until_ready()
        killed = threading.Event()

        def kill(_: str) -> None:
            if not killed.is_set():
                os.kill(rollcall.pid("courier"), signal.SIGKILL)
                killed.set()

        slack.faults.before_reply = kill
        rollcall.start("courier")
        assert post(rollcall, "C02AAA") == 200
        assert killed.wait(10)
        assert rollcall.wait("courier", timeout=10) != 0
        rollcall.forget_leases()
        rollcall.start("courier")
        assert post(rollcall, "C02BBB") == 200

        eventually(lambda: "C02BBB" in confirmations(slack), timeout=15)
    assert confirmations(slack) == ["C02AAA", "C02BBB"]


def test_two_servers_and_two_couriers_share_one_postgresql(
    tmp_path: Path, repo_folder: Path, slack: Workspace, postgresql_url: str
) -> None:
    slack.pace.burst = 100
    first = Installation(tmp_path, repo_folder, slack.api_url, database_url=postgresql_url)
    (tmp_path / "second").mkdir()
    second = Installation(
        tmp_path / "second", repo_folder, slack.api_url, database_url=postgresql_url, settings=HTTP
    )
    with first, second:
        assert first.run("migrate").returncode == 0
        for rollcall in (first, second):
            rollcall.start("server", "courier")
        for rollcall in (first, second):
            rollcall.wait_until_ready()
        slack.connect_http(f"{second.url}/slack/events")
        serials = [f"C02PG{number:03}" for number in range(4)]
        technician = slack.person("U0ALICE", name="alice")
        for serial in serials:
            technician.slash("/mac", f"register {serial} paris kiosk", channel=CHANNEL)

        with ThreadPoolExecutor(8) as pool:
            both = [(rollcall, serial) for serial in serials for rollcall in (first, second)]
            assert set(pool.map(lambda pair: post(*pair), both)) == {200}

        eventually(lambda: confirmations(slack) == serials, timeout=20)
        texts = [message.text for message in slack.channels[CHANNEL].messages]
        assert sum("1 Mac for *paris* / *kiosk*" in text for text in texts) == len(serials)


def test_migrating_at_the_same_time_is_safe(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with (
        Installation(tmp_path, repo_folder, slack.api_url) as rollcall,
        ThreadPoolExecutor(3) as pool,
    ):
        ended = list(pool.map(lambda _: rollcall.run("migrate"), range(3)))

    assert [one.returncode for one in ended] == [0, 0, 0], ended


def test_what_slack_refused_for_good_can_be_sent_again_by_command(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    with Installation(tmp_path, repo_folder, slack.api_url) as rollcall:
        rollcall.run("migrate")
        rollcall.start("server", "courier")
        rollcall.wait_until_ready()
        post(rollcall, "C02AAA")
        ready = f"{rollcall.url}/readyz"
        eventually(lambda: "invite the bot" in requests.get(ready, timeout=5).text)

        slack.channels[CHANNEL].bot_is_member = True
        assert "1 messages are owed again." in rollcall.run("resend").stdout
        eventually(lambda: confirmations(slack) == ["C02AAA"])
