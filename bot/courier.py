"""The courier: takes what is owed to Slack there, one message a second and channel.

It never decides what happened, only says it. A message that may have been shown already is
looked for by its key before it is sent again.
"""

import os
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

from bot import drawings, outcomes, postings
from bot.conversations import Conversations
from bot.drawings import Posting
from bot.outcomes import Gone, Parked, Postponed, Shown, StillInDoubt, Unsaid
from provisioning import deliveries
from provisioning.database import Database
from provisioning.deliveries import Claim
from provisioning.monitoring.processes import Pulse, unheard

log = structlog.get_logger()

POLL = 0.2  # seconds between looks at an outbox with nothing to send
REST = 5.0  # seconds after the database failed


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class Courier:
    """Delivers notifications. Any number of couriers may work on one database."""

    def __init__(
        self,
        database: Database,
        slack: WebClient,
        *,
        clock: Callable[[], datetime] = utc_now,
        pulse: Pulse = unheard,
    ) -> None:
        self._database = database
        self._slack = slack
        self._conversations = Conversations(slack)
        self._clock = clock
        self._pulse = pulse
        self._free_at = clock()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; what is being sent then is still settled."""
        log.info("courier started", holder=self._name)
        while not stop.is_set():
            try:
                self._pulse()
                pause = 0.0 if self.deliver() else self._until_free()
            except SQLAlchemyError as error:
                log.error("database failed", reason=str(error).splitlines()[0])
                pause = REST
            stop.wait(pause)
        log.info("courier stopped", holder=self._name)

    def _until_free(self) -> float:
        """How long to wait before looking again: no longer than until our last channel is free."""
        seconds = (self._free_at - self._clock()).total_seconds()
        return min(seconds, POLL) if seconds > 0 else POLL

    def deliver(self) -> bool:
        """Send the next message that is due. Returns whether there was one."""
        with self._database.reading() as session:
            if not deliveries.is_any_due(session, self._clock()):
                return False
        with self._database.begin() as session:
            claimed = deliveries.claim(session, self._name, self._clock())
        if claimed is None:
            return False
        with structlog.contextvars.bound_contextvars(
            notification=claimed.notification.key,
            registration=claimed.notification.registration_id,
            serial=claimed.notification.facts.get("serial"),
        ):
            self._record(claimed, self._send(claimed))
        return True

    def _send(self, claimed: Claim) -> outcomes.Outcome:
        try:
            with self._database.reading() as session:
                posting = drawings.draw(session, claimed, self._clock())
        except SQLAlchemyError:
            raise
        except Exception as error:  # what cannot be drawn must not hold up what comes after it
            log.exception("cannot be drawn")
            return Parked(f"it cannot be drawn: {error!r}"[:200])
        if posting is None:
            return Unsaid()
        return outcomes.of(lambda: self._shown(posting, claimed.doubtful_since))

    def _shown(self, posting: Posting, doubtful_since: datetime | None) -> str:
        """Show a posting and return its ts; raises what slack_sdk raises, and StillInDoubt."""
        try:
            channel = self._conversations.of(posting.channel)
        except Exception as error:
            if doubtful_since is None:
                raise
            raise StillInDoubt from error
        return postings.send(self._slack, replace(posting, channel=channel), doubtful_since)

    def _record(self, claimed: Claim, outcome: outcomes.Outcome) -> None:
        now = self._clock()
        free_at = now + deliveries.PACE
        with self._database.begin() as session:
            match outcome:
                case Shown(ts):
                    free_at = deliveries.settle(session, claimed, ts=ts, now=now)
                case Postponed(reason, in_doubt, after):
                    wait = after or backoff(claimed.notification.attempts)
                    deliveries.postpone(
                        session, claimed, in_doubt=in_doubt, until=now + wait, reason=reason
                    )
                case Gone():
                    deliveries.forget_card(session, claimed, now=now)
                case Unsaid():
                    deliveries.drop(session, claimed, now=now)
                case Parked(reason, in_doubt):
                    deliveries.park(session, claimed, in_doubt=in_doubt, reason=reason, now=now)
        self._free_at = free_at
        level = log.error if isinstance(outcome, Parked) else log.info
        level("delivery", kind=claimed.notification.kind, outcome=str(outcome))


def backoff(attempts: int) -> timedelta:
    """How long to leave Slack alone after so many attempts: 1 s doubling to 2 min."""
    return timedelta(seconds=min(2.0 ** min(attempts - 1, 10), 120.0))
