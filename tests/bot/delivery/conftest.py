"""A job runner who makes files, and who asks for them."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from provisioning.outbox import outbox
from tests.fakes.slack import Message, Workspace
from tests.fakes.slack.people.person import Person
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock


@pytest.fixture
def alice(slack: Workspace) -> Person:
    """An admin."""
    slack.pace.rate = None  # Slack's clock is not the test's
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def file(database: Database, clock: Clock, alice: Person) -> None:
    """Put a file for Alice into the outbox."""
    with database.begin() as session:
        outbox.enqueue_file(
            session,
            channel="U0ALICE",
            name="list.csv",
            content=b"serial\n",
            sentence="Here it is.",
            at=clock(),
        )


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock) -> Floor:
    """Macs that come and go, and troubles to be told."""
    return Floor(database, repo, clock)


def received(person: Person) -> list[Message]:
    """The direct messages that a person has from the bot."""
    return [message for message in person.dm.messages if message.bot]
