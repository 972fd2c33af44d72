"""After a restore Slack is not told again what it was told since the backup.

But for the first test, the restored databases are copies of the file, with what a restore does to
their messages: that spares a dump and all migrations for each.
"""

import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.maintenance import backups
from provisioning.munki import Destination
from provisioning.outbox import claims, ordering
from provisioning.outbox import outbox as notifications
from provisioning.outbox.doubts import MAX_DELAY
from provisioning.outbox.models import CONFIRMATION, PARKED, PENDING, Card, Notification
from provisioning.outbox.refusals import refused_messages
from provisioning.outbox.relay import Relay
from provisioning.registrations.register import register
from provisioning.values.serials import Serial
from tests.fakes.slack import Workspace
from tests.provisioning.maintenance.backups.conftest import Take
from tests.support.acting import did
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending

pytestmark = pytest.mark.usefixtures("unhurried")


class Outbox:
    """A database that owes Slack a card, news in its thread and news, and later its copy."""

    def __init__(self, first: Database, copy: Database, slack: WebClient, clock: Clock) -> None:
        self.first, self.copy = first, copy
        self.slack, self._clock = slack, clock
        with first.begin() as session:
            act = did(session, "registered", by="U0ALICE")
            to = Destination("london", "design")
            card = register(session, [Serial("C02AAA")], to, operation=act, channel=CHANNEL).card
            assert card is not None
            at = clock()
            notifications.enqueue_news(session, channel=card, sentence="In its thread", at=at)
            notifications.enqueue_trouble(session, channel=CHANNEL, sentence="Alone", at=at)

    def deliver(self, database: Database) -> None:
        """Have a relay send all pending messages."""
        relay = Relay(database, SlackTransport(self.slack), clock=self._clock)
        for _ in range(20):
            self._clock.advance(seconds=2)
            relay.deliver()
            with database.reading() as session:
                if count_pending(session) == 0:
                    return
        raise AssertionError("something is still owed")

    def set(self, **values: object) -> None:
        """Change all pending messages in the first database."""
        with self.first.begin() as session:
            session.execute(update(Notification).values(**values))

    def keep(self) -> None:
        """Make the copy, as it would be of a backup of now."""
        with (
            closing(sqlite3.connect(str(self.first.engine.url.database))) as there,
            closing(sqlite3.connect(str(self.copy.engine.url.database))) as copy,
        ):
            there.backup(copy)

    def put_in_doubt(self, since: datetime, database: Database | None = None) -> None:
        """Leave a database as a restore of a backup of a moment would, or else the first one."""
        with (database or self.first).begin() as session:
            claims.put_all_in_doubt(session, since, self._clock())

    def restore(self, backup: bytes) -> None:
        """Put a backup into the copy."""
        backups.restore(str(self.copy.engine.url), io.BytesIO(backup), replace=True)


@pytest.fixture
def outbox(
    database: Database, tmp_path: Path, slack_client: WebClient, clock: Clock
) -> Iterator[Outbox]:
    with closing(Database(f"sqlite:///{tmp_path}/copy.sqlite3")) as copy:
        yield Outbox(database, copy, slack_client, clock)


def texts(slack: Workspace) -> list[str]:
    """The texts of the channel, but for those of people."""
    said = sorted(message.text for message in slack.channels[CHANNEL].messages)
    return [text for text in said if not text.startswith("busy")]


def test_what_was_said_since_the_backup_is_not_said_again(
    outbox: Outbox, take: Take, slack: Workspace, clock: Clock
) -> None:
    backup = take(outbox.first)
    outbox.deliver(outbox.first)
    said = texts(slack)
    assert len(said) == 3

    outbox.restore(backup)
    clock.advance(days=2)
    outbox.deliver(outbox.copy)

    assert texts(slack) == said
    with outbox.copy.reading() as session:
        [ts] = session.scalars(select(Card.ts))
    assert ts in {message.ts for message in slack.channels[CHANNEL].messages}


def test_what_was_not_said_since_the_backup_is_said_once(
    outbox: Outbox, slack: Workspace, clock: Clock
) -> None:
    """Not before Slack can no longer take what it was sent until the restore."""
    outbox.put_in_doubt(clock())
    Relay(outbox.first, SlackTransport(outbox.slack), clock=clock).deliver()
    assert texts(slack) == []

    clock.advance(seconds=MAX_DELAY.total_seconds() + 60)
    outbox.deliver(outbox.first)

    assert len(texts(slack)) == len(set(texts(slack))) == 3


def test_what_slack_refused_then_is_looked_for_too_once_it_is_owed_again(
    outbox: Outbox, slack: Workspace, clock: Clock
) -> None:
    taken_at = clock()
    outbox.set(state=PARKED, reason="not_in_channel")
    outbox.keep()
    outbox.set(state=PENDING)
    outbox.deliver(outbox.first)

    outbox.put_in_doubt(taken_at, outbox.copy)
    with outbox.copy.begin() as session:
        refused_messages.resend(session, CHANNEL)
    outbox.deliver(outbox.copy)

    assert len(texts(slack)) == 3


def test_what_was_in_no_doubt_is_in_it_from_the_moment_of_the_backup_on(
    outbox: Outbox, clock: Clock
) -> None:
    taken_at = clock()
    clock.advance(hours=1)

    outbox.put_in_doubt(taken_at)

    with outbox.first.reading() as session:
        assert set(session.scalars(select(Notification.attempted_at))) == {taken_at}


def test_a_doubt_that_was_there_before_goes_back_as_far_as_it_did(
    outbox: Outbox, clock: Clock
) -> None:
    before = clock()
    outbox.set(in_doubt=True, attempted_at=before)
    clock.advance(hours=1)

    outbox.put_in_doubt(clock())

    with outbox.first.reading() as session:
        assert set(session.scalars(select(Notification.attempted_at))) == {before}


def test_a_doubt_that_was_there_before_lasts_as_long_as_that_of_the_restore(
    outbox: Outbox, slack: Workspace, clock: Clock
) -> None:
    """It was over when the backup was taken, but the message was sent again since, perhaps."""
    before = clock() - timedelta(hours=1)
    outbox.set(in_doubt=True, attempted_at=before, lost_at=before + MAX_DELAY)

    outbox.put_in_doubt(clock())
    Relay(outbox.first, SlackTransport(outbox.slack), clock=clock).deliver()

    assert texts(slack) == []


def test_what_was_attempted_then_does_not_answer_for_what_came_after_it(
    outbox: Outbox, clock: Clock
) -> None:
    """A message in doubt says so many Macs; those of later ones are in doubt by the copy only."""
    with outbox.first.begin() as session:
        card = session.scalars(select(Card)).one()
        notifications.enqueue_news(session, channel=card, sentence="B", at=clock())
        in_thread = Notification.thread_id == card.id
        session.execute(update(Notification).where(in_thread).values(kind=CONFIRMATION))
        earlier, later = session.scalars(select(Notification).where(in_thread)).all()
        earlier.in_doubt, earlier.attempted_at = True, clock()
        earlier.lost_at = clock() + MAX_DELAY

    outbox.put_in_doubt(clock())

    with outbox.first.reading() as session:
        for each in (earlier.id, later.id):
            row = session.get_one(Notification, each)
            assert row.in_doubt
            assert ordering.covered(session, row, clock()) == (each,)
