"""Statistics and exports: asked for in Slack, made by the job runner, brought by the relay."""

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy import func, select

from bot.monitoring.jobs import ExportJob
from infrastructure.database.engine import Database
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner
from provisioning.munki import Destination, MunkiRepo
from provisioning.registrations.listings.export import EXPORT
from tests.bot.delivery.conftest import received
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support import acting
from tests.support.fixtures.doors import Clock, DeliverAll, Work
from tests.support.installation import CHANNEL

Confirmed = Callable[..., None]
POLICY = """
admins = ["U0ALICE"]
[sites.london]
title = "London, 4th floor"
timezone = "Europe/London"
"""


pytestmark = pytest.mark.policy(POLICY)


@pytest.fixture
def confirmed(database: Database, repo: MunkiRepo) -> Confirmed:
    """A Mac was registered and confirmed yesterday."""

    def confirm(text: str, site: str = "london") -> None:
        at = datetime.now(UTC) - timedelta(days=1)
        acting.register(database, text, to=Destination(site, "design"), at=at)
        acting.boot(database, repo, text, at=at + timedelta(minutes=40))

    return confirm


def jobs(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Job)) or 0


@pytest.mark.usefixtures("bot")
@pytest.mark.postgresql(soak=True)
def test_statistics_come_as_a_picture_with_the_same_in_words(
    alice: Person, confirmed: Confirmed, work: Work
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
@pytest.mark.postgresql(instead=True)
def test_statistics_can_be_had_for_one_site_by_its_title_and_for_some_weeks(
    alice: Person, confirmed: Confirmed, work: Work
) -> None:
    confirmed("C02AAA")
    confirmed("C02BBB", site="paris")
    alice.slash("/mac", "stats LONDON 1", channel=CHANNEL)
    work()

    [message] = received(alice)
    assert "Last week, London, 4th floor: 1 Mac confirmed, all for london." in message.text


@pytest.mark.usefixtures("bot")
@pytest.mark.postgresql
def test_without_macs_there_is_a_sentence(alice: Person, work: Work, database: Database) -> None:
    alice.slash("/mac", "stats 2", channel=CHANNEL)
    work()

    [message] = received(alice)
    assert message.text == "Last 2 weeks: there were no Macs, so there is no picture."
    assert message.files == []
    assert jobs(database) == 0


CANNOT_BE = (
    ("stats 0", "from 1 to 52"),
    ("stats 53", "from 1 to 52"),
    ("stats 99999999999999999999", "from 1 to 52"),
    ("stats london paris", "from 1 to 52"),
    ("stats londn", "Did you mean *london*"),
    ("export nowhere", "no site named"),
)


@pytest.mark.usefixtures("bot")
def test_what_cannot_be_is_said_at_once_and_nobody_is_kept_busy(
    alice: Person, database: Database
) -> None:
    answers = {typed: alice.slash("/mac", typed, channel=CHANNEL).text for typed, _ in CANNOT_BE}

    assert {typed: said for typed, said in CANNOT_BE if said not in answers[typed]} == {}
    assert jobs(database) == 0


@pytest.mark.usefixtures("bot")
def test_an_admin_gets_every_registration_as_a_file(
    alice: Person, confirmed: Confirmed, work: Work, slack: Workspace
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
    assert [message for message in slack.channels[CHANNEL].messages if message.files] == []


@pytest.mark.usefixtures("bot")
def test_an_export_is_for_admins(slack: Workspace, database: Database) -> None:
    bob = slack.person("U0BOB", name="bob")
    answer = bob.slash("/mac", "export", channel=CHANNEL).text

    assert "You may not export all registrations" in answer
    assert jobs(database) == 0


@pytest.mark.usefixtures("bot")
def test_a_file_that_does_not_fit_is_refused_with_what_to_do(
    alice: Person, database: Database, clock: Clock, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", "export", channel=CHANNEL)
    clock.catch_up()
    JobRunner(database, {EXPORT: ExportJob(database, largest=10)}, [], clock=clock).work()
    deliver_all()

    [message] = received(alice)
    assert "too many registrations for one file; name a site" in message.text
