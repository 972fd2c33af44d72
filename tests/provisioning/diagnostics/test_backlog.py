"""The doctor's findings about pending work, and the daily removal of old rows."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, null, select, update
from sqlalchemy.orm import Session

from bot.diagnostics.doctor import LOOKING
from infrastructure.database.engine import Database
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from provisioning.firstboot.models import UnknownMac
from provisioning.imports.models import DROPPED, READ, Import
from provisioning.outbox import outbox
from provisioning.outbox.models import (
    CARD,
    PARKED,
    PENDING,
    SENT,
    STRANGER,
    UNSAID,
    Card,
    Notification,
)
from rollcall.parts import jobs
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.databases.retention import work_retention
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

Ask = Callable[[], str]

NOW = datetime.now(UTC)


pytestmark = pytest.mark.policy('admins = ["U0ALICE"]\n')


@pytest.fixture
def doctor(alice: Person, bot: object) -> Ask:
    """A function that returns the doctor's answer to Alice."""
    del bot

    def asked() -> str:
        reply = alice.slash("/mac", "doctor", channel=CHANNEL)
        assert reply.response_type == "ephemeral"
        return "\n".join(block["text"]["text"] for block in reply.blocks)

    return asked


@pytest.fixture
def attended(database: Database) -> None:
    """Every part is at work."""
    for part in ("server", "relay", "jobs"):
        Process(part, database).beat()


def owed(database: Database, **state: object) -> None:
    with database.begin() as session:
        outbox.enqueue_news(session, channel="C0PARIS", sentence="x", at=NOW)
        session.execute(update(Notification).where(Notification.state == PENDING).values(**state))


@pytest.mark.usefixtures("attended")
def test_nothing_is_nothing(doctor: Ask) -> None:
    assert doctor() == f"Nothing to fix. {LOOKING}"


@pytest.mark.usefixtures("bot")
def test_the_doctors_answer_is_for_admins(slack: Workspace) -> None:
    bob = slack.person("U0BOB", name="bob")

    assert (
        "You may not see what is to be fixed" in bob.slash("/mac", "doctor", channel=CHANNEL).text
    )


@pytest.mark.usefixtures("attended")
def test_what_is_odd_about_the_policy_is_told_and_what_is_wrong_with_it_now(
    doctor: Ask, policy_file: Path
) -> None:
    design = '[builds.design]\ncatalogs = ["prodution"]\n'
    policy_file.write_text(f'admins = ["U0ALICE"]\n[sites.londn]\n{design}')
    _look_again(doctor, "did you mean 'london'", "the Munki repo has no catalog 'prodution'")
    policy_file.write_text("admins = [")

    _look_again(doctor, "Policy file: ")


def _look_again(doctor: Ask, *wanted: str) -> None:
    """The policy file is looked at once a second, for which one waits rather than asks."""
    time.sleep(1)

    def told() -> bool:
        answer = doctor()
        return all(each in answer for each in wanted)

    eventually(told)


@pytest.mark.postgresql(soak=True)
@pytest.mark.usefixtures("attended")
def test_what_slack_refused_is_told_with_the_reason(doctor: Ask, database: Database) -> None:
    owed(database, state=PARKED, reason="not_in_channel: invite the bot to the channel")
    owed(database, state=PARKED, reason="not_in_channel: invite the bot to the channel")

    assert (
        "Slack refused 2 messages for <#C0PARIS> (not\u200b_in\u200b_channel"
        in doctor().replace("_\u200b", "\u200b_")
    )


@pytest.mark.postgresql(soak=True)
@pytest.mark.usefixtures("attended")
def test_a_relay_that_is_missing_is_missed_but_not_for_what_is_due_later(
    doctor: Ask, database: Database
) -> None:
    hour = timedelta(hours=1)
    owed(database, occurred_at=NOW - hour, due_at=NOW + hour)
    assert doctor() == f"Nothing to fix. {LOOKING}"
    owed(database, occurred_at=NOW - hour, due_at=None)

    assert "Is the relay running" in doctor()


@pytest.mark.postgresql(soak=True)
@pytest.mark.usefixtures("attended")
def test_what_slack_has_not_answered_is_told_and_is_not_the_relays_fault(
    doctor: Ask, database: Database
) -> None:
    began = NOW - timedelta(minutes=10)
    owed(
        database,
        occurred_at=began,
        attempted_at=began,
        in_doubt=True,
        lost_at=datetime.now(UTC) + timedelta(minutes=5),
    )

    said = doctor()
    assert "Slack has not answered 1 message, the first of them at" in said
    assert "sent again after 15 minutes if it is not there" in said
    assert "Is the relay running" not in said


@pytest.mark.postgresql(soak=True)
def test_a_part_that_nobody_does_is_missed_and_one_that_fell_silent_with_since_when(
    doctor: Ask, database: Database
) -> None:
    for part in ("server", "relay"):
        Process(part, database).beat()
    assert "No job runner is running: files are not read and silence is not noticed." in doctor()
    runner = Process("jobs", database)
    runner.beat("busy with import")
    with database.begin() as session:
        session.execute(update(Heartbeat).where(Heartbeat.part == "jobs").values(patience=-1))
    assert "The job runner on " in doctor()
    assert "has been silent since 20" in doctor()
    with database.begin() as session:
        runner.note(session)

    assert doctor() == f"Nothing to fix. {LOOKING}"


@pytest.mark.postgresql(instead=True)
@pytest.mark.usefixtures("attended")
def test_macs_that_nobody_knows_are_counted(doctor: Ask, database: Database) -> None:
    with database.begin() as session:
        card = Card(kind=STRANGER, channel=CHANNEL, created_at=NOW)
        session.add(card)
        session.flush()
        for number in range(2):
            name = f"C02NEW{number}"
            session.add(
                UnknownMac(
                    serial=name, reported_as=name, card_id=card.id, first_at=NOW, last_at=NOW
                )
            )

    assert "2 Macs booted and nobody registered them" in doctor()


# What is cleared away


def told(session: Session, days: float, state: str, **more: object) -> None:
    at = NOW - timedelta(days=days)
    rest = {"kind": "news", "key": "k", "channel": CHANNEL, "facts": {}, "settled_at": at, **more}
    session.add(Notification(occurred_at=at, state=state, **rest))


def days_kept(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        rows = session.scalars(select(Notification).order_by(Notification.id))
        return [(row.state, (NOW - row.occurred_at).days) for row in rows]


def prune(database: Database, *days: float) -> None:
    for day in days:
        with database.begin() as session:
            jobs.prune_daily(session, NOW + timedelta(days=day))
        work_retention(database, NOW + timedelta(days=day))


@pytest.mark.postgresql(instead=True)
def test_what_was_told_long_ago_is_forgotten_and_what_is_owed_never(database: Database) -> None:
    with database.begin() as session:
        told(session, 200, PENDING, settled_at=None)
        told(session, 201, PARKED, settled_at=None)
        told(session, 91, SENT)
        told(session, 92, UNSAID)
        told(session, 88, SENT)
        told(session, 300, SENT, once="never to be said again")
        told(session, 93, SENT, once="2026-03-02 trouble", kind="trouble")
        told(session, 93, SENT, once="remind 1 U0ALICE 2026-03-02T12:00", kind="reminder")
        told(session, 4, SENT, kind=CARD)
        told(session, 0, SENT, kind=CARD)
    prune(database, 0, 1.1)

    assert days_kept(database) == [
        (PENDING, 200),
        (PARKED, 201),
        (SENT, 88),
        (SENT, 300),
        (SENT, 0),
    ]


def test_old_rows_are_removed_once_a_day(database: Database) -> None:
    prune(database, 0, 1.1)
    with database.begin() as session:
        told(session, 100, SENT)
    prune(database, 1.2, 2)
    assert len(days_kept(database)) == 1
    prune(database, 2.2)

    assert days_kept(database) == []


@pytest.mark.postgresql
def test_what_a_file_held_is_forgotten_once_it_is_settled_for_long(database: Database) -> None:
    old = NOW - timedelta(days=100)
    with database.begin() as session:
        for state, settled_at in ((DROPPED, old), (DROPPED, NOW), (READ, None)):
            session.add(
                Import(
                    by="U0ALICE",
                    via="file",
                    state=state,
                    sources=[],
                    reading={"rows": 1},
                    created_at=old,
                    settled_at=settled_at,
                )
            )
    prune(database, 0, 1.1)

    with database.reading() as session:
        kept = session.scalars(select(Import.reading).order_by(Import.id)).all()
        gone = select(func.count()).select_from(Import).where(Import.reading.is_(null()))
        assert session.scalar(gone) == 1
    assert kept == [None, {"rows": 1}, {"rows": 1}]
