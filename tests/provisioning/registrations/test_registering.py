"""Registrations by technicians, on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.outbox.models import Card, Notification
from provisioning.registrations import queries
from provisioning.registrations import register as registrations
from provisioning.registrations.changes import AlreadyThere
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.listings import searches
from provisioning.registrations.models import Event, Registration
from provisioning.registrations.register import RegisterResult
from provisioning.values.serials import Serial
from tests.support import acting
from tests.support.acting import LONDON, did, register
from tests.support.fixtures.doors import NOON
from tests.support.owed import count_pending

pytestmark = pytest.mark.postgresql(instead=True)

PARIS = Destination("paris", "basic")


def number_of(database: Database, model: type) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.postgresql(soak=True)
def test_a_batch_is_one_card_and_every_mac_has_its_event(database: Database) -> None:
    batch = register(database, "C02AAA", "C02BBB", "c02aaa")

    assert batch.registered == 2
    assert batch.already == []
    assert number_of(database, Registration) == 2
    assert number_of(database, Event) == 2
    assert number_of(database, Card) == 1
    assert number_of(database, Notification) == 1


def test_what_somebody_registered_is_left_alone_and_named(database: Database) -> None:
    register(database, "C02AAA")

    batch = register(database, "C02AAA", "C02BBB", to=PARIS, by="U0BOB")

    assert batch.registered == 1
    [conflict] = batch.already
    assert (conflict.serial, conflict.site, conflict.registered_by) == (
        "C02AAA",
        "london",
        "U0ALICE",
    )


def test_a_batch_of_nothing_new_leaves_no_card_behind(database: Database) -> None:
    register(database, "C02AAA")

    assert register(database, "c02aaa", to=PARIS).card is None

    assert number_of(database, Card) == 1
    assert number_of(database, Notification) == 1


@pytest.mark.postgresql(instead=True)
def test_two_people_who_register_one_mac_at_once_make_one_registration(database: Database) -> None:
    batches: list[RegisterResult] = []
    barrier = threading.Barrier(8)

    def technician(number: int) -> None:
        barrier.wait()
        batches.append(register(database, "C02SAME", by=f"U{number}"))

    threads = [threading.Thread(target=technician, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(batch.registered for batch in batches) == [0] * 7 + [1]
    assert number_of(database, Registration) == 1
    assert number_of(database, Card) == 1


def test_a_move_is_recorded_with_what_was_before(database: Database) -> None:
    register(database, "C02AAA")

    acting.move_now(database, "c02aaa", PARIS, by="U0BOB", at=NOON)

    with database.reading() as session:
        moved = session.scalars(select(Registration)).one()
        assert (moved.site, moved.build, moved.revision) == ("paris", "basic", 2)
        event = session.scalars(select(Event).where(Event.what == "moved")).one()
    assert event.by == "U0BOB"
    waits = {"state": "waiting", "confirmed_at": None}
    assert event.before == {"site": "london", "build": "design", **waits}
    assert event.after == {"site": "paris", "build": "basic", **waits}


def test_a_move_to_where_it_goes_already_is_refused_and_changes_nothing(database: Database) -> None:
    register(database, "C02AAA")

    refusal = pytest.raises(AlreadyThere, match="That Mac is registered for london/design already")
    with refusal, database.begin() as session:
        acting.move(
            session, Serial.parse("C02AAA"), LONDON, act=did(session, "moved", by="U0BOB", at=NOON)
        )

    with database.reading() as session:
        assert session.scalars(select(Registration)).one().revision == 1
    assert number_of(database, Event) == 1


def test_a_cancelled_mac_can_be_registered_again_and_its_history_stays(database: Database) -> None:
    register(database, "C02AAA")
    acting.cancel_now(database, "C02AAA", by="U0BOB", at=NOON)

    assert register(database, "C02AAA", to=PARIS).registered == 1
    assert number_of(database, Registration) == 2


@pytest.mark.parametrize("change", ["reassign", "cancel"])
def test_a_mac_that_is_not_registered_is_named_with_its_near_misses(
    database: Database, change: str
) -> None:
    register(database, "C02XG0FDJGH5", "C02ZZZZZZZZZ")
    mistyped = Serial.parse("C02XGOFDJGH5")
    changes: dict[str, Callable[[Session], object]] = {
        "cancel": lambda session: acting.cancel(
            session, mistyped, act=did(session, "cancelled", by="U1", at=NOON)
        ),
        "reassign": lambda session: acting.move(
            session, mistyped, PARIS, act=did(session, "moved", by="U1", at=NOON)
        ),
    }

    with pytest.raises(NotRegistered) as refusal, database.begin() as session:
        changes[change](session)

    assert refusal.value.nearest == ("C02XG0FDJGH5",)


def test_a_mac_is_found_by_any_part_of_what_is_known_of_it(database: Database) -> None:
    register(database, "C02AAA", note="Shelf 4, 100% new")
    register(database, "C02BBB", to=PARIS, by="U0BOB")

    for text in (
        "2aa",
        "c02AAA",
        "LOND",
        "desi",
        "shelf 4",
        "U0ALICE",
        "<@U0ALICE>",
        "<@U0ALICE|a>",
    ):
        with database.reading() as session:
            found, total = searches.find(session, text, limit=5)

        assert ([mac.serial for mac in found], total) == (["C02AAA"], 1), text


def test_signs_that_mean_anything_to_the_database_mean_themselves(database: Database) -> None:
    register(database, "C02AAA")

    with database.reading() as session:
        assert searches.find(session, "%", limit=5) == ([], 0)
        assert searches.find(session, "_02", limit=5) == ([], 0)


def test_a_list_is_the_newest_and_says_how_many_there_are(database: Database) -> None:
    register(database, *(f"C02{number:03}" for number in range(30)))
    register(database, "C03AAA", to=PARIS)

    with database.reading() as session:
        newest, total = queries.waiting(session, None, limit=5)
        parisian, parisians = queries.waiting(session, "paris", limit=5)

    assert total == 31
    assert newest[0].serial == "C03AAA"
    assert ([mac.serial for mac in parisian], parisians) == (["C03AAA"], 1)


@pytest.mark.postgresql(soak=True)
def test_ten_thousand_macs_are_registered_in_one_call(database: Database) -> None:
    register(database, "C0000005")

    batch = register(database, *(f"C{number:07}" for number in range(10_000)))

    assert batch.registered == 9_999
    assert [mac.serial for mac in batch.already] == ["C0000005"]
    assert number_of(database, Event) == 10_000


@pytest.mark.postgresql(instead=True)
def test_two_people_with_the_same_list_in_another_order_do_not_block_each_other(
    database: Database,
) -> None:
    serials = [f"C{number:07}" for number in range(900)]
    for turn in range(2):
        lists = (serials, serials[::-1])
        with ThreadPoolExecutor(2) as pool:
            batches = list(pool.map(lambda one: register(database, *one), lists))
        assert sum(batch.registered for batch in batches) == (900 if turn == 0 else 0)


def test_nothing_stays_of_a_transaction_that_fails(database: Database) -> None:
    def register_and_fail() -> None:
        with database.begin() as session:
            registrations.register(
                session,
                [Serial.parse("C02AAA")],
                LONDON,
                operation=did(session, "registered", by="U1", at=NOON),
                channel="C1",
            )
            raise RuntimeError("the process has better things to do")

    with pytest.raises(RuntimeError):
        register_and_fail()

    assert number_of(database, Registration) == 0
    with database.reading() as session:
        assert count_pending(session) == 0
