"""Questions of Macs in Imagr: which workflow is theirs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.clients.imagr.workflows import MISSING
from provisioning.firstboot import benches
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.registrations.models import Registration
from tests.server.machines.imagr.calls import PASSES, asks
from tests.support import acting
from tests.support.acting import did
from tests.support.databases import rows
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL, SECRET_KEY
from tests.support.owed import troubles
from tests.support.tables import for_each


def strangers(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.reported_as for row in session.scalars(select(UnknownMac))]


def test_a_registered_mac_is_told_its_workflow_as_often_as_it_asks(
    client: FlaskClient, database: Database
) -> None:
    acting.register(database, "C02AAA")

    answers = [asks(client) for _ in range(3)]

    assert {(each.status_code, each.mimetype, each.text) for each in answers} == {
        (200, "text/plain", "london / design\n")
    }
    assert not troubles(database)


def test_people_may_ask_with_the_password(
    client: FlaskClient, script: Script, database: Database
) -> None:
    acting.register(database, "C02AAA")

    answer = client.get("/workflow?serial=c02aaa", headers=script.basic)

    assert answer.text == "london / design\n"


def test_a_mac_that_nobody_registered_waits_while_the_channel_is_asked_once(
    client: FlaskClient, database: Database
) -> None:
    for _ in range(3):
        answer = asks(client)
        assert (answer.status_code, answer.headers["Retry-After"]) == (403, "15")
        assert "/mac register C02AAA SITE BUILD" in answer.text

    assert strangers(database) == ["C02AAA"]
    acting.register(database, "C02AAA")
    assert asks(client).text == "london / design\n"


def test_sixteen_questions_at_once_are_one_card(app: Flask, database: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = [*pool.map(lambda _: asks(app.test_client()).status_code, range(16))]

    assert {*codes} == {403}
    assert strangers(database) == ["C02AAA"]


def open_bench(database: Database) -> None:
    with database.begin() as session:
        act = did(session, "opened a bench", by="U0ALICE")
        benches.start(
            session,
            Destination("paris", "design"),
            number=1,
            until=act.at + timedelta(hours=1),
            operation=act,
            channel=CHANNEL,
        )


def test_a_bench_whose_card_a_hand_deleted_is_told_of_and_others_are_served(
    client: FlaskClient, database: Database
) -> None:
    open_bench(database)
    acting.register(database, "C02BBB")
    rows.lose(database, "cards", 1)

    lost = asks(client)

    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "60")
    assert "`boot.sh doctor` names what is left of it" in lost.text
    assert asks(client, "C02BBB").text == "london / design\n"


def test_an_open_bench_takes_it_at_once(client: FlaskClient, database: Database) -> None:
    open_bench(database)

    assert asks(client).text == "paris / design\n"
    assert strangers(database) == []
    with database.reading() as session:
        assert session.scalars(select(Registration)).one().registered_by == "U0ALICE"


@pytest.mark.parametrize("fault", [False, True])
def test_where_nothing_is_to_be_imaged_the_screen_says_so_and_the_channel_once(
    client: FlaskClient, database: Database, templates: Path, fault: bool
) -> None:
    if fault:
        (templates / "builds/kiosk.plist").write_text("no plist")
    for serial in ("C02AAA", "C02BBB"):
        acting.register(database, serial, to=Destination("london", "kiosk"))
        assert asks(client, serial).text == f"{MISSING}\n"

    [told] = troubles(database)
    assert ("imagr/builds/kiosk.plist is faulty" in told) == fault
    assert ("write imagr/builds/kiosk.plist" in told) == (not fault)


@for_each("serial", ["", "..", "a/b", "x" * 65, "site_default", "C02 AAA", "%00"])
def test_what_is_no_serial_is_refused_and_raises_no_card(
    client: FlaskClient, database: Database, serial: str
) -> None:
    assert asks(client, serial).status_code == 400
    assert strangers(database) == []


def test_only_the_token_that_asks_asks(client: FlaskClient, database: Database) -> None:
    acting.register(database, "C02AAA")
    london = Destination("london", "design")
    others = [PASSES.to_fetch(london), Tokens(SECRET_KEY, timedelta(hours=1)).issue(london), "x"]

    assert client.get("/workflow?serial=C02AAA").status_code == 401
    for token in others:
        assert asks(client, token=token).status_code == 401
