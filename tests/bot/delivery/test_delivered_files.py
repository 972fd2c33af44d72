"""A file arrives once, whatever Slack does."""

import pytest
from slack_sdk import WebClient
from sqlalchemy import func, select

from bot.delivery.transport import SlackTransport
from infrastructure.database.engine import Database
from provisioning.maintenance.retention import documents
from provisioning.outbox import outbox
from provisioning.outbox.models import Document
from provisioning.outbox.refusals import refused_messages
from provisioning.outbox.relay import Relay
from tests.bot.delivery.conftest import received
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending
from tests.support.soaking import in_soak, rows_in_soak


@rows_in_soak("one that is lost says as little", "internal_error", "fatal_error")
@pytest.mark.usefixtures("file")
@pytest.mark.parametrize(
    "method",
    [
        "files.completeUploadExternal",
        "conversations.open",
        *in_soak("shows as little as the first call", "files.getUploadURLExternal"),
    ],
)
@pytest.mark.parametrize("fault", ["lost", "429", "internal_error", "fatal_error"])
def test_a_file_arrives_once_whatever_becomes_of_an_answer(
    alice: Person,
    slack: Workspace,
    relay: Relay,
    clock: Clock,
    deliver_all: DeliverAll,
    database: Database,
    method: str,
    fault: str,
) -> None:
    match fault:
        case "lost":
            slack.faults.lose_replies(methods=[method])
        case "429":
            slack.faults.respond_429(30, methods=[method])
        case "internal_error":
            slack.faults.fail(methods=[method])
        case _:
            slack.faults.fail("fatal_error", shown=True, methods=[method])
    relay.deliver()
    for _ in range(3):
        clock.advance(seconds=31)
        deliver_all()

    [message] = received(alice)
    assert [file.content for file in message.files] == [b"serial\n"]
    with database.reading() as session:
        assert count_pending(session) == 0
        assert refused_messages.refused_messages(session) == []


@pytest.mark.usefixtures("file")
def test_a_doubt_about_a_file_outlives_a_conversation_that_cannot_be_opened(
    alice: Person,
    slack: Workspace,
    database: Database,
    slack_client: WebClient,
    relay: Relay,
    clock: Clock,
    deliver_all: DeliverAll,
) -> None:
    slack.faults.lose_replies(methods=["files.completeUploadExternal"])
    relay.deliver()
    slack.faults.respond_429(1, methods=["conversations.open"])
    clock.advance(seconds=61)
    successor = Relay(database, SlackTransport(slack_client), clock=clock)
    assert successor.deliver()
    clock.advance(seconds=61)
    assert successor.deliver()
    deliver_all()

    assert len(received(alice)) == 1


@pytest.mark.usefixtures("file")
def test_what_was_for_one_person_is_never_sent_to_a_channel(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    slack.faults.fail("missing_scope", methods=["files.completeUploadExternal"])
    deliver_all()
    with database.begin() as session:
        assert refused_messages.resend(session, CHANNEL) == 1
    deliver_all()

    assert len(received(alice)) == 1
    assert slack.channels[CHANNEL].messages == []


@pytest.mark.usefixtures("file")
@pytest.mark.postgresql
def test_a_file_is_kept_until_slack_has_it_and_for_an_hour(
    alice: Person, slack: Workspace, database: Database, clock: Clock, deliver_all: DeliverAll
) -> None:
    def number() -> int:
        with database.begin() as session:
            documents.prune(session, clock())
            return session.scalar(select(func.count()).select_from(Document)) or 0

    clock.advance(hours=2)
    assert number() == 1
    slack.faults.fail("missing_scope", methods=["files.completeUploadExternal"])
    deliver_all()
    assert number() == 1
    with database.begin() as session:
        refused_messages.resend(session, CHANNEL)
    deliver_all()

    assert number() == 0
    assert len(received(alice)) == 1


def test_people_are_asked_for_once(
    alice: Person, slack: Workspace, database: Database, clock: Clock, deliver_all: DeliverAll
) -> None:
    for number in range(5):
        with database.begin() as session:
            outbox.enqueue_news(session, channel="U0ALICE", sentence=f"n{number}", at=clock())
    deliver_all()

    assert [message.text for message in received(alice)] == [f"n{number}" for number in range(5)]
    assert [call.method for call in slack.calls].count("conversations.open") == 1
