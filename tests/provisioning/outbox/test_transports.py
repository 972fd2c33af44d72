"""Transports share the outbox and nothing else: each has relays, queues and threads of its own."""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.heartbeats.process import Pulse
from provisioning.outbox import claims, ordering, outbox
from provisioning.outbox.claims import Claim, Pace
from provisioning.outbox.models import MAIL, SLACK, WEBHOOK, Notification
from provisioning.outbox.outcomes import Outcome, Refused, Sent
from provisioning.outbox.refusals.refused_messages import refused_messages, resend
from provisioning.outbox.relay import Relay
from rollcall.parts import relays
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor, shown
from tests.support.databases.plans import plans_of
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.owed import count_pending

MANY = 2_000


class Post:
    """A transport that is no Slack, with the outcome of each message."""

    pace = Pace()

    def __init__(self, name: str, outcome: Callable[[], Outcome] = lambda: Sent("")) -> None:
        self.name, self._outcome = name, outcome
        self.sent: list[str] = []

    def prepare(
        self, _session: Session, claimed: Claim, _clock: Callable[[], datetime]
    ) -> Callable[[], Outcome]:
        self.sent.append(claimed.notification.facts["text"])
        return self._outcome


def owe(database: Database, transport: str, sentence: str, at: datetime) -> None:
    with database.begin() as session:
        outbox.enqueue_message(
            session,
            "letter",
            transport=transport,
            channel=f"{transport}:1",
            payload={"text": sentence},
            at=at,
        )


@pytest.mark.postgresql(soak=True)
def test_a_relay_sends_what_is_owed_by_its_own_transport_alone(
    database: Database, floor: Floor, slack: Workspace, relay: Relay, clock: Clock
) -> None:
    floor.trouble("for Slack")
    owe(database, WEBHOOK, "for a program", clock())
    owe(database, MAIL, "for a person", clock())
    post = Post(MAIL)

    assert Relay(database, post, clock=clock).deliver()
    assert not Relay(database, post, clock=clock).deliver()
    assert relay.deliver()
    assert not relay.deliver()

    assert post.sent == ["for a person"]
    assert [sentence.endswith("for Slack") for sentence in shown(slack)] == [True]
    with database.reading() as session:
        assert count_pending(session, WEBHOOK) == 1
        assert claims.pending_since(session, clock(), WEBHOOK) is not None
        assert claims.pending_since(session, clock()) is None


def test_what_another_transport_was_refused_is_not_sent_again_to_slack(
    database: Database, clock: Clock
) -> None:
    owe(database, WEBHOOK, "no", clock())
    Relay(database, Post(WEBHOOK, lambda: Refused("410")), clock=clock).deliver()

    with database.begin() as session:
        assert refused_messages(session) == []
        assert resend(session, CHANNEL) == 0


@pytest.mark.postgresql
def test_a_claim_reads_what_is_owed_by_its_index_however_much_another_transport_owes(
    database: Database, clock: Clock
) -> None:
    """A relay looks five times a second: a table of millions would take its second each time."""
    row = {"kind": "letter", "facts": {}, "occurred_at": clock(), "transport": WEBHOOK}
    rows = [{**row, "key": f"{n}", "channel": f"hook:{n % 20}:0"} for n in range(MANY)]
    settled = [{**row, "key": f"s{n}", "channel": CHANNEL, "state": "sent"} for n in range(MANY)]
    with database.begin() as session:
        session.execute(insert(Notification), rows)
        session.execute(insert(Notification), settled)
        session.execute(text("ANALYZE"))

    plans = plans_of(database, lambda: look(database, clock()), "notifications")

    read = [line for line in plans if re.search(r"\b(SEARCH|SCAN|Scan)\b.*notifications", line)]
    assert read, plans
    assert [line for line in read if "ix_notifications" not in line] == []


def look(database: Database, now: datetime) -> None:
    with database.begin() as session:
        assert not ordering.is_any_due(session, now, transport=SLACK)
        assert claims.claim(session, "one", now, transport=SLACK) is None


def test_a_relay_that_hangs_in_one_transport_delays_no_other(
    database: Database, clock: Clock
) -> None:
    for number in range(3):
        owe(database, WEBHOOK, f"{number}", clock())
        owe(database, MAIL, f"{number}", clock())
    stop, arrived = threading.Event(), threading.Event()

    def hang() -> Outcome:
        assert arrived.wait(10)
        return Sent("")

    slow, quick = Post(WEBHOOK, hang), Post(MAIL)
    beats: list[str] = []

    def ended() -> bool:
        with database.reading() as session:
            return not count_pending(session, MAIL)

    watcher = threading.Thread(target=until, args=(ended, (arrived, stop)))
    watcher.start()
    relays.run(
        [making(database, slow), making(database, quick)], stop, lambda *_: beats.append("beat")
    )
    watcher.join()

    assert quick.sent == ["0", "1", "2"]
    assert slow.sent == ["0"]
    assert beats


def test_a_relay_that_fails_ends_the_process_with_its_error(database: Database) -> None:
    class Broken(Relay):
        def run(self, _stop: threading.Event) -> None:
            raise MemoryError("none left")

    stop = threading.Event()

    with pytest.raises(MemoryError):
        relays.run(
            [making(database, Post(WEBHOOK)), lambda _: Broken(database, Post(MAIL))],
            stop,
            lambda *_: None,
        )

    assert stop.is_set()


def test_where_a_relay_cannot_be_made_none_runs_and_the_process_ends(database: Database) -> None:
    """As the database is away at that moment: what supervises the process starts it again."""

    def unmade(_: Pulse) -> Relay:
        raise ConnectionError("no database")

    stop = threading.Event()
    try:
        with pytest.raises(ConnectionError):
            relays.run([unmade, making(database, Post(MAIL))], stop, lambda *_: None)
        left = [each.name for each in threading.enumerate() if each.name.startswith("relay-")]
    finally:
        stop.set()

    assert left == []


def making(database: Database, post: Post) -> relays.MakeRelay:
    def make(pulse: Pulse) -> Relay:
        return Relay(database, post, pulse=pulse, poll=0.01)

    return make


def until(ended: Callable[[], bool], events: tuple[threading.Event, ...]) -> None:
    """Set the events once something has ended, or after ten seconds."""
    end = time.monotonic() + 10
    while not ended() and time.monotonic() < end:
        time.sleep(0.01)
    for each in events:
        each.set()
