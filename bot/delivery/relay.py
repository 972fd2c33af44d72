"""The courier: takes what is owed to Slack there, one message a second and channel.

It never decides what happened, only says it. A message that may have been shown already, or may
be shown yet, is looked for by its key before it is sent again.
"""

import os
import socket
from collections import deque
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from threading import Event
from uuid import uuid4

import structlog
from slack_sdk import WebClient
from sqlalchemy.exc import SQLAlchemyError

from bot.delivery import rendering, sender
from bot.delivery.conversations import Conversations
from bot.delivery.rendering import OutgoingMessage
from bot.delivery.sender_pool import Senders
from bot.slack import results
from bot.slack.results import Gone, Outcome, Parked, Postponed, Shown, Skipped, Unanswered, Unposted
from infrastructure.database.engine import Database
from infrastructure.heartbeats.process import Pulse, unheard
from infrastructure.loop import backoff, utc_now
from provisioning.maintenance import clock_correction
from provisioning.outbox import claims
from provisioning.outbox.claims import Claim

log = structlog.get_logger()

POLL = 0.2  # seconds between looks at an outbox with nothing to send
REST = 5.0  # seconds after the database failed

_LEVELS: dict[type[Outcome], str] = {Parked: "error", Unanswered: "warning"}  # others: info


class Relay:
    """Delivers notifications. Any number of couriers may work on one database."""

    def __init__(
        self,
        database: Database,
        slack: WebClient,
        *,
        clock: Callable[[], datetime] = utc_now,
        poll: float = POLL,
        pulse: Pulse = unheard,
    ) -> None:
        self._database = database
        self._slack = slack
        self._conversations = Conversations(slack)
        self._clock = clock
        self._poll = poll
        self._pulse = pulse
        self._free_at = clock()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; what is being sent then is still settled.

        Only the calls to Slack are made in other threads: one that hangs holds up its channel and
        no other, and the database has one caller.
        """
        log.info("courier started", holder=self._name)
        senders = Senders()
        ended: deque[tuple[Claim, Outcome]] = deque()
        is_right = False
        while not stop.is_set():
            try:
                self._pulse()
                is_right = is_right or self._set_right()
                self._record_all(ended)  # before a message is claimed: it may be one of these
                began = not senders.is_full and self._begin(senders)
                ended += senders.ended(stop, 0.0 if began else self._until_free())
            except SQLAlchemyError as error:
                log.error("database failed", reason=str(error).splitlines()[0])
                stop.wait(REST)
        ended += senders.last()
        try:
            self._record_all(ended)
        except SQLAlchemyError as error:  # the next courier asks Slack
            log.error("database failed", reason=str(error).splitlines()[0], unrecorded=len(ended))
        log.info("courier stopped", holder=self._name)

    def _set_right(self) -> bool:
        """See to what a clock that ran ahead before we were started has left. Returns True."""
        with self._database.begin() as session:
            rows = clock_correction.set_right(session, self._clock())
        if rows:
            log.warning("the clock was set back", rows=rows)
        return True

    def _until_free(self) -> float:
        """How long to wait before looking again: no longer than until our last channel is free."""
        seconds = (self._free_at - self._clock()).total_seconds()
        return min(seconds, self._poll) if seconds > 0 else self._poll

    def deliver(self) -> bool:
        """Send the next message that is due and wait for it. Returns whether there was one."""
        claimed = self._claim()
        if claimed is not None:
            with _named(claimed):
                self._record(claimed, self._drawn(claimed)())
        return claimed is not None

    def _begin(self, senders: Senders) -> bool:
        """Have the next message that is due sent. Returns whether there was one."""
        claimed = self._claim(but=senders.passed_over())
        if claimed is not None:
            with _named(claimed):
                senders.start(claimed, self._drawn(claimed))
        return claimed is not None

    def _claim(self, but: Collection[str] = ()) -> Claim | None:
        with self._database.reading() as session:
            if not claims.is_any_due(session, self._clock(), but=but):
                return None
        with self._database.begin() as session:
            return claims.claim(session, self._name, self._clock(), but=but)

    def _drawn(self, claimed: Claim) -> Callable[[], Outcome]:
        """Draw a message and return what sends it, which needs no database."""
        try:
            with self._database.reading() as session:
                posting = rendering.draw(session, claimed, self._clock())
        except SQLAlchemyError as error:
            unposted = Unposted(str(error).splitlines()[0])
            return lambda: unposted
        except Exception as error:  # what cannot be drawn must not hold up what comes after it
            log.exception("cannot be drawn")
            parked = Parked(f"it cannot be drawn: {error!r}"[:200])
            return lambda: parked
        if posting is None:
            return Skipped
        return lambda: results.of(lambda: self._shown(posting, claimed))

    def _shown(self, posting: OutgoingMessage, claimed: Claim) -> str:
        """Show a posting and return its ts; raises what slack_sdk raises, and NotPosted."""
        with results.preparing():
            channel = self._conversations.of(posting.channel)
        return sender.send(self._slack, replace(posting, channel=channel), claimed, self._clock)

    def _record_all(self, ended: deque[tuple[Claim, Outcome]]) -> None:
        """Write down what became of messages; what cannot be written stays in `ended`."""
        while ended:
            claimed, outcome = ended[0]
            with _named(claimed):
                self._record(claimed, outcome)
            ended.popleft()

    def _record(self, claimed: Claim, outcome: Outcome) -> None:
        now = self._clock()
        again = now + (getattr(outcome, "after", None) or backoff(claimed.notification.attempts))
        free_at = now + claims.PACE
        with self._database.begin() as session:
            match outcome:
                case Shown(ts):
                    free_at = claims.settle(session, claimed, ts=ts, now=now)
                case Unposted(reason, after) if claimed.doubt is not None:
                    look = claimed.doubt.next_look(now) if after is None else None
                    claims.look_later(session, claimed, again=look or again, reason=reason, now=now)
                case Unposted(reason):
                    claims.postpone(
                        session, claimed, in_doubt=False, until=again, reason=reason, now=now
                    )
                case Postponed(reason, in_doubt):
                    claims.postpone(
                        session, claimed, in_doubt=in_doubt, until=again, reason=reason, now=now
                    )
                case Unanswered(reason):
                    claims.leave_in_doubt(session, claimed, again=again, reason=reason, now=now)
                case Gone():
                    claims.forget_card(session, claimed, now=now)
                case Skipped():
                    claims.drop(session, claimed, now=now)
                case Parked(reason):
                    claims.park(session, claimed, reason=reason, now=now)
        self._free_at = free_at
        level = getattr(log, _LEVELS.get(type(outcome), "info"))
        level("delivery", kind=claimed.notification.kind, outcome=str(outcome))


def _named(claimed: Claim) -> AbstractContextManager[None]:
    """Have every line of the log say which message it is about."""
    return structlog.contextvars.bound_contextvars(
        notification=claimed.notification.key,
        registration=claimed.notification.registration_id,
        serial=claimed.notification.facts.get("serial"),
    )
