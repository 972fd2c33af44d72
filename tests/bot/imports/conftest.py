"""People who hand Macs in, and a job runner that reads what they hand in."""

from collections.abc import Callable
from functools import partial

import pytest
from slack_sdk import WebClient
from sqlalchemy import select

from bot.imports.jobs import ReadSourceJob
from bot.slack.web import downloads
from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.imports.parsing import files
from provisioning.imports.reading import READ_SOURCE
from provisioning.registrations.models import Registration
from rollcall.application import Application
from rollcall.settings import BotSettings
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

Registered = Callable[[], list[tuple[str, str, str, str]]]
Answer = Callable[[Message], Message]
Work = Callable[[], None]


@pytest.fixture
def runner(database: Database, bot_settings: BotSettings, slack_client: WebClient) -> JobRunner:
    """A job runner with everything that a job runner does; it reads files without a sandbox."""
    application = Application(bot_settings, database=database)
    fetch = partial(
        downloads.fetch,
        token=bot_settings.bot_token.get_secret_value(),
        api_url=str(bot_settings.api_url),
    )
    look_up = partial(downloads.look_up, slack_client)
    job = ReadSourceJob(database, application.repo, fetch, look_up, files.read_here)
    return JobRunner(database, {**application.job_handlers, READ_SOURCE: job}, [])


@pytest.fixture
def deliver(clock: Clock, deliver_all: DeliverAll) -> Work:
    """Deliver the pending messages; the relays' clock is not behind ours then."""

    def catch_up() -> None:
        clock.catch_up()
        deliver_all()

    return catch_up


@pytest.fixture
def work_all(runner: JobRunner, deliver: Work) -> Work:
    """Do all pending jobs, and deliver the messages that come of them."""

    def work() -> None:
        while runner.work():
            pass
        deliver()

    return work


@pytest.fixture
def answer(slack: Workspace, work_all: Work) -> Answer:
    """Do all pending jobs, and return the one answer in the thread of a message."""

    def read(message: Message) -> Message:
        work_all()
        [shown] = in_thread(slack, message)
        return shown

    return read


@pytest.fixture
def registered(database: Database) -> Registered:
    """The registrations: serial, site, build and state, in the order of the serials."""

    def read() -> list[tuple[str, str, str, str]]:
        with database.reading() as session:
            rows = session.scalars(select(Registration).order_by(Registration.serial))
            return [(mac.serial, mac.site, mac.build, mac.state) for mac in rows]

    return read


def in_thread(slack: Workspace, message: Message) -> list[Message]:
    """The replies in the thread of a message."""
    return slack.channels[message.channel_id].replies_to(message)


def paste(person: Person, text: str) -> Message:
    """Type a text behind the command and return what this person alone is shown."""
    reply = person.slash("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    return person.ephemerals[-1]


def press(person: Person, shown: Message, button: str) -> str:
    """Press a button of a dry run and return what it turned into, or what was said beside it."""
    seen, edits = len(person.ephemerals), shown.edited
    assert person.click(shown, button).error is None, person.errors
    eventually(lambda: shown.edited > edits or len(person.ephemerals) > seen)
    return readable(shown if shown.edited > edits else person.ephemerals[-1])
