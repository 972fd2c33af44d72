"""Unknown Macs, for which the channel is asked."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.outbox.models import Notification
from provisioning.values.serials import Serial
from rollcall.settings import ServerSettings
from tests.bot.firstboot.unknown.asking import number_of
from tests.fakes.slack import Workspace
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.running.doors import machines_door
from tests.support.soaking import soak_only

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_an_unknown_mac_raises_one_card_however_often_it_asks(
    script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    for _ in range(3):
        answer = script.manifest(serial="C02XYZ123DEF")
        assert answer.status_code == 403
        assert "/mac register C02XYZ123DEF SITE BUILD" in answer.text
        deliver_all()

    [card] = slack.channels[CHANNEL].messages
    assert "`C02XYZ123DEF` is asking for its manifest, and nobody has registered it." in card.text
    assert number_of(database, Notification) == 1


@soak_only("test_bench_taking has as many at once, the test above the card")
def test_sixteen_questions_at_once_on_two_servers_are_one_card(
    app: Flask, server_settings: ServerSettings, database: Database, database_url: str
) -> None:
    second = Database(database_url)
    doors = [app, machines_door(server_settings, second)]

    def mac(number: int) -> int:
        serial = f"C02XYZ123DE{number % 4}"
        return Script(doors[number % 8 // 4].test_client()).manifest(serial=serial).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(mac, range(32)))
    second.close()

    assert set(statuses) == {403}
    assert number_of(database, UnknownMac) == 4
    assert number_of(database, Notification) == 4


def test_a_channel_is_not_flooded_by_macs_of_a_wrong_workflow(
    script: Script, database: Database
) -> None:
    with database.begin() as session:
        unknown.ask_about(session, Serial("C02000000000"), channel=CHANNEL, at=datetime.now(UTC))
        first = session.scalars(select(UnknownMac)).one()
        like_it = {"card_id": first.card_id, "first_at": first.first_at, "last_at": first.last_at}
        for number in range(1, unknown.MAX_CARDS):
            serial = f"C02{number:09}"
            session.add(UnknownMac(serial=serial, reported_as=serial, **like_it))

    for number in range(3):
        assert script.manifest(serial=f"C03XYZ123DE{number}").status_code == 403

    assert number_of(database, UnknownMac) == unknown.MAX_CARDS
    assert number_of(database, Notification) == 2  # the first card, and one that says it is full
