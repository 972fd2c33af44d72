"""The scripts of Macs that know only the server."""

import plistlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import AnyHttpUrl

from infrastructure.database.engine import Database
from provisioning.firstboot.models import UnknownMac
from rollcall.settings import ServerSettings
from tests.bot.firstboot.unknown.asking import choose, number_of
from tests.fakes.mac import Mac
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.databases.postgres import free_port
from tests.support.fixtures.doors import Clock, DeliverAll, Script
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.running.doors import machines_door
from tests.support.running.serving import served
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


@pytest.fixture
def url(server_settings: ServerSettings, database: Database) -> Iterator[str]:
    """The Macs' door on a port of its own, as the script has it."""
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    settings = server_settings.model_copy(update={"url": AnyHttpUrl(at)})
    with served(machines_door(settings, database), port) as url:
        yield url


@soak_only("the journey of an unknown Mac has it")
def test_a_mac_that_knows_only_the_server_boots_asks_and_goes_on(
    url: str,
    alice: Person,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
    repo_folder: Path,
    clock: Clock,
) -> None:
    mac = Mac("C02XYZ123DEF", url, username=USERNAME, password=PASSWORD)
    with ThreadPoolExecutor(1) as pool:
        booting = pool.submit(mac.boot, ticks=1)
        eventually(lambda: number_of(database, UnknownMac))
        clock.catch_up()  # a busy machine boots for longer than a message's pace
        deliver_all()
        [card] = slack.channels[CHANNEL].messages
        choose(alice, card)
        assert not booting.done()
        alice.click(card, "stranger_register")
        ended = booting.result(timeout=60)

    assert ended.code == 0, ended.output
    assert "is written, for where it is registered" in ended.output
    manifest = plistlib.loads((repo_folder / "manifests/C02XYZ123DEF").read_bytes())
    assert manifest["included_manifests"][1] == "included_manifests/sites/london"


def test_the_token_of_a_script_without_site_and_build_places_no_mac(
    script: Script, repo_folder: Path
) -> None:
    [line] = [line for line in script.fetch().text.splitlines() if line.startswith("token=")]
    token = line.removeprefix("token=")

    answer = script.manifest(token, serial="C02XYZ123DEF", site="london", build="design")

    assert answer.status_code == 403
    assert "good only for where a Mac is registered" in answer.text
    assert not (repo_folder / "manifests/C02XYZ123DEF").exists()
    assert "/mac register" in script.manifest(token, serial="C02XYZ123DEF").text


def test_a_script_without_site_and_build_that_is_too_old_is_news_too(
    server_settings: ServerSettings, database: Database, clock: Clock
) -> None:
    settings = server_settings.model_copy(update={"token_hours": -1})
    own = Script(machines_door(settings, database).test_client())
    [line] = [line for line in own.fetch().text.splitlines() if line.startswith("token=")]

    answer = own.manifest(line.removeprefix("token="), serial="C02XYZ123DEF")

    assert answer.status_code == 401
    assert "a Mac that names no site and no build is too old" in answer.text
