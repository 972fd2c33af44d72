"""Complaints about other bots, each of them tried on this one."""

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox.models import PARKED, Notification
from provisioning.registrations.models import Event, Registration
from tests.fakes.slack import Message, NotThere, Reply, SubmitResult, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.soaking import first, rows_in_soak
from tests.support.waiting import eventually

SLOW = 20  # seconds that Slack takes for anything that we ask of it, until we have answered

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def alice(slack: Workspace, bot: object) -> Person:
    """A technician whom Rollcall has met."""
    del bot
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "list", channel=CHANNEL)
    return alice


@pytest.fixture
def card(database: Database, slack: Workspace, deliver_all: DeliverAll) -> Message:
    """The card of three Macs."""
    register(database, "C02AAA", "C02BBB", "C02CCC")
    deliver_all()
    return slack.channels[CHANNEL].messages[-1]


# operation_timeout: slow work before the acknowledgement

Deed = Callable[[Person, Message], Reply]


def answered(alice: Person) -> bool:
    """True where a window is open, or Alice was told that Slack took too long to open it."""
    if any("could not be opened" in readable(one) for one in alice.ephemerals):
        return True
    with suppress(NotThere):
        return alice.open_view(0.1) is not None
    return False


# What people do, and what they see of it in the end.
DEEDS: dict[str, tuple[Deed, Callable[[Person], object]]] = {
    "a command": (
        lambda alice, _: alice.slash("/mac", "register C02DDD paris basic", channel=CHANNEL),
        lambda alice: "Registered" in readable(alice.ephemerals[-1]),
    ),
    "a form that is opened": (lambda alice, _: alice.slash("/mac", "", channel=CHANNEL), answered),
    "a button": (lambda alice, card: alice.click(card, "card_move"), answered),
    "a message's menu": (
        lambda alice, card: alice.shortcut_on(card, "register_message"),
        lambda alice: len(alice.ephemerals) > 1,
    ),
    "a shortcut": (lambda alice, _: alice.shortcut("register_macs"), answered),
    "the Home": (lambda alice, _: alice.open_home(), lambda alice: alice.home),
}


@rows_in_soak("a form that is opened waits as long", "a command")
@pytest.mark.parametrize(
    ("deed", "came"), first(2, DEEDS.values(), "all are acknowledged in one place"), ids=DEEDS
)
def test_nobody_waits_for_slack_to_answer_us(
    alice: Person, card: Message, slack: Workspace, deed: Deed, came: Callable[[Person], object]
) -> None:
    answered_us = threading.Event()
    slack.faults.delay(SLOW, times=20, until=answered_us)

    reply = deed(alice, card)

    assert reply.error is None
    assert reply.took < SLOW
    answered_us.set()
    slack.faults.clear()
    eventually(lambda: came(alice))


# silence after an error


def broken(database: Database) -> None:
    """A database that fails whenever a change is written down."""
    with database.begin() as session:
        session.execute(Event.__table__.delete())
        Event.__table__.drop(session.connection())


def test_a_button_that_fails_says_so(alice: Person, card: Message, database: Database) -> None:
    alice.click(card, "card_cancel")
    window = alice.open_view()
    broken(database)

    alice.click(window, "danger_all")

    failed = "Rollcall cannot use its database at this moment, and nothing was changed"
    eventually(lambda: failed in str(alice.open_view().blocks))
    with database.reading() as session:
        assert set(session.scalars(select(Registration.state))) == {"waiting"}


def test_an_undo_that_fails_says_so(alice: Person, database: Database) -> None:
    alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
    broken(database)

    alice.click(alice.ephemerals[-1], "undo")

    eventually(lambda: "nothing was changed" in readable(alice.ephemerals[-1]))


def test_a_form_that_fails_says_so(alice: Person, database: Database) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    window = alice.open_view()
    broken(database)

    ended: SubmitResult = alice.submit(
        window, {"serials": "C02AAA", "site": "london", "build": "design"}
    )

    assert ended.error is None
    assert "look for `" in str(alice.open_view().blocks)


# expired_trigger_id


@pytest.mark.parametrize("button", ["card_details", "card_move"])
def test_a_window_for_which_it_is_too_late_is_said(
    alice: Person, card: Message, slack: Workspace, button: str
) -> None:
    seen = len(alice.ephemerals)
    slack.faults.fail("expired_trigger_id", methods=("views.open",))

    alice.click(card, button)

    eventually(lambda: len(alice.ephemerals) > seen)
    assert "could not be opened" in readable(alice.ephemerals[-1])


# pickers emptied by rate limits


def test_pickers_are_full_while_slack_limits_us(alice: Person, slack: Workspace) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    window = alice.open_view()
    slack.faults.respond_429(30, times=20)

    offered = [option["value"] for option in alice.type_ahead(window, "site", "")]

    assert offered == ["london", "new york", "paris"]
    slack.faults.clear()


def test_a_site_beyond_the_first_hundred_is_found_by_its_letters(
    alice: Person, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    for number in range(250):
        (sites / f"lab {number:03}").write_bytes((sites / "paris").read_bytes())
    alice.slash("/mac", "", channel=CHANNEL)
    window = alice.open_view()

    assert len(alice.type_ahead(window, "site", "")) == 100
    assert [one["value"] for one in alice.type_ahead(window, "site", " B 24")] == [
        f"lab 24{number}" for number in range(10)
    ]
    alice.submit(window, {"serials": "C02AAA", "site": "lab 249", "build": "design"})
    assert "Registered `C02AAA` for *lab 249*" in str(alice.open_view().blocks)


# channel_not_found in a private channel, without the hint to invite the bot


@pytest.mark.postgresql(instead=True)
def test_a_private_channel_that_the_bot_is_not_in_is_told_of_with_the_mend(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    slack.add_channel("C0LOBBY", name="lobby")
    slack.channels[CHANNEL].private = True
    slack.channels[CHANNEL].bot_is_member = False
    alice.slash("/mac", "register C02AAA london design", channel="C0LOBBY")
    deliver_all()

    with database.reading() as session:
        query = select(Notification.reason).where(Notification.state == PARKED)
        [reason] = session.scalars(query).all()
    assert reason is not None
    assert reason.startswith("channel_not_found")
    assert "invite the bot" in reason
    alice.slash("/mac", "doctor", channel="C0LOBBY")
    assert "invite the bot" in readable(alice.ephemerals[-1])


# A response_url is good for five answers in half an hour


def shows(message: Message, text: str) -> bool:
    return text in readable(message)


def test_a_list_is_turned_more_often_than_one_address_may_be_answered(
    alice: Person, database: Database
) -> None:
    register(database, *(f"C02A{number:04}" for number in range(60)))
    alice.ask("/mac", "find C02A", channel=CHANNEL)
    shown = alice.ephemerals[-1]

    for turn in range(8):
        alice.click(shown, "found_newer" if turn % 2 else "found_older")
        page = "the newest 20" if turn % 2 else "here 21 to 40"
        eventually(partial(shows, shown, page))

    assert alice.errors == []
