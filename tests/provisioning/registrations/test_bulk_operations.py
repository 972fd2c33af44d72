"""Operations on many Macs at once: they take few statements, however many Macs there are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.munki.layout import Layout, PrefixForm, kept
from provisioning.outbox.models import Card, Notification
from provisioning.registrations import changes
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Event, Mac, Operation, Registration
from provisioning.values.serials import Serial
from tests.fakes.slack import Message, Workspace
from tests.fakes.slack.people.person import Person
from tests.support import acting
from tests.support.acting import did, undo
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")
MANY = 300
MAX_STATEMENTS = 20  # of one transaction, its BEGIN and COMMIT included

Deed = Callable[[Session, Operation], object]


@contextmanager
def counted(database: Database) -> Iterator[list[str]]:
    """The statements that are executed meanwhile."""
    said: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        said.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield said
    event.remove(database.engine, "before_cursor_execute", note)


def do(database: Database, what: str, deed: Deed) -> int:
    with database.begin() as session:
        act = did(session, what, by="U0ALICE", at=NOON)
        deed(session, act)
        return act.id


def register(database: Database, number: int) -> int:
    serials = [Serial.parse(f"C02{index:07}A") for index in range(number)]
    return do(
        database,
        "registered",
        lambda session, act: registrations.register(
            session, serials, LONDON, operation=act, channel="C1"
        ),
    )


def everything(session: Session) -> list[Mac]:
    return changes.lock(session, Registration.closed_at.is_(None))


DEEDS: dict[str, Deed] = {
    "moved": lambda session, act: changes.move(session, everything(session), PARIS, act),
    "reimaged": lambda session, act: changes.apply(
        session, everything(session), changes.reimage, act
    ),
    "cancelled": lambda session, act: changes.apply(
        session, everything(session), changes.cancel, act
    ),
}


@pytest.mark.postgresql(instead=True)
@pytest.mark.parametrize("what", DEEDS)
def test_many_macs_are_changed_and_taken_back_in_few_statements(
    database: Database, what: str
) -> None:
    register(database, MANY)
    before = states(database)

    with counted(database) as doing:
        act_id = do(database, what, DEEDS[what])
    with counted(database) as undoing, database.begin() as session:
        at = NOON + timedelta(minutes=1)
        undone = undo(session, act_id, by="U0ALICE", at=at)

    assert len(undone.restored) == MANY
    assert states(database) == before
    assert len(doing) < MAX_STATEMENTS
    assert len(undoing) < MAX_STATEMENTS


@pytest.mark.postgresql(soak=True)
def test_what_was_registered_is_taken_back_in_few_statements(database: Database) -> None:
    act_id = register(database, MANY)

    with counted(database) as undoing, database.begin() as session:
        undo(session, act_id, by="U0ALICE", at=NOON + timedelta(minutes=1))

    assert {state for _, _, state in states(database)} == {"cancelled"}
    assert len(undoing) < MAX_STATEMENTS


def test_the_layout_is_kept_in_which_the_place_of_a_move_is_named(database: Database) -> None:
    flat = Layout(sites=PrefixForm("site_"))
    register(database, 1)
    to = Destination("paris", "basic", flat)
    do(database, "moved", lambda session, act: changes.move(session, everything(session), to, act))

    with database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        assert kept.find(session, mac.layout) == flat


@pytest.mark.postgresql(instead=True)
def test_each_mac_has_its_event_with_what_it_was_and_what_it_is(database: Database) -> None:
    register(database, 2)
    with database.begin() as session:
        first = session.scalars(select(Registration).order_by(Registration.id)).first()
        assert first is not None
        first.state, first.confirmed_at, first.step = "confirmed", NOON, "finished"
    do(database, "moved", DEEDS["moved"])

    with database.reading() as session:
        moved = session.scalars(select(Event).where(Event.what == "moved")).all()
        macs = session.scalars(select(Registration).order_by(Registration.id)).all()
    assert [(one.registration_id, one.by, one.at) for one in moved] == [
        (mac.id, "U0ALICE", NOON) for mac in macs
    ]
    assert moved[0].before == {
        "site": "london",
        "build": "design",
        "state": "confirmed",
        "confirmed_at": NOON.isoformat(),
    }
    assert moved[0].after == {
        "site": "paris",
        "build": "basic",
        "state": "waiting",
        "confirmed_at": None,
    }
    assert [(mac.state, mac.confirmed_at, mac.step, mac.revision) for mac in macs] == [
        ("waiting", None, None, 2)
    ] * 2


def test_the_card_of_many_macs_is_drawn_once_an_act(database: Database) -> None:
    register(database, 3)
    do(database, "cancelled", DEEDS["cancelled"])

    with database.reading() as session:
        looks = session.scalars(select(Notification.card_id)).all()
        assert looks == [session.scalars(select(Card.id)).one()] * 2  # registered, cancelled


def states(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.serial))
        return [(mac.serial, mac.site, mac.state) for mac in rows]


@pytest.fixture
def card(bot: object, database: Database, slack: Workspace, deliver_all: DeliverAll) -> Message:
    """The card of very many Macs."""
    del bot
    acting.register(database, *(f"C02{index:07}A" for index in range(MANY * 2)))
    deliver_all()
    return slack.channels[CHANNEL].messages[-1]


def confirm(alice: Person, number: int) -> None:
    """Press the red button of the open window, and type how many Macs it is about."""
    alice.click(alice.open_view(), "danger_all")
    eventually(lambda: alice.open_view().callback_id == "danger_typed")
    alice.submit(alice.open_view(), {"number": str(number)})


def open_window(alice: Person, card: Message, verb: str) -> str:
    alice.click(card, f"card_{verb}")
    return "\n".join(str(block) for block in alice.open_view().blocks)


def test_a_window_says_so_where_it_acts_on_another_number_than_it_said(
    card: Message, slack: Workspace
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    assert "All 600 Macs" in open_window(alice, card, "cancel")
    alice.slash("/mac", "cancel C020000001A", channel=CHANNEL)

    confirm(alice, 600)

    said = "\n".join(str(block) for block in alice.open_view().blocks)
    assert "599 Macs cancelled. The window said 600 Macs: some have changed since." in said


@pytest.mark.postgresql(soak=True)
def test_macs_that_are_there_already_are_not_moved_and_nothing_is_recorded(
    card: Message, slack: Workspace, database: Database
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    open_window(alice, card, "move")

    alice.submit(alice.open_view(), {"site": "london", "build": "design"})

    said = "\n".join(str(block) for block in alice.open_view().blocks)
    assert "Those 600 Macs are registered for london/design already" in said
    with database.reading() as session:
        assert session.scalars(select(Operation.what)).all() == ["registered"]


def test_a_window_that_was_open_while_nothing_changed_says_only_what_it_did(
    card: Message, slack: Workspace
) -> None:
    alice = slack.person("U0ALICE", name="alice")
    open_window(alice, card, "move")

    alice.submit(alice.open_view(), {"site": "paris", "build": "basic"})

    said = "\n".join(str(block) for block in alice.open_view().blocks)
    assert "600 Macs moved to *paris* / *basic*." in said
    assert "The window said" not in said
