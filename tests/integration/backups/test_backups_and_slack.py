"""After a restore Slack is not told again what it was told since the backup."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import select, update

from bot.courier import Courier
from provisioning import backups, deliveries, notifications
from provisioning.database import Database
from provisioning.models import OWED, PARKED, Card, Notification
from provisioning.munki import Destination
from provisioning.registrations import register
from provisioning.serials import Serial
from tests.integration.backups.conftest import Take
from tests.integration.conftest import Clock
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace

pytestmark = pytest.mark.usefixtures("unhurried")


@pytest.fixture
def restored(
    database: Database, take: Take, tmp_path: Path, clock: Clock
) -> Iterator[Callable[[bytes], Database]]:
    """Restores a backup into a database of its own."""
    opened = Database(f"sqlite:///{tmp_path}/restored.sqlite3")

    def restore(backup: bytes) -> Database:
        backups.restore(str(opened.engine.url), io.BytesIO(backup), replace=True)
        return opened

    with closing(opened):
        yield restore


@pytest.fixture
def owed(database: Database, clock: Clock) -> Database:
    """A database that owes Slack a card, news in its thread, and news."""
    with database.begin() as session:
        act = did(session, "registered", by="U0ALICE")
        to = Destination("london", "design")
        batch = register(session, [Serial("C02AAA")], to, act=act, channel=CHANNEL)
        notifications.owe_news(
            session, channel=CHANNEL, sentence="In its thread", thread=batch.card, at=clock()
        )
        notifications.owe_trouble(
            session, channel=CHANNEL, facts={"sentence": "Alone"}, once="alone", at=clock()
        )
    return database


def deliver(database: Database, slack_client: WebClient, clock: Clock) -> None:
    """Have a courier send all that is owed."""
    courier = Courier(database, slack_client, clock=clock)
    for _ in range(20):
        clock.advance(seconds=2)
        courier.deliver()
    with database.reading() as session:
        assert deliveries.owed(session) == 0


def texts(slack: Workspace) -> list[str]:
    return sorted(message.text for message in slack.channels[CHANNEL].messages)


def test_what_was_said_since_the_backup_is_not_said_again(
    owed: Database,
    take: Take,
    restored: Callable[[bytes], Database],
    slack: Workspace,
    slack_client: WebClient,
    clock: Clock,
) -> None:
    backup = take(owed)
    deliver(owed, slack_client, clock)
    said = texts(slack)
    assert len(said) == 3

    copy = restored(backup)
    clock.advance(days=2)
    deliver(copy, slack_client, clock)

    assert texts(slack) == said
    with copy.reading() as session:
        assert session.scalars(select(Card.ts)).one() in {
            message.ts for message in slack.channels[CHANNEL].messages
        }


def test_what_was_not_said_since_the_backup_is_said_once(
    owed: Database,
    take: Take,
    restored: Callable[[bytes], Database],
    slack: Workspace,
    slack_client: WebClient,
    clock: Clock,
) -> None:
    deliver(restored(take(owed)), slack_client, clock)

    assert len(texts(slack)) == len(set(texts(slack))) == 3


def test_what_slack_refused_then_is_looked_for_too_once_it_is_owed_again(
    owed: Database,
    take: Take,
    restored: Callable[[bytes], Database],
    slack: Workspace,
    slack_client: WebClient,
    clock: Clock,
) -> None:
    with owed.begin() as session:
        session.execute(update(Notification).values(state=PARKED, reason="not_in_channel"))
    backup = take(owed)
    with owed.begin() as session:
        session.execute(update(Notification).values(state=OWED))
    deliver(owed, slack_client, clock)

    copy = restored(backup)
    with copy.begin() as session:
        deliveries.unpark(session, CHANNEL)
    deliver(copy, slack_client, clock)

    assert len(texts(slack)) == 3


def test_a_doubt_that_was_there_before_goes_back_as_far_as_it_did(
    owed: Database, take: Take, restored: Callable[[bytes], Database], clock: Clock
) -> None:
    before = clock()
    with owed.begin() as session:
        session.execute(update(Notification).values(in_doubt=True, attempted_at=before))
    clock.advance(hours=1)

    with restored(take(owed)).reading() as session:
        assert set(session.scalars(select(Notification.attempted_at))) == {before}


def test_with_a_busy_channel_in_between_it_is_found_as_well(
    owed: Database,
    take: Take,
    restored: Callable[[bytes], Database],
    slack: Workspace,
    slack_client: WebClient,
    clock: Clock,
) -> None:
    """Days of other people's messages came after it: Slack shows the newest first."""
    backup = take(owed)
    deliver(owed, slack_client, clock)
    said = texts(slack)
    bob = slack.person("U0BOB", name="bob")
    for number in range(1_000):
        bob.say(CHANNEL, f"busy {number}")

    deliver(restored(backup), slack_client, clock)

    assert [text for text in texts(slack) if not text.startswith("busy")] == said
