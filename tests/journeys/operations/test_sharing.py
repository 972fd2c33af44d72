"""Several processes on one database, and what an admin does to it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fakes.slack import Workspace
from tests.journeys.operations.calls import HTTP, call_here, confirmations, post
from tests.support.commandline import typed
from tests.support.installation import CHANNEL, Install, Installation
from tests.support.waiting import eventually


def test_two_servers_and_two_relays_share_one_postgresql(
    tmp_path: Path, repo_folder: Path, slack: Workspace, postgresql_url: str, install: Install
) -> None:
    slack.pace.burst = 100
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first, second = (
        install(folder, repo_folder, slack.api_url, database_url=postgresql_url, settings=settings)
        for folder, settings in ((tmp_path / "first", {}), (tmp_path / "second", HTTP))
    )
    with first, second:
        for rollcall in (first, second):
            rollcall.start("server", "relay")
        for rollcall in (first, second):
            rollcall.wait_until_ready()
        slack.connect_http(f"{second.url}/slack/events")
        serials = [f"C02PG{number:03}" for number in range(2)]
        technician = slack.person("U0ALICE", name="alice")
        for serial in serials:
            technician.slash("/mac", f"register {serial} paris kiosk", channel=CHANNEL)

        with ThreadPoolExecutor(8) as pool:
            both = [(rollcall.url, serial) for serial in serials for rollcall in (first, second)]
            assert set(pool.map(lambda pair: post(*pair), both)) == {200}

        eventually(lambda: confirmations(slack) == serials, timeout=20)
        texts = [message.text for message in slack.channels[CHANNEL].messages]
        assert sum("1 Mac for *paris* / *kiosk*" in text for text in texts) == len(serials)


def test_migrating_at_the_same_time_is_safe(
    tmp_path: Path, repo_folder: Path, slack: Workspace
) -> None:
    with (
        Installation(tmp_path, repo_folder, slack.api_url) as rollcall,
        ThreadPoolExecutor(2) as pool,
    ):
        ended = list(pool.map(lambda _: rollcall.run("migrate"), range(2)))

    assert [one.returncode for one in ended] == [0, 0], ended


def test_what_slack_refused_for_good_can_be_sent_again_by_command(
    tmp_path: Path, repo_folder: Path, slack: Workspace, install: Install
) -> None:
    slack.channels[CHANNEL].bot_is_member = False
    with install(tmp_path, repo_folder, slack.api_url) as rollcall:
        call_here(rollcall, "C02AAA")
        rollcall.start("relay")
        eventually(lambda: "invite the bot" in rollcall.log.read_text())

        slack.channels[CHANNEL].bot_is_member = True
        assert "1 messages are owed again." in typed(rollcall.environment, "resend").stdout
        eventually(lambda: confirmations(slack) == ["C02AAA"])
        assert rollcall.stop() == {"relay": 0}
