"""Taking back what was just done."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.registrations.operations import NotUndoable, UndoResult
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import did
from tests.support.acting import undo as undo_act

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LONDON, PARIS = Destination("london", "design"), Destination("paris", "basic")
MAC = Serial("C02AAA")


class Floor:
    """The registrations of a database, as technicians make and undo them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def do(
        self, what: str, work: Callable[[Session, Operation], object], *, at: datetime = NOON
    ) -> int:
        with self._database.begin() as session:
            act = did(session, what, by="U0ALICE", at=at)
            work(session, act)
            return act.id

    def register(self, *serials: str, at: datetime = NOON) -> int:
        return self.do(
            "registered",
            lambda session, act: registrations.register(
                session,
                [Serial.parse(text) for text in serials],
                LONDON,
                operation=act,
                channel="C1",
            ),
            at=at,
        )

    def undo(self, act_id: int, *, after: float = 1) -> UndoResult:
        with self._database.begin() as session:
            at = NOON + timedelta(minutes=after)
            return undo_act(session, act_id, by="U0BOB", at=at)

    def states(self) -> dict[str, str]:
        with self._database.reading() as session:
            rows = session.scalars(select(Registration).order_by(Registration.id))
            return {mac.serial: f"{mac.site} {mac.state}" for mac in rows}


@pytest.fixture
def floor(database: Database) -> Floor:
    """A floor where nothing has happened yet."""
    return Floor(database)


def test_a_batch_that_was_registered_by_mistake_is_gone_in_one_press(floor: Floor) -> None:
    act = floor.register("C02AAA", "C02BBB")

    undone = floor.undo(act)

    assert floor.states() == {"C02AAA": "london cancelled", "C02BBB": "london cancelled"}
    assert [mac.serial for mac in undone.restored] == ["C02AAA", "C02BBB"]


@pytest.mark.postgresql(soak=True)
def test_a_move_goes_back_to_where_it_came_from_with_what_it_was(
    floor: Floor, database: Database
) -> None:
    floor.register("C02AAA")
    with database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        mac.state, mac.confirmed_at = "confirmed", NOON
    act = floor.do("moved", lambda session, act: acting.move(session, MAC, PARIS, act=act))
    assert floor.states() == {"C02AAA": "paris waiting"}

    floor.undo(act)

    assert floor.states() == {"C02AAA": "london confirmed"}
    with database.reading() as session:
        assert session.scalars(select(Registration)).one().confirmed_at == NOON


def test_a_cancelled_registration_is_open_again(floor: Floor) -> None:
    floor.register("C02AAA")
    act = floor.do("cancelled", lambda session, act: acting.cancel(session, MAC, act=act))

    floor.undo(act)

    assert floor.states() == {"C02AAA": "london waiting"}


def test_one_that_somebody_registered_anew_meanwhile_stays_cancelled(floor: Floor) -> None:
    floor.register("C02AAA")
    act = floor.do("cancelled", lambda session, act: acting.cancel(session, MAC, act=act))
    floor.register("C02AAA")

    undone = floor.undo(act)

    assert [mac.serial for mac in undone.left] == ["C02AAA"]
    assert undone.restored == []


def test_a_mac_to_which_something_happened_since_is_left_alone(floor: Floor) -> None:
    act = floor.register("C02AAA", "C02BBB")
    floor.do("moved", lambda session, act: acting.move(session, MAC, PARIS, act=act))

    undone = floor.undo(act)

    assert floor.states() == {"C02AAA": "paris waiting", "C02BBB": "london cancelled"}
    assert [mac.serial for mac in undone.left] == ["C02AAA"]


@pytest.mark.parametrize(
    ("after", "why"), [(10.1, "more than 10 minutes ago"), (1, "undone already")]
)
def test_what_is_long_ago_or_undone_already_is_not_undone(
    floor: Floor, after: float, why: str
) -> None:
    act = floor.register("C02AAA")
    if "already" in why:
        floor.undo(act)

    with pytest.raises(NotUndoable, match=why):
        floor.undo(act, after=after)


def test_two_who_undo_at_once_undo_once(floor: Floor, database: Database) -> None:
    act = floor.register("C02AAA")

    with ThreadPoolExecutor(2) as threads:
        attempts = [threads.submit(floor.undo, act) for _ in range(2)]
        refused = [attempt.exception() for attempt in attempts if attempt.exception()]

    assert [type(error) for error in refused] == [NotUndoable]
    with database.reading() as session:
        assert len(session.scalars(select(Event).where(Event.what == "undone")).all()) == 1


def test_nothing_that_never_happened_is_undone(floor: Floor) -> None:
    with pytest.raises(NotUndoable, match="no such change"):
        floor.undo(4711)
