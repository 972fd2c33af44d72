"""Bench mode: the next unknown Macs go where somebody said beforehand."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from provisioning import benches
from provisioning.database import Database
from provisioning.models import Act, Bench, Event, Registration, Stranger
from provisioning.settings import ServerSettings
from server.app import create_app
from tests.integration.conftest import Script
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.messages import Message
from tests.support.slack.person import Person
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")
DeliverAll = Callable[[], None]


def typed(person: Person, text: str) -> str:
    """Type a command and return what this person alone is told."""
    reply = person.slash("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    return reply.text


def told(person: Person, words: str) -> None:
    """Wait until this person alone was told something."""
    eventually(lambda: any(words in message.text for message in person.ephemerals))


def shown(slack: Workspace) -> list[Message]:
    """The channel without its threads."""
    return [each for each in slack.channels[CHANNEL].messages if each.thread_ts is None]


def taken(database: Database) -> list[tuple[str, str, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return sorted((mac.serial, mac.site, mac.build, mac.registered_by) for mac in rows)


def let_time_pass(database: Database) -> None:
    """Have the time of every bench be over."""
    with database.begin() as session:
        for bench in session.scalars(select(Bench)):
            bench.until = datetime.now(UTC) - timedelta(seconds=1)


def test_the_next_unknown_macs_go_on_in_their_first_request(
    alice: Person, script: Script, database: Database
) -> None:
    assert "The next 2 Macs that nobody registered go to *london* / *design*" in typed(
        alice, "bench London DESIGN 2 for 2h"
    )

    statuses = [script.manifest(serial=f"C02XYZ123DE{n}").status_code for n in range(3)]

    assert statuses == [200, 200, 403]
    assert taken(database) == [
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
    assert "All done: the manifests of 2 Macs for *london* / *design* are written." in done.text


def test_a_bench_whose_time_is_over_takes_no_more_and_says_so(
    alice: Person,
    script: Script,
    database: Database,
    slack: Workspace,
    deliver_all: DeliverAll,
) -> None:
    typed(alice, "bench london design 12 for 5m")
    let_time_pass(database)

    assert script.manifest(serial="C02XYZ123DEF").status_code == 403

    deliver_all()
    card, question = shown(slack)
    assert "Its time was over" in str(card.blocks)
    assert "C02XYZ123DEF" in question.text
    assert taken(database) == []


def test_the_end_of_a_bench_is_noticed_though_no_mac_asks(
    alice: Person, database: Database, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12 for 5m")
    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 0
    let_time_pass(database)

    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 1
    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 0

    deliver_all()
    assert "Its time was over" in str(shown(slack)[0].blocks)


def test_a_second_bench_is_refused_with_whose_the_first_is_and_the_button_that_ends_it(
    alice: Person, bob: Person, script: Script, database: Database
) -> None:
    typed(alice, "bench london design 12")

    refused = typed(bob, "bench paris basic 3")

    assert "<@U0ALICE> has a bench open for *london* / *design*: 0 of 12 taken" in refused
    bob.click(bob.ephemerals[-1], "bench_end")
    told(bob, "The bench has ended. It took 0 Macs of 12.")
    assert "The next 3 Macs" in typed(bob, "bench paris basic 3")
    script.manifest(serial="C02XYZ123DEF")
    assert taken(database) == [("C02XYZ123DEF", "paris", "basic", "U0BOB")]


def test_of_eight_people_who_open_a_bench_at_once_one_has_it(
    slack: Workspace, database: Database
) -> None:
    people = [slack.person(f"U0TECH{number}", name=f"tech{number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: typed(person, "bench london design 3"), people))

    assert sum("The next 3 Macs" in answer for answer in answers) == 1
    assert sum("one at a time" in answer for answer in answers) == 7
    with database.reading() as session:
        assert len(session.scalars(select(Bench)).all()) == 1
        assert len(session.scalars(select(Act)).all()) == 1


def test_the_button_of_the_card_ends_it_and_what_it_took_stays(
    alice: Person,
    bob: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    typed(alice, "bench london design 12")
    script.manifest(serial="C02XYZ123DE0")
    deliver_all()
    card = shown(slack)[0]

    bob.click(card, "bench_end")

    told(bob, "The bench has ended. It took 1 Mac of 12.")
    deliver_all()
    assert "Ended by <@U0BOB>" in str(card.blocks)
    assert script.manifest(serial="C02XYZ123DE1").status_code == 403
    assert len(taken(database)) == 1


def test_a_bench_that_has_ended_meanwhile_cannot_be_ended(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12")
    deliver_all()
    let_time_pass(database)

    alice.click(shown(slack)[0], "bench_end")

    told(alice, "That bench has ended already; the Macs that it took stay registered.")


def test_undo_ends_a_bench_and_says_what_it_had_taken(
    alice: Person, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12")
    opened = alice.ephemerals[-1]
    script.manifest(serial="C02XYZ123DE0")

    alice.click(opened, "undo")

    told(alice, "The bench is closed. What it had taken stays registered: `C02XYZ123DE0`.")
    deliver_all()
    assert "Ended by <@U0ALICE>" in str(shown(slack)[0].blocks)
    assert script.manifest(serial="C02XYZ123DE1").status_code == 403
    assert len(taken(database)) == 1


def test_a_bench_that_is_over_cannot_be_undone(alice: Person, script: Script) -> None:
    typed(alice, "bench london design 1")
    opened = alice.ephemerals[-1]
    script.manifest(serial="C02XYZ123DE0")

    alice.click(opened, "undo")

    told(alice, "That bench has ended already")


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


def test_a_mac_that_is_none_of_ours_is_not_taken(
    alice: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    script.manifest(serial="C02XYZ123DEF")
    deliver_all()
    alice.click(shown(slack)[0], "stranger_dismiss")
    told(alice, "gets no manifest")
    typed(alice, "bench london design 12")

    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    assert taken(database) == []


def test_a_registered_mac_takes_no_place_on_the_bench(
    alice: Person, bob: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(bob, "register C02XYZ123DEF paris basic")
    typed(alice, "bench london design 1")

    assert script.manifest(serial="C02XYZ123DEF").status_code == 200
    assert script.manifest(serial="C02XYZ123DEG").status_code == 200

    deliver_all()
    assert "1 of 1 taken" in shown(slack)[1].text


def test_sixteen_macs_at_once_on_two_servers_fill_a_bench_for_twelve_exactly(
    app: Flask,
    server_settings: ServerSettings,
    database: Database,
    database_url: str,
    alice: Person,
) -> None:
    typed(alice, "bench london design 12")
    second = Database(database_url)
    doors = [app, create_app(server_settings, second)]

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
        assert len(session.scalars(select(Stranger)).all()) == 4


@pytest.mark.parametrize("wanted", [1, 12])
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
        assert session.scalars(select(Stranger)).all() == []
        assert session.scalars(select(Event.what).order_by(Event.id)).all() == [
            "registered",
            "confirmed",
        ]


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("bench london design", "SITE BUILD 12 for 2h"),
        ("bench london design many", "'many' is no number of Macs: 1 to 200"),
        ("bench london design 0", "1 to 200"),
        ("bench london design 201", "1 to 200"),
        ("bench london design 12 for 4m", "Not shorter than 5 minutes"),
        ("bench london design 12 for 13h", "not longer than 12 hours"),
        ("bench london design 12 for lunch", "How long is written as 2h, 90m or 1h 30m."),
        ("bench atlantis design 12", "There are these sites"),
    ],
)
def test_what_is_no_bench_is_answered_with_what_to_do(
    alice: Person, database: Database, text: str, mend: str
) -> None:
    assert mend in typed(alice, text)
    with database.reading() as session:
        assert session.scalars(select(Bench)).all() == []


def test_the_log_says_how_many_macs_a_bench_took(alice: Person, script: Script) -> None:
    typed(alice, "bench london design 12")
    script.manifest(serial="C02XYZ123DEF")

    reply = alice.slash("/mac", "log", channel=CHANNEL)

    assert "<@U0ALICE> opened a bench, which took 1 Mac (command)" in str(reply.blocks)
