"""The buttons of a card, and the windows that they open."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.registrations.models import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    Operation,
    Registration,
)
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.view import View
from tests.support.acting import boot, register
from tests.support.fixtures.doors import NOON, Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def card(database: Database, slack: Workspace, deliver_all: DeliverAll) -> Callable[[str], Message]:
    """Register a Mac and return its card."""

    def registered(serial: str) -> Message:
        register(database, serial)
        deliver_all()
        return slack.channels[CHANNEL].messages[-1]

    return registered


@pytest.fixture
def batch(database: Database, slack: Workspace, deliver_all: DeliverAll) -> Message:
    """The card of three Macs."""
    register(database, "C02AAA", "C02BBB", "C02CCC")
    deliver_all()
    return slack.channels[CHANNEL].messages[-1]


def states(database: Database) -> dict[str, tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.id))
        return {mac.serial: (mac.site, mac.build, mac.state) for mac in rows}


def opened(person: Person, message: Message, action: str) -> View:
    """Press a button of a card and return the window."""
    person.click(message, action)
    return person.open_view()


def written(view: View) -> str:
    return "\n".join(str(block) for block in view.blocks)


def test_details_shows_everything_that_happened_to_the_mac(
    alice: Person, card: Callable[[str], Message]
) -> None:
    view = opened(alice, card("C02AAA"), "card_details")

    assert "registered" in written(view)
    assert "<@U0ALICE>" in written(view)


def test_moving_the_mac_of_a_card_asks_where_to_and_can_be_undone(
    alice: Person,
    card: Callable[[str], Message],
    database: Database,
    slack: Workspace,
    deliver_all: DeliverAll,
) -> None:
    shown = card("C02AAA")
    view = opened(alice, shown, "card_move")

    alice.submit(view, {"site": "paris", "build": "basic"})

    assert states(database) == {"C02AAA": ("paris", "basic", "waiting")}
    deliver_all()
    assert "moved to *paris* / *basic*" in readable(slack.channels[CHANNEL].messages[-1])
    alice.click(alice.open_view(), "undo")
    eventually(lambda: states(database) == {"C02AAA": ("london", "design", "waiting")})


def test_an_answer_into_a_window_that_was_closed_meanwhile_is_a_warning(
    alice: Person, batch: Message, database: Database, slack: Workspace
) -> None:
    view = opened(alice, batch, "card_cancel")
    slack.faults.fail("not_found", methods=["views.update"])

    with capture_logs() as lines:
        alice.click(view, "danger_all")
        eventually(lambda: "answer comes as a message" in [line["event"] for line in lines])

    assert "error" not in {line["log_level"] for line in lines}
    assert {state for _, _, state in states(database).values()} == {"cancelled"}


@pytest.mark.postgresql(instead=True)
def test_cancelling_all_of_a_batch_or_some_of_it(
    alice: Person, batch: Message, database: Database
) -> None:
    view = opened(alice, batch, "card_cancel")
    alice.select(view, "which_macs", ["C02AAA"])
    eventually(lambda: "Cancel 1 Mac" in written(alice.open_view()))
    alice.click(alice.open_view(), "danger_chosen")
    eventually(lambda: "1 Mac cancelled" in written(alice.open_view()))
    assert [state for _, _, state in states(database).values()] == [
        "cancelled",
        "waiting",
        "waiting",
    ]
    alice.close(alice.open_view())

    view = opened(alice, batch, "card_cancel")
    assert "Cancel all 2 Macs" in written(view)
    alice.click(view, "danger_all")
    eventually(lambda: "2 Macs cancelled" in written(alice.open_view()))
    assert {state for _, _, state in states(database).values()} == {"cancelled"}
    with database.reading() as session:
        assert [act.via for act in session.scalars(select(Operation).order_by(Operation.id))][
            1:
        ] == ["card", "card"]


def test_details_of_a_batch_lists_its_macs_and_looks_at_one(alice: Person, batch: Message) -> None:
    view = opened(alice, batch, "card_details")
    assert "3 Macs for" in written(view)

    alice.select(view, "look_at_mac", "C02BBB")

    eventually(lambda: "C02BBB" in written(alice.open_view()))
    assert alice.open_view().callback_id == ""


def test_only_macs_of_the_card_are_offered(alice: Person, batch: Message) -> None:
    view = opened(alice, batch, "card_move")

    assert [option["value"] for option in alice.type_ahead(view, "which_macs", "bb")] == ["C02BBB"]


def labels(message: Message) -> list[str]:
    rows = [block for block in message.blocks if block["type"] == "actions"]
    return [element["text"]["text"] for row in rows for element in row["elements"]]


@pytest.mark.usefixtures("unhurried")
def test_a_card_offers_what_applies_to_its_macs_as_they_are(
    batch: Message, database: Database, repo: MunkiRepo, deliver_all: DeliverAll
) -> None:
    assert sorted(labels(batch)) == ["Cancel", "Details", "Move", "Remind me"]

    boot(database, repo, "C02AAA")
    deliver_all()
    assert sorted(labels(batch)) == ["Cancel", "Details", "Image again", "Move", "Remind me"]

    for serial in ("C02BBB", "C02CCC"):
        boot(database, repo, serial)
    deliver_all()
    assert sorted(labels(batch)) == ["Details", "Image again"]


def test_the_card_of_one_mac_offers_what_its_menu_does(
    card: Callable[[str], Message], database: Database, repo: MunkiRepo, deliver_all: DeliverAll
) -> None:
    shown = card("C02AAA")
    boot(database, repo, "C02AAA")
    deliver_all()

    assert sorted(labels(shown)) == ["Cancel", "Details", "Image again", "Move"]


EVERY = ["Cancel", "Details", "Image again", "Move", "Remind me"]
STALLED = {"state": IMAGING, "heard_at": NOON, "mentioned_at": NOON}


@pytest.mark.parametrize(
    ("macs", "offered"),
    [
        ([STALLED], EVERY),
        ([{"state": CANCELLED}], []),
        ([STALLED, {"state": CONFIRMED}], EVERY),
        ([{"state": FAILED}, {"state": CANCELLED}], EVERY),
        ([STALLED, {"state": CANCELLED}], [verb for verb in EVERY if verb != "Image again"]),
        ([{"state": CANCELLED}, {"state": CANCELLED}], []),
    ],
)
def test_a_card_offers_whatever_some_mac_on_it_can_take_and_nothing_else(
    macs: list[dict[str, object]],
    offered: list[str],
    database: Database,
    slack: Workspace,
    deliver_all: DeliverAll,
) -> None:
    register(database, *["C02AAA", "C02BBB"][: len(macs)])
    with database.begin() as session:
        for mac, facts in zip(session.scalars(select(Registration)), macs, strict=True):
            for name, value in facts.items():
                setattr(mac, name, value)
    deliver_all()

    assert sorted(labels(slack.channels[CHANNEL].messages[-1])) == offered


def test_what_came_of_a_window_and_an_error_there_keep_its_title(
    alice: Person, batch: Message, database: Database
) -> None:
    moving = opened(alice, batch, "card_move")
    alice.submit(moving, {"site": "paris", "build": "kiosk"})
    assert alice.open_view().content["title"]["text"] == "Move"
    alice.close(alice.open_view())

    alice.submit(opened(alice, batch, "card_move"), {"site": "paris", "build": "kiosk"})
    assert alice.open_view().content["title"]["text"] == "Move"
    alice.close(alice.open_view())

    alice.click(opened(alice, batch, "card_cancel"), "danger_all")
    eventually(lambda: "3 Macs cancelled" in written(alice.open_view()))
    assert alice.open_view().content["title"]["text"] == "Cancel"


def test_a_card_whose_macs_are_all_done_has_nothing_to_cancel_and_says_so(
    alice: Person, batch: Message, database: Database
) -> None:
    with database.begin() as session:
        for mac in session.scalars(select(Registration)):
            mac.state = "confirmed"

    alice.click(batch, "card_cancel")

    eventually(lambda: bool(alice.ephemerals))
    assert "This applies to no Mac on this card" in alice.ephemerals[-1].text


@pytest.mark.postgresql
def test_imaging_again_takes_those_that_are_done(
    alice: Person, batch: Message, database: Database, repo: MunkiRepo, deliver_all: DeliverAll
) -> None:
    for serial in ("C02AAA", "C02BBB"):
        boot(database, repo, serial)
    deliver_all()

    alice.click(opened(alice, batch, "card_reimage"), "danger_all")

    assert {state for _, _, state in states(database).values()} == {"waiting"}
    with database.reading() as session:
        assert session.scalars(select(Operation.what).order_by(Operation.id)).all() == [
            "registered",
            "reimaged",
        ]


def test_a_window_that_shows_one_mac_is_about_that_one_whatever_the_others_become(
    alice: Person, batch: Message, database: Database, repo: MunkiRepo, deliver_all: DeliverAll
) -> None:
    boot(database, repo, "C02BBB")
    deliver_all()
    view = opened(alice, batch, "card_reimage")
    assert "C02BBB" in written(view)
    for serial in ("C02AAA", "C02CCC"):
        boot(database, repo, serial)

    alice.click(view, "danger_all")

    assert [state for _, _, state in states(database).values()] == [
        "confirmed",
        "waiting",
        "confirmed",
    ]


@pytest.mark.postgresql
def test_a_reminder_comes_when_it_was_asked_for_and_only_if_the_mac_is_not_done(
    alice: Person, batch: Message, database: Database, clock: Clock, deliver_all: DeliverAll
) -> None:
    view = opened(alice, batch, "card_remind")
    alice.submit(view, {"which_macs": ["C02AAA", "C02BBB"], "when": "in 4 hours"})
    with database.begin() as session:
        session.execute(
            update(Registration)
            .where(Registration.serial == "C02BBB")
            .values(state="confirmed", confirmed_at=clock())
        )
    deliver_all()
    assert alice.dm.messages == []

    clock.advance(hours=4, minutes=1)
    deliver_all()

    [reminder] = alice.dm.messages
    assert "C02AAA" in reminder.text
