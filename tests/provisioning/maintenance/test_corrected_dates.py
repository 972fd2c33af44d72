"""Dates from a clock that ran ahead: they are brought back after it is set right."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import changed
from infrastructure.jobs import schedule
from provisioning.firstboot import benches, stalls, unknown
from provisioning.firstboot.models import UnknownMac
from provisioning.maintenance import clock_correction
from provisioning.maintenance.retention import documents
from provisioning.monitoring import digest
from provisioning.outbox import outbox
from provisioning.outbox.models import PENDING, SENT, STRANGER, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations.models import IMAGING, Registration
from provisioning.values.serials import Serial
from rollcall.parts import jobs
from tests.support.acting import LONDON, did, register
from tests.support.databases.retention import work_retention
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.postgresql

AHEAD = timedelta(hours=91)
POLICY = Policy.model_validate({"digest": "08:30", "timezone": "Europe/London"})


def set_back(database: Database, clock: Clock) -> int:
    """Set the clock back, and make a round."""
    clock.now -= AHEAD
    with database.begin() as session:
        return clock_correction.set_right(session, clock())


def due(database: Database) -> timedelta:
    """The time from the moment when the one message was put into the outbox until it is due."""
    with database.reading() as session:
        [owed] = session.scalars(select(Notification).where(Notification.due_at.is_not(None)))
        assert owed.due_at is not None
        return owed.due_at - owed.occurred_at


def test_a_round_that_finds_the_clock_right_changes_nothing(
    database: Database, clock: Clock
) -> None:
    register(database, "C02AAA", at=clock())
    clock.advance(seconds=-30)  # two machines are never quite at one

    with database.begin() as session:
        assert clock_correction.set_right(session, clock()) == 0


def test_a_reminder_comes_after_the_time_that_was_asked_for(
    database: Database, clock: Clock
) -> None:
    clock.now += AHEAD
    register(database, "C02AAA", at=clock())
    with database.begin() as session:
        mac = session.scalars(select(Registration)).one()
        in_two_hours = clock() + timedelta(hours=2)
        assert stalls.remind(session, mac, "U0ALICE", in_two_hours, at=clock())
    set_back(database, clock)

    assert due(database) == timedelta(hours=2)
    with database.reading() as session:
        [owed] = session.scalars(select(Notification).where(Notification.due_at.is_not(None)))
        assert owed.occurred_at == clock()


@pytest.mark.postgresql(instead=True)
def test_a_bench_takes_macs_for_as_long_as_it_was_opened_for(
    database: Database, clock: Clock
) -> None:
    clock.now += AHEAD
    with database.begin() as session:
        act = did(session, "benched", by="U0BOB", at=clock())
        until = clock() + benches.USUAL
        benches.start(session, LONDON, number=3, until=until, operation=act, channel=CHANNEL)
    set_back(database, clock)

    with database.begin() as session:
        assert benches.current(session, clock() + benches.USUAL - timedelta(seconds=1))
        assert not benches.current(session, clock() + benches.USUAL)


@pytest.mark.postgresql(instead=True)
def test_a_mac_that_fell_silent_is_noticed(database: Database, clock: Clock) -> None:
    clock.now += AHEAD
    register(database, "C02AAA", at=clock())
    with database.begin() as session:
        session.execute(update(Registration).values(state=IMAGING, heard_at=clock()))
    set_back(database, clock)
    clock.now += POLICY.stall_after(IMAGING) + timedelta(seconds=1)

    with database.begin() as session:
        assert stalls.notice(session, POLICY, channel=CHANNEL, now=clock()) == 1


@pytest.mark.postgresql(instead=True)
def test_a_mac_that_is_none_of_ours_is_asked_about_again_after_a_day(
    database: Database, clock: Clock
) -> None:
    clock.now += AHEAD
    with database.begin() as session:
        card = Card(kind=STRANGER, channel=CHANNEL, created_at=clock())
        session.add(card)
        session.flush()
        session.add(
            UnknownMac(
                serial="C02AAA",
                reported_as="C02AAA",
                card_id=card.id,
                first_at=clock(),
                last_at=clock(),
                settled_at=clock(),
                settled_by="U0BOB",
            )
        )
    set_back(database, clock)
    clock.now += unknown.DISMISSED_FOR + timedelta(seconds=1)

    with database.reading() as session:
        assert not unknown.is_unwanted(session, Serial.parse("C02AAA"), clock())


def test_the_digest_comes_the_next_day_and_each_day_after_it(
    database: Database, clock: Clock
) -> None:
    """Those of the days ahead were told already, by that clock."""
    clock.now = clock.now.replace(hour=12)  # a digest is told in the hours after it is due
    register(database, "C02AAA", at=clock())
    with database.begin() as session:
        schedule.lock_last_run(session, "digest", clock())

    def owed() -> int:
        with database.begin() as session:
            digest.enqueue_daily(session, POLICY, channel=CHANNEL, command="/mac", now=clock())
            said = update(Notification).where(Notification.state == PENDING)
            return changed(session, said.values(state=SENT))

    owed()
    for _ in range(4):
        clock.advance(days=1)
        owed()
    clock.now -= timedelta(days=4)
    with database.begin() as session:
        clock_correction.set_right(session, clock())
    clock.advance(days=1, minutes=1)
    told = []
    for _ in range(3):
        clock.advance(days=1)
        told.append(owed())

    assert told == [1, 1, 1]


@pytest.mark.postgresql(instead=True)
def test_the_same_trouble_is_told_on_the_day_that_was_told_of_already(
    database: Database, clock: Clock
) -> None:
    def trouble() -> bool:
        with database.begin() as session:
            return outbox.enqueue_trouble(
                session, channel=CHANNEL, sentence="the disk is full", at=clock()
            )

    clock.now += AHEAD
    with database.begin() as session:
        schedule.lock_last_run(session, "a round", clock())
    assert trouble()
    set_back(database, clock)
    clock.now += AHEAD

    assert trouble()
    assert not trouble()


@pytest.mark.postgresql(instead=True)
def test_news_that_is_told_once_for_ever_stays_told(database: Database, clock: Clock) -> None:
    def news() -> bool:
        with database.begin() as session:
            return outbox.enqueue_news(
                session, channel=CHANNEL, sentence="hello", at=clock(), dedup_key="hello"
            )

    clock.now += AHEAD
    with database.begin() as session:
        schedule.lock_last_run(session, "a round", clock())
    assert news()

    assert set_back(database, clock) == 2, "the round and the news"
    assert not news()


@pytest.mark.postgresql(soak=True)
@pytest.mark.parametrize("behind", [timedelta(hours=91), timedelta(days=20_000)], ids=str)
def test_a_clock_that_was_behind_has_nothing_of_what_is_owed_pruned(
    database: Database, clock: Clock, behind: timedelta
) -> None:
    clock.now -= behind
    with database.begin() as session:
        outbox.enqueue_file(
            session, channel=CHANNEL, name="a.csv", content=b"a", sentence="A file.", at=clock()
        )
        schedule.lock_last_run(session, "pruning", clock())
    clock.now += behind
    with database.begin() as session:
        documents.prune(session, clock())
        jobs.prune_daily(session, clock())
        clock_correction.set_right(session, clock())
    work_retention(database, clock())

    with database.reading() as session:
        [owed] = session.scalars(select(Notification))
        assert owed.state == PENDING
        assert owed.facts["document"]
