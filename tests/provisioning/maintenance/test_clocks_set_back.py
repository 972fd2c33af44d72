"""A clock that ran ahead and is set back keeps no relay and no job runner waiting."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from infrastructure.database.engine import Database
from infrastructure.execution.retry import backoff
from infrastructure.jobs import queue, schedule
from infrastructure.jobs.models import Job
from infrastructure.jobs.runner import JobRunner, PeriodicTask
from provisioning.maintenance import clock_correction
from provisioning.outbox import claims
from provisioning.outbox.doubts import MAX_DELAY, Doubt
from provisioning.outbox.models import Channel, Notification
from provisioning.outbox.relay import Relay
from tests.fakes.slack import Workspace
from tests.infrastructure.jobs.errands import Errand
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.fixtures.doors import Clock
from tests.support.soaking import in_soak, rows_in_soak

pytestmark = pytest.mark.usefixtures("unhurried")
AHEAD = [
    timedelta(minutes=10),
    timedelta(days=4000),
    *in_soak("it is longer than any wait, as the last one is", timedelta(hours=91)),
]


@pytest.fixture
def hire(database: Database, clock: Clock) -> Callable[..., JobRunner]:
    """A job runner that does errands, and makes these rounds."""

    def hired(*rounds: PeriodicTask) -> JobRunner:
        return JobRunner(database, {"errand": Errand()}, rounds, clock=clock)

    return hired


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_channel_is_written_to_at_once(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, ahead: timedelta
) -> None:
    clock.now += ahead
    floor.trouble("told ahead")
    relay.deliver()
    clock.now -= ahead
    floor.trouble("told after it")

    assert relay.deliver()
    assert len(shown(slack)) == 2


@pytest.mark.postgresql(instead=True)
def test_a_channel_that_an_older_version_left_in_the_future_is_written_to(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, database: Database
) -> None:
    floor.trouble("first")
    relay.deliver()
    with database.begin() as session:
        session.execute(
            update(Channel).values(free_at=clock() + timedelta(hours=91), paused_at=None)
        )
    floor.trouble("second")

    assert relay.deliver()
    assert len(shown(slack)) == 2


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_what_slack_asked_us_to_wait_is_no_longer_than_that(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, ahead: timedelta
) -> None:
    clock.now += ahead
    floor.trouble("refused")
    slack.faults.respond_429(30)
    relay.deliver()
    clock.now -= ahead

    clock.advance(seconds=30)
    assert relay.deliver()
    assert len(shown(slack)) == 1


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_relay_that_died_ahead_keeps_no_channel(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, database: Database, ahead: timedelta
) -> None:
    clock.now += ahead
    floor.trouble("in doubt")
    clock.advance(seconds=1)
    with database.begin() as session:
        assert claims.claim(session, "the one that dies", clock()) is not None
    clock.now -= ahead
    floor.trouble("another")
    clock.advance(minutes=1)
    while relay.deliver():
        clock.advance(seconds=1)

    assert ["another" in text for text in shown(slack)] == [True]


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_doubt_is_no_longer_than_slack_may_still_take_the_message(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, database: Database, ahead: timedelta
) -> None:
    clock.now += ahead
    floor.trouble("lost")
    slack.faults.hold = lambda _: lambda: False
    relay.deliver()
    slack.faults.hold = None
    clock.now -= ahead
    with database.begin() as session:
        assert clock_correction.set_right(session, clock()) >= 1
    for _ in range(int(MAX_DELAY / timedelta(minutes=3)) - 1):
        clock.advance(minutes=3)
        relay.deliver()
    clock.advance(minutes=2)
    relay.deliver()
    assert shown(slack) == [], "Slack may take it yet"
    clock.now += timedelta(minutes=2)
    relay.deliver()

    assert len(shown(slack)) == 1


def test_a_doubt_of_a_restore_ends_when_each_does(clock: Clock) -> None:
    """It began with the backup, and its end was reckoned by a clock that ran ahead."""
    began, lost_at = clock() - timedelta(days=3), clock() + timedelta(days=4000)
    message = Notification(in_doubt=True, attempted_at=began, lost_at=lost_at)

    doubt = Doubt.of(message, clock())

    assert doubt == Doubt(clock() + MAX_DELAY, None)


@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_doubt_after_an_answer_is_no_longer_than_its_pause(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock, ahead: timedelta
) -> None:
    clock.now += ahead
    floor.trouble("failed")
    slack.faults.fail("service_unavailable", methods=["chat.postMessage"])
    relay.deliver()
    clock.now -= ahead
    for _ in range(3):
        clock.advance(seconds=10)
        relay.deliver()

    assert len(shown(slack)) == 1


@rows_in_soak("ten minutes ahead run the same statements", "sqlite-4000 days, 0:00:00")
@pytest.mark.postgresql
@pytest.mark.parametrize("ahead", AHEAD, ids=str)
def test_a_job_is_done(
    database: Database, clock: Clock, hire: Callable[..., JobRunner], ahead: timedelta
) -> None:
    """One that was due, one that was put off, and one whose job runner died."""
    clock.now += ahead
    with database.begin() as session:
        for name in ("owed", "put off", "begun"):
            queue.enqueue(session, "errand", {"name": name}, at=clock())
        session.flush()
        off, begun = (
            session.get_one(Job, job.id) for job in session.query(Job).order_by(Job.id).offset(1)
        )
        off.due_at = clock() + backoff(99)
        begun.leased_until, begun.holder = clock() + queue.LEASE, "the one that died"
        schedule.lock_last_run(session, "a round", clock())
    clock.now -= ahead
    runner = hire(clock_correction.set_right)
    runner.run_periodic()

    assert [runner.work() for _ in range(4)] == [True, True, True, False]


def test_a_job_runner_goes_on_with_its_rounds(hire: Callable[..., JobRunner], clock: Clock) -> None:
    made: list[object] = []
    runner = hire(lambda _, now: made.append(now))
    clock.advance(hours=91)
    runner.run_periodic()
    clock.advance(hours=-91)
    runner.run_periodic()
    runner.run_periodic()

    assert len(made) == 2


def test_a_clock_that_was_behind_sends_nothing_twice_and_leaves_nothing_out(
    floor: Floor, slack: Workspace, relay: Relay, clock: Clock
) -> None:
    clock.advance(days=-4000)
    floor.trouble("told behind")
    relay.deliver()
    slack.faults.respond_429(30)
    floor.trouble("owed behind")
    clock.advance(seconds=1)
    relay.deliver()
    clock.advance(days=4000)
    while relay.deliver():
        clock.advance(seconds=1)

    assert [text.split(": ")[2].split(" This")[0] for text in shown(slack)] == [
        "told behind",
        "owed behind",
    ]
