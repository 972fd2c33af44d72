"""The digest of Macs that need a person, on demand and once a day."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.jobs.runner import JobRunner
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring import digest as digests
from provisioning.munki import Destination
from provisioning.outbox.models import STRANGER, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations.models import FAILED, IMAGING, Registration
from rollcall.application import Application
from rollcall.settings import BotSettings
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL
from tests.support.running.settings import with_policy

Told = Callable[..., list[str]]

OTHER = "C0PARIS"
RULES = {"digest": "08:30", "timezone": "Europe/London", "sites": {"paris": {"channel": OTHER}}}
POLICY = Policy.model_validate(RULES)
BEFORE = datetime(2030, 1, 7, 8, 29, tzinfo=UTC)
DUE = datetime(2030, 1, 7, 8, 30, tzinfo=UTC)


class Floor:
    """Macs that do not get on, at the time of the clock."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def has(self, serial: str, site: str = "london", **state: object) -> None:
        """A Mac was registered two days ago and is in some state now."""
        at = self._clock() - timedelta(days=2)
        register(self._database, serial, to=Destination(site, "design"), at=at)
        with self._database.begin() as session:
            this = Registration.serial == serial
            if state:
                session.execute(update(Registration).where(this).values(**state))
            session.query(Notification).delete()

    def meets(
        self, serial: str, *, before: timedelta = timedelta(0), settled: bool = False
    ) -> None:
        """Record a Mac that booted without a registration."""
        at = self._clock() - before
        with self._database.begin() as session:
            card = Card(kind=STRANGER, channel=CHANNEL, created_at=at)
            session.add(card)
            session.flush()
            session.add(
                UnknownMac(
                    serial=serial,
                    reported_as=serial,
                    card_id=card.id,
                    first_at=at,
                    last_at=at,
                    settled_at=at if settled else None,
                )
            )

    def has_everything(self) -> None:
        """One Mac of each sort, and some of which there is nothing to say."""
        now = self._clock()
        self.has("C02WAITS")
        self.has("C02FRESH", changed_at=now)
        self.has("C02FAILS", state=FAILED, step="Couldn't copy <script>", heard_at=now)
        self.has("C02SILENT", state=IMAGING, step="Restoring", heard_at=now, mentioned_at=now)
        self.has("C02BUSY", state=IMAGING, heard_at=now)
        self.meets("C02NEW")
        self.meets("C02OLD", before=timedelta(hours=25))
        self.meets("C02KNOWN", settled=True)

    def looks(self, policy: Policy = POLICY) -> None:
        """Some job runner makes a round."""
        with self._database.begin() as session:
            digests.enqueue_daily(
                session, policy, channel=CHANNEL, command="/mac", now=self._clock()
            )


@pytest.fixture
def floor(database: Database, clock: Clock, slack: Workspace) -> Floor:
    """A minute before the digest, on a floor that a job runner has looked at before."""
    slack.add_channel(OTHER, name="paris")
    slack.pace.rate = None  # Slack's clock is not the test's
    clock.now = BEFORE
    floor = Floor(database, clock)
    floor.looks()
    return floor


@pytest.fixture
def told(slack: Workspace, deliver_all: DeliverAll) -> Told:
    """The digests that a channel reads, once everything that is due was delivered."""

    def read(channel: str = CHANNEL) -> list[str]:
        deliver_all()
        messages = slack.channels[channel].messages
        return [
            "\n".join(block["text"]["text"] for block in message.blocks)
            for message in messages
            if message.text.startswith("Needs attention")
        ]

    return read


@pytest.mark.postgresql(instead=True)
def test_the_digest_names_what_somebody_should_look_after_and_nothing_else(
    floor: Floor, clock: Clock, told: Told
) -> None:
    floor.has_everything()
    clock.now = DUE
    floor.looks()

    [digest] = told()
    assert "1 failed, 1 stalled, 1 never booted, 1 not registered" in digest
    assert "`C02FAILS`" in digest
    assert "Couldn't copy &lt;script&gt;" in digest
    assert "by <@U0ALICE>" in digest
    for serial in ("C02WAITS", "C02SILENT", "C02NEW"):
        assert serial in digest
    for serial in ("C02FRESH", "C02BUSY", "C02OLD", "C02KNOWN"):
        assert serial not in digest


@pytest.mark.postgresql(instead=True)
def test_the_digest_comes_at_its_hour_once_a_day_however_many_job_runners_look(
    floor: Floor, clock: Clock, told: Told
) -> None:
    floor.has("C02WAITS")
    floor.looks()
    assert told() == []
    clock.now = DUE
    for _ in range(3):
        floor.looks()
    clock.advance(hours=5)
    floor.looks()
    assert len(told()) == 1
    clock.now = DUE + timedelta(days=1, seconds=3)
    floor.looks()
    floor.looks()

    assert len(told()) == 2


def test_each_channel_hears_of_its_own_sites(floor: Floor, clock: Clock, told: Told) -> None:
    floor.has("C02LONDON")
    floor.has("C02PARIS", site="paris")
    clock.now = DUE
    floor.looks()

    [here], [there] = told(), told(OTHER)
    assert ("C02LONDON" in here, "C02PARIS" in here) == (True, False)
    assert ("C02LONDON" in there, "C02PARIS" in there) == (False, True)


def test_nothing_to_say_is_no_message_then_and_later_that_day(
    floor: Floor, clock: Clock, told: Told
) -> None:
    clock.now = DUE
    floor.looks()
    clock.advance(minutes=5)
    floor.has("C02WAITS")
    floor.looks()

    assert told() == []


@pytest.mark.postgresql(instead=True)
def test_what_was_mended_before_slack_could_be_told_is_not_told(
    floor: Floor, clock: Clock, database: Database, told: Told
) -> None:
    floor.has("C02WAITS")
    clock.now = DUE
    floor.looks()
    with database.begin() as session:
        session.execute(update(Registration).values(state="confirmed"))

    assert told() == []


@pytest.mark.parametrize(("hours", "times"), [(3, 1), (13, 0), (24 * 5 + 2, 1)])
def test_after_an_outage_there_is_one_digest_unless_it_is_too_late_for_it(
    floor: Floor, clock: Clock, told: Told, hours: float, times: int
) -> None:
    floor.has("C02WAITS")
    clock.now = DUE + timedelta(hours=hours)
    floor.looks()

    assert len(told()) == times


def test_without_an_hour_there_is_none(floor: Floor, clock: Clock, told: Told) -> None:
    floor.has("C02WAITS")
    clock.advance(days=3)
    floor.looks(Policy.open())

    assert told() == []


def test_the_job_runner_sends_it_by_the_policy_file(
    floor: Floor,
    clock: Clock,
    database: Database,
    bot_settings: BotSettings,
    tmp_path: Path,
    told: Told,
) -> None:
    settings = with_policy(bot_settings, tmp_path, 'digest = "08:30"\ntimezone = "Europe/London"\n')
    runner = JobRunner(
        database, {}, Application(settings, database=database).periodic_tasks, clock=clock
    )
    floor.has("C02WAITS")
    runner.run_periodic()
    clock.now = DUE
    runner.run_periodic()

    assert len(told()) == 1


@pytest.mark.usefixtures("bot")
def test_anybody_may_have_it_now_for_themselves_alone(
    floor: Floor, slack: Workspace, database: Database, clock: Clock
) -> None:
    alice: Person = slack.person("U0ALICE", name="alice")
    assert "Nothing needs attention" in alice.slash("/mac", "digest", channel=CHANNEL).text
    clock.now = datetime.now(UTC)
    floor.has_everything()
    reply = alice.ask("/mac", "digest", channel=CHANNEL)

    assert reply.response_type == "ephemeral"
    assert reply.message is not None
    counts = "1 failed, 1 stalled, 1 never booted, 1 not registered"
    assert counts in readable(reply.message)
    with database.reading() as session:
        assert session.scalars(select(Notification)).all() == []
