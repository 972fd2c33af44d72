"""Processes that do one thing at once: it is done once."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from infrastructure.database.schema import migrations
from infrastructure.jobs import schedule
from provisioning.monitoring.webhooks import cursors
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import PARKED, Notification
from provisioning.outbox.refusals import held
from provisioning.registrations import register
from provisioning.values.serials import Serial
from tests.support.acting import did
from tests.support.databases.turns import Work, second

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def test_a_periodic_task_that_another_runner_has_just_done_is_not_due(postgresql_url: str) -> None:
    def run(session: Session) -> datetime:
        last = schedule.lock_last_run(session, "a round", LATER)
        schedule.note(session, "a round", LATER)
        return last

    def works(session: Session) -> tuple[Work, Work]:
        schedule.lock_last_run(session, "a round", NOON)
        return run, run

    assert second(postgresql_url, works).result() == LATER


def test_a_periodic_task_may_be_begun_for_the_first_time_by_two_runners(
    postgresql_url: str,
) -> None:
    def run(session: Session) -> datetime:
        return schedule.lock_last_run(session, "a round", NOON)

    assert second(postgresql_url, lambda _: (run, run)).result() == NOON


def test_what_slack_refused_is_said_once_though_two_hear_that_it_may_be_said(
    postgresql_url: str,
) -> None:
    def release(session: Session) -> int:
        return held.release(session, "C1", LATER)

    def works(session: Session) -> tuple[Work, Work]:
        for sentence in ("one", "two"):
            outbox.enqueue_news(session, channel="C1", sentence=sentence, at=NOON)
        session.execute(update(Notification).values(state=PARKED))
        return release, release

    assert second(postgresql_url, works).result() == 0


def test_an_event_is_handed_to_webhooks_by_one_process(postgresql_url: str) -> None:
    def hand_on(session: Session) -> list[int]:
        return [*cursors.advance(session, "events", LATER)]

    def works(session: Session) -> tuple[Work, Work]:
        cursors.begin(session)
        operation = did(session, "registered", by="U0ALICE", at=NOON)
        place = Destination("london", "design")
        register.register(session, [Serial("C02AAA")], place, operation=operation, channel="C1")
        return hand_on, hand_on

    assert second(postgresql_url, works).result() == []


def test_two_processes_do_not_change_the_schema_at_once(postgresql_url: str) -> None:
    def works(_: Session) -> tuple[Work, Work]:
        return (
            lambda session: migrations.hold(session.connection()),
            lambda session: migrations.hold(session.connection()),
        )

    assert second(postgresql_url, works).result() is None
