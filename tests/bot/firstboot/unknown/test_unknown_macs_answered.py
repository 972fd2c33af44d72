"""People say on the card where an unknown Mac goes."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import UnknownMac
from provisioning.registrations.models import Operation
from tests.bot.firstboot.unknown.asking import choose, number_of, open_registrations, told
from tests.bot.firstboot.unknown.conftest import Ask
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_choosing_and_registering_on_the_card_sends_the_mac_on(
    ask: Ask,
    alice: Person,
    script: Script,
    database: Database,
    deliver_all: DeliverAll,
    slack: Workspace,
) -> None:
    card = ask("c02xyz123def")
    choose(alice, card)

    assert alice.click(card, "stranger_register").error is None

    told(alice, "Registered `c02xyz123def` for *london* / *design*.")
    assert open_registrations(database) == [("C02XYZ123DEF", "london", "design", "U0ALICE")]
    deliver_all()
    assert "<@U0ALICE> registered it for *london* / *design*." in card.text
    assert [block["type"] for block in card.blocks] == ["section"]
    assert script.manifest(serial="c02xyz123def").status_code == 200
    deliver_all()
    assert "its manifest is written" in card.text
    assert "Registered by <@U0ALICE>." in slack.channels[CHANNEL].messages[-1].text
    assert len(slack.channels[CHANNEL].messages) == 2


@pytest.mark.postgresql(instead=True)
def test_the_registration_is_an_act_by_button_that_can_be_undone(
    ask: Ask, alice: Person, database: Database, deliver_all: DeliverAll
) -> None:
    card = ask()
    choose(alice, card)
    alice.click(card, "stranger_register")
    told(alice, "Registered")

    alice.click(alice.ephemerals[-1], "undo")

    told(alice, "Undone: 1 Mac as before.")
    assert open_registrations(database) == []
    with database.reading() as session:
        acts = session.execute(select(Operation.what, Operation.via).order_by(Operation.id)).all()
    assert [tuple(act) for act in acts] == [("registered", "button"), ("undone", "button")]
    deliver_all()
    assert "that was undone" in card.text
    assert ask() is not card


@pytest.mark.parametrize(
    ("chosen", "missing"),
    [
        ({}, "Choose a site and a build first"),
        ({"site": "london"}, "Choose a build first"),
        ({"build": "design"}, "Choose a site first"),
    ],
)
def test_who_chose_too_little_is_told_so(
    ask: Ask, alice: Person, database: Database, chosen: dict[str, str], missing: str
) -> None:
    card = ask()
    for menu, name in chosen.items():
        alice.select(card, menu, name)

    alice.click(card, "stranger_register")

    told(alice, missing)
    assert open_registrations(database) == []


def test_the_menus_offer_what_the_repo_has(ask: Ask, alice: Person) -> None:
    card = ask()

    sites = [option["value"] for option in alice.type_ahead(card, "site", "")]
    builds = [option["value"] for option in alice.type_ahead(card, "build", "de")]

    assert sites == ["london", "new york", "paris"]
    assert builds == ["design", "developer"]


def test_the_first_of_two_people_wins_and_the_second_is_told_by_whom(
    ask: Ask, alice: Person, bob: Person, database: Database
) -> None:
    card = ask()
    choose(alice, card)
    choose(bob, card, "paris", "basic")

    alice.click(card, "stranger_register")
    bob.click(card, "stranger_register")
    bob.click(card, "stranger_dismiss")

    told(bob, "`C02XYZ123DEF` is registered for *london* / *design* already; <@U0ALICE> was faster")
    eventually(lambda: len(bob.ephemerals) == 2)
    assert open_registrations(database) == [("C02XYZ123DEF", "london", "design", "U0ALICE")]
    assert number_of(database, Operation) == 1


@soak_only("of two people one wins, and the other is answered, above")
def test_of_eight_people_at_once_one_wins_and_all_are_answered(
    ask: Ask, slack: Workspace, database: Database
) -> None:
    card = ask()
    people = [slack.person(f"U0TECH{number}", name=f"tech{number}") for number in range(8)]
    for person in people:
        choose(person, card)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: person.click(card, "stranger_register"), people))

    assert [answer.error for answer in answers] == [None] * 8
    eventually(lambda: all(person.ephemerals for person in people))
    texts = [person.ephemerals[-1].text for person in people]
    [(_, _, _, winner)] = open_registrations(database)
    assert sum("Registered `C02XYZ123DEF`" in text for text in texts) == 1
    assert sum(f"<@{winner}> was faster" in text for text in texts) == 7


@pytest.mark.postgresql
def test_not_ours_settles_it_for_a_day(
    ask: Ask,
    alice: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    card = ask()

    alice.click(card, "stranger_dismiss")

    told(alice, "nobody is asked about it for 24 hours")
    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    deliver_all()
    assert slack.channels[CHANNEL].messages == [card]
    assert "<@U0ALICE> says that it is not ours." in card.text
    with database.begin() as session:
        stranger = session.scalars(select(UnknownMac)).one()
        stranger.settled_at = datetime.now(UTC) - timedelta(hours=24, seconds=1)
    assert ask() is not card
