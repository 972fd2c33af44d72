"""The Macs that a bench takes, and those it does not."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import Bench, UnknownMac
from provisioning.registrations.models import Event, Registration
from rollcall.settings import ServerSettings
from tests.bot.firstboot.bench.opening import shown, typed
from tests.bot.firstboot.unknown.asking import open_registrations, told
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.running.doors import machines_door
from tests.support.soaking import in_soak

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


@pytest.mark.postgresql(soak=True)
def test_the_next_unknown_macs_go_on_in_their_first_request(
    alice: Person, script: Script, database: Database
) -> None:
    answer = typed(alice, "bench London DESIGN 2 for 2h")
    assert "The next 2 Macs that nobody registered and whose script names no place go to" in answer
    assert "*london* / *design*, registered in your name" in answer

    statuses = [script.manifest(serial=f"C02XYZ123DE{n}").status_code for n in range(3)]

    assert statuses == [200, 200, 403]
    assert open_registrations(database) == [
        ("C02XYZ123DE0", "london", "design", "U0ALICE"),
        ("C02XYZ123DE1", "london", "design", "U0ALICE"),
    ]


def test_a_bench_is_one_card_that_is_edited_and_confirmations_stand_below_it(
    alice: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 3")
    deliver_all()
    [card] = shown(slack)
    assert "Bench of <@U0ALICE> for *london* / *design*: 0 of 3 taken" in card.text
    assert "until <!date^" in str(card.blocks)

    for number in range(2):
        script.manifest(serial=f"C02XYZ123DE{number}")
        deliver_all()

    assert shown(slack) == [card]
    assert "2 of 3 taken" in card.text
    assert "• `C02XYZ123DE0` confirmed" in str(card.blocks)
    replies = slack.channels[CHANNEL].replies_to(card)
    assert ["`C02XYZ123DE0` is done" in replies[0].text, "`C02XYZ123DE1`" in replies[1].text] == [
        True,
        True,
    ]


def test_a_full_bench_ends_and_the_channel_hears_once_that_all_is_done(
    alice: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 2")
    for number in range(2):
        script.manifest(serial=f"C02XYZ123DE{number}")
        deliver_all()

    card, done = shown(slack)
    assert "Full since" in str(card.blocks)
    assert "bench_end" not in str(card.blocks)
    sentence = "All done: the manifests of 2 Macs for *london* / *design* are written."
    assert sentence in readable(done)


def test_a_mac_that_asked_before_the_bench_was_opened_is_taken_and_its_card_settled(
    alice: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    deliver_all()
    [question] = shown(slack)
    typed(alice, "bench london design 12")

    assert script.manifest(serial="C02XYZ123DEF").status_code == 200

    deliver_all()
    assert "<@U0ALICE> registered it for *london* / *design*" in question.text


def test_a_mac_that_is_none_of_ours_is_not_taken_nor_asked_about_again(
    alice: Person, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    script.manifest(serial="C02XYZ123DEF")
    deliver_all()
    alice.click(shown(slack)[0], "stranger_dismiss")
    told(alice, "gets no manifest")
    typed(alice, "bench london design 12")
    deliver_all()
    before = shown(slack)

    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    deliver_all()
    assert open_registrations(database) == []
    assert shown(slack) == before


def test_a_registered_mac_takes_no_place_on_the_bench(
    alice: Person, bob: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(bob, "register C02XYZ123DEF paris basic")
    typed(alice, "bench london design 1")

    assert script.manifest(serial="C02XYZ123DEF").status_code == 200
    assert script.manifest(serial="C02XYZ123DEG").status_code == 200

    deliver_all()
    assert "1 of 1 taken" in shown(slack)[1].text


@pytest.mark.postgresql(instead=True)
def test_sixteen_macs_at_once_on_two_servers_fill_a_bench_for_twelve_exactly(
    app: Flask,
    server_settings: ServerSettings,
    database: Database,
    database_url: str,
    alice: Person,
) -> None:
    typed(alice, "bench london design 12")
    second = Database(database_url)
    doors = [app, machines_door(server_settings, second)]

    def mac(number: int) -> list[int]:
        """Every Mac asks twice, of both servers."""
        return [
            Script(doors[(number + turn) % 2].test_client())
            .manifest(serial=f"C02XYZ123D{number:02}")
            .status_code
            for turn in range(2)
        ]

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(mac, range(16)))
    second.close()

    assert sorted(statuses) == [[200, 200]] * 12 + [[403, 403]] * 4
    with database.reading() as session:
        [bench] = session.scalars(select(Bench)).all()
        assert (bench.taken, bench.ended_at is not None) == (12, True)
        assert len(session.scalars(select(Registration)).all()) == 12
        assert len(session.scalars(select(UnknownMac)).all()) == 4


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize("wanted", [12, *in_soak("counted alike", 1)])
def test_one_mac_that_asks_sixteen_times_at_once_is_taken_once(
    app: Flask, database: Database, alice: Person, wanted: int
) -> None:
    typed(alice, f"bench london design {wanted}")

    def ask(_: int) -> int:
        return Script(app.test_client()).manifest(serial="C02XYZ123DEF").status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(16))) == {200}

    with database.reading() as session:
        assert session.scalars(select(Bench.taken)).one() == 1
        assert session.scalars(select(UnknownMac)).all() == []
        assert session.scalars(select(Event.what).order_by(Event.id)).all() == [
            "registered",
            "confirmed",
        ]


def test_the_log_says_how_many_macs_a_bench_took(alice: Person, script: Script) -> None:
    typed(alice, "bench london design 12")
    script.manifest(serial="C02XYZ123DEF")

    reply = alice.ask("/mac", "log", channel=CHANNEL)

    assert "<@U0ALICE> opened a bench, which took 1 Mac (command)" in str(reply.blocks)
