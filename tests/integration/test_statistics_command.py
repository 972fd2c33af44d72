"""Pictures and files that somebody asks for: made by the clerk, sent to them alone, once."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from slack_sdk import WebClient
from sqlalchemy import func, select

from bot import duties, works
from bot.clerk import Clerk
from bot.courier import Courier
from provisioning import deliveries, notifications, progress, pruning, registrations
from provisioning.database import Database
from provisioning.models import Document, Job
from provisioning.munki import Destination, MunkiRepo
from provisioning.serials import Serial, parse_all
from provisioning.settings import BotSettings
from tests.integration.conftest import Clock
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.messages import Message
from tests.support.slack.person import Person

POLICY = """
admins = ["U0ALICE"]
[sites.london]
title = "London, 4th floor"
timezone = "Europe/London"
"""


@pytest.fixture
def bot_settings(bot_settings: BotSettings, tmp_path: Path) -> BotSettings:
    """A bot and a clerk with a policy."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text(POLICY)
    return bot_settings.model_copy(update={"policy": policy})


@pytest.fixture
def alice(slack: Workspace) -> Person:
    """An admin."""
    slack.pace.rate = None  # Slack's clock is not the test's
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def clerk(
    database: Database, bot_settings: BotSettings, slack_client: WebClient, clock: Clock
) -> Clerk:
    """A clerk with all that a clerk does."""
    works = duties.works(bot_settings, database, slack_client)
    return Clerk(database, works, duties.rounds(bot_settings), clock=clock)


@pytest.fixture
def work(clerk: Clerk, deliver_all: Callable[[], None], clock: Clock) -> Callable[[], None]:
    """The clerk does what there is, and the courier delivers it."""

    def done() -> None:
        clock.now = max(clock.now, datetime.now(UTC))
        while clerk.work():
            pass
        deliver_all()

    return done


@pytest.fixture
def confirmed(database: Database, repo: MunkiRepo) -> Callable[..., None]:
    """A Mac was registered and confirmed yesterday."""

    def confirm(text: str, site: str = "london") -> None:
        serial, at = Serial.parse(text), datetime.now(UTC) - timedelta(days=1)
        with database.begin() as session:
            act = did(session, "registered", by="U0ALICE", at=at)
            to = Destination(site, "design")
            registrations.register(session, parse_all([text]), to, act=act, channel=CHANNEL)
            plan = progress.plan(session, repo, serial, None)
            with repo.holding(serial):
                written = repo.assign(serial, to)
            progress.confirm(session, plan, written, channel=CHANNEL, at=at + timedelta(minutes=40))

    return confirm


def received(person: Person) -> list[Message]:
    return [message for message in person.dm.messages if message.bot]


def jobs(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


@pytest.mark.usefixtures("bot")
def test_statistics_come_as_a_picture_with_the_same_in_words(
    alice: Person, confirmed: Callable[..., None], work: Callable[[], None]
) -> None:
    confirmed("C02AAA")
    confirmed("C02BBB", site="paris")
    reply = alice.slash("/mac", "stats", channel=CHANNEL)
    assert "last 4 weeks are being drawn" in reply.text
    work()

    [message] = received(alice)
    [file] = message.files
    assert file.content.startswith(b"\x89PNG")
    assert file.alt_text == message.text
    assert "Last 4 weeks: 2 Macs confirmed" in file.alt_text
    assert "Median wait 40 min" in file.alt_text


@pytest.mark.usefixtures("bot")
def test_they_can_be_had_for_one_site_by_its_title_and_for_some_weeks(
    alice: Person, confirmed: Callable[..., None], work: Callable[[], None]
) -> None:
    confirmed("C02AAA")
    confirmed("C02BBB", site="paris")
    alice.slash("/mac", "stats LONDON 1", channel=CHANNEL)
    work()

    [message] = received(alice)
    assert "Last week, London, 4th floor: 1 Mac confirmed, all for london." in message.text


@pytest.mark.usefixtures("bot")
def test_without_macs_there_is_a_sentence(
    alice: Person, work: Callable[[], None], database: Database
) -> None:
    alice.slash("/mac", "stats 2", channel=CHANNEL)
    work()

    [message] = received(alice)
    assert message.text == "Last 2 weeks: there were no Macs, so there is no picture."
    assert message.files == []
    assert jobs(database) == 0


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("stats 0", "from 1 to 52"),
        ("stats 53", "from 1 to 52"),
        ("stats 99999999999999999999", "from 1 to 52"),
        ("stats london paris", "from 1 to 52"),
        ("stats londn", "Did you mean *london*"),
        ("export nowhere", "no site named"),
    ],
)
def test_what_cannot_be_is_said_at_once_and_nobody_is_kept_busy(
    alice: Person, database: Database, typed: str, answer: str
) -> None:
    assert answer in alice.slash("/mac", typed, channel=CHANNEL).text
    assert jobs(database) == 0


@pytest.mark.usefixtures("bot")
def test_an_admin_gets_every_registration_as_a_file(
    alice: Person, confirmed: Callable[..., None], work: Callable[[], None], slack: Workspace
) -> None:
    confirmed("C02AAA")
    confirmed("C02BBB", site="paris")
    alice.slash("/mac", "export", channel=CHANNEL)
    alice.slash("/mac", "export paris", channel=CHANNEL)
    work()

    everything, paris = (
        list(csv.reader(StringIO(message.files[0].content.decode("utf-8-sig"))))
        for message in received(alice)
    )
    assert [row[0] for row in everything] == ["serial", "C02AAA", "C02BBB"]
    assert [row[0] for row in paris] == ["serial", "C02BBB"]
    assert not any(message.files for message in slack.channels[CHANNEL].messages)


@pytest.mark.usefixtures("bot")
def test_an_export_is_for_admins(slack: Workspace, database: Database) -> None:
    bob = slack.person("U0BOB", name="bob")
    answer = bob.slash("/mac", "export", channel=CHANNEL).text

    assert "You may not export all registrations" in answer
    assert jobs(database) == 0


@pytest.mark.usefixtures("bot")
def test_a_file_that_does_not_fit_is_refused_with_what_to_do(
    alice: Person, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(works, "LARGEST", 10)
    alice.slash("/mac", "export", channel=CHANNEL)
    work()

    [message] = received(alice)
    assert "too many registrations for one file; name a site" in message.text


# On the way to Slack


@pytest.fixture
def file(database: Database, clock: Clock, alice: Person) -> None:
    """A file is owed to Alice."""
    with database.begin() as session:
        notifications.owe_file(
            session,
            channel="U0ALICE",
            name="list.csv",
            content=b"serial\n",
            sentence="Here it is.",
            at=clock(),
        )


@pytest.mark.usefixtures("file")
@pytest.mark.parametrize(
    "method", ["conversations.open", "files.getUploadURLExternal", "files.completeUploadExternal"]
)
@pytest.mark.parametrize("fault", ["lost", "429", "internal_error", "fatal_error"])
def test_a_file_arrives_once_whatever_becomes_of_an_answer(
    alice: Person,
    slack: Workspace,
    courier: Courier,
    clock: Clock,
    deliver_all: Callable[[], None],
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
    courier.deliver()
    for _ in range(3):
        clock.advance(seconds=31)
        deliver_all()

    [message] = received(alice)
    assert [file.content for file in message.files] == [b"serial\n"]
    with database.reading() as session:
        assert deliveries.owed(session) == 0
        assert deliveries.parked(session) == []


@pytest.mark.usefixtures("file")
def test_a_doubt_about_a_file_outlives_a_conversation_that_cannot_be_opened(
    alice: Person,
    slack: Workspace,
    database: Database,
    slack_client: WebClient,
    courier: Courier,
    clock: Clock,
    deliver_all: Callable[[], None],
) -> None:
    slack.faults.lose_replies(methods=["files.completeUploadExternal"])
    courier.deliver()
    slack.faults.respond_429(1, methods=["conversations.open"])
    clock.advance(seconds=61)
    successor = Courier(database, slack_client, clock=clock)
    assert successor.deliver()
    clock.advance(seconds=61)
    assert successor.deliver()
    deliver_all()

    assert len(received(alice)) == 1


@pytest.mark.usefixtures("file")
def test_what_was_for_one_person_is_never_sent_to_a_channel(
    alice: Person,
    slack: Workspace,
    database: Database,
    deliver_all: Callable[[], None],
) -> None:
    slack.faults.fail("missing_scope", methods=["files.completeUploadExternal"])
    deliver_all()
    with database.begin() as session:
        assert deliveries.unpark(session, CHANNEL) == 1
    deliver_all()

    assert len(received(alice)) == 1
    assert slack.channels[CHANNEL].messages == []


@pytest.mark.usefixtures("file")
def test_a_file_is_kept_until_slack_has_it_and_for_an_hour(
    alice: Person,
    slack: Workspace,
    database: Database,
    clock: Clock,
    deliver_all: Callable[[], None],
) -> None:
    def documents() -> int:
        with database.begin() as session:
            pruning.prune_documents(session, clock())
            return session.scalar(select(func.count()).select_from(Document)) or 0

    clock.advance(hours=2)
    assert documents() == 1
    slack.faults.fail("missing_scope", methods=["files.completeUploadExternal"])
    deliver_all()
    assert documents() == 1
    with database.begin() as session:
        deliveries.unpark(session, CHANNEL)
    deliver_all()

    assert documents() == 0
    assert len(received(alice)) == 1


def test_people_are_asked_for_once(
    alice: Person,
    slack: Workspace,
    database: Database,
    clock: Clock,
    deliver_all: Callable[[], None],
) -> None:
    for number in range(5):
        with database.begin() as session:
            notifications.owe_news(session, channel="U0ALICE", sentence=f"n{number}", at=clock())
    deliver_all()

    assert [message.text for message in received(alice)] == [f"n{number}" for number in range(5)]
    assert [call.method for call in slack.calls].count("conversations.open") == 1
