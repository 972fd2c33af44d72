"""A relay: it delivers the messages of the outbox through a transport, at the transport's pace.

A message that may be shown already, or later, is searched for by its key before it is sent again.
"""

from collections import deque
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial
from threading import Event
from typing import Protocol

import structlog
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution import loop
from infrastructure.execution.loop import unique_name, utc_now
from infrastructure.execution.retry import backoff
from infrastructure.heartbeats.process import Pulse, unheard
from provisioning.outbox import claims, ordering
from provisioning.outbox.claims import Claim, Pace
from provisioning.outbox.outcomes import (
    Declined,
    Gone,
    Outcome,
    Postponed,
    Refused,
    Sent,
    Skipped,
    Unanswered,
    Unsent,
)
from provisioning.outbox.sender_pool import SenderPool

log = structlog.get_logger()

POLL = 0.2  # seconds between looks at an outbox with nothing to send

_LEVELS: dict[type[Outcome], str] = {Refused: "error", Unanswered: "warning"}  # others: info

Clock = Callable[[], datetime]


class Transport(Protocol):
    """A way to the readers of messages, such as Slack: `name` is that in `models`."""

    name: str
    pace: Pace

    def prepare(
        self, session: Session, claimed: Claim, clock: Clock
    ) -> Callable[[], Outcome] | None:
        """Draw a claimed message from the database, and return a function that sends it.

        The function raises nothing, needs no database, and may be called in any thread. None: the
        message has no content any more.
        """


class Relay:
    """A process's relay of one transport. Any number of them may work on one database.

    `correct_clock` corrects moments in the future, which a clock that ran ahead has left, once,
    before the first message; it returns the number of rows. `tell_refused` is called in the
    transaction that records a refusal, `count` with the kind and the outcome of each attempt.
    """

    def __init__(
        self,
        database: Database,
        transport: Transport,
        *,
        clock: Clock = utc_now,
        poll: float = POLL,
        pulse: Pulse = unheard,
        correct_clock: Callable[[Session, datetime], int] = lambda _session, _now: 0,
        tell_refused: Callable[[Session, Claim, Refused, datetime], None] = lambda *_: None,
        count: Callable[[str, str], None] = lambda _kind, _outcome: None,
    ) -> None:
        self._database = database
        self._transport = transport
        self._clock = clock
        self._poll = poll
        self._pulse = pulse
        self._correct_clock = correct_clock
        self._tell_refused = tell_refused
        self._count = count
        self._is_clock_right = False
        self._free_at = clock()
        self._ended: deque[tuple[Claim, Outcome]] = deque()  # not recorded yet
        self._name = unique_name()

    def run(self, stop: Event) -> None:
        """Deliver until `stop` is set; messages that are being sent then are still settled.

        Only the transport works in other threads: a message that hangs delays only its channel, and
        one thread uses the database.
        """
        log.info("relay started", holder=self._name, transport=self._transport.name)
        senders = SenderPool()
        loop.run(partial(self._step, senders), stop)
        self._ended += senders.last()
        try:
            self._record_all()
        except SQLAlchemyError as error:  # the next relay asks Slack
            reason = first_line(error)
            log.error("database failed", reason=reason, unrecorded=len(self._ended))
        log.info("relay stopped", holder=self._name)

    def deliver(self) -> bool:
        """Send the next message that is due and wait for it. Returns True if there was one."""
        claimed = self._claim()
        if claimed is not None:
            with _named(claimed):
                self._record(claimed, self._prepared(claimed)())
        return claimed is not None

    def _step(self, senders: SenderPool) -> float:
        """Record what has ended and begin with the next message. Returns the pause, in seconds."""
        self._pulse()
        if not self._is_clock_right:
            self._set_clock_right()
        self._record_all()  # before a message is claimed: it may be one of these
        began = not senders.is_full and self._begin(senders)
        if senders.is_idle:
            return self._until_free()
        self._ended += senders.ended(0.0 if began else self._until_free())
        return 0.0

    def _set_clock_right(self) -> None:
        with self._database.begin() as session:
            rows = self._correct_clock(session, self._clock())
        if rows:
            log.warning("the clock was set back", rows=rows)
        self._is_clock_right = True

    def _until_free(self) -> float:
        """The seconds to wait before the next look: at most until the last channel is free."""
        seconds = (self._free_at - self._clock()).total_seconds()
        return min(seconds, self._poll) if seconds > 0 else self._poll

    def _begin(self, senders: SenderPool) -> bool:
        """Begin to send the next message that is due. Returns True if there was one."""
        claimed = self._claim(but=senders.passed_over())
        if claimed is not None:
            with _named(claimed):
                senders.start(claimed, self._prepared(claimed))
        return claimed is not None

    def _claim(self, but: Collection[str] = ()) -> Claim | None:
        with self._database.reading() as session:
            if not ordering.is_any_due(
                session, self._clock(), but=but, transport=self._transport.name
            ):
                return None
        with self._database.begin() as session:
            return claims.claim(
                session,
                self._name,
                self._clock(),
                but=but,
                pace=self._transport.pace,
                transport=self._transport.name,
            )

    def _prepared(self, claimed: Claim) -> Callable[[], Outcome]:
        """Return a function that sends a message, or returns the reason why it cannot be sent."""
        try:
            with self._database.reading() as session:
                send = self._transport.prepare(session, claimed, self._clock)
        except NoResultFound as error:  # a row that it needs is gone; the database is well
            return _undrawn(error)
        except SQLAlchemyError as error:
            unsent = Unsent(first_line(error))
            return lambda: unsent
        except Exception as error:
            return _undrawn(error)
        return send or Skipped

    def _record_all(self) -> None:
        """Record the outcomes of messages; one that cannot be recorded stays for the next time."""
        while self._ended:
            claimed, outcome = self._ended[0]
            with _named(claimed):
                self._record(claimed, outcome)
            self._ended.popleft()

    def _record(self, claimed: Claim, outcome: Outcome) -> None:
        with self._database.begin() as session:
            self._free_at = _settle(session, claimed, outcome, self._clock())
            if isinstance(outcome, Refused):
                self._tell_refused(session, claimed, outcome, self._clock())
        level = getattr(log, _LEVELS.get(type(outcome), "info"))
        reason = {"reason": outcome.reason} if hasattr(outcome, "reason") else {}
        self._count(claimed.notification.kind, outcome.name)
        level("delivery", kind=claimed.notification.kind, outcome=outcome.name, **reason)


def _undrawn(error: Exception) -> Callable[[], Outcome]:
    """The refusal of a message that cannot be drawn, which must not delay the next ones."""
    log.exception("message cannot be drawn")
    refused = Refused(f"it cannot be drawn: {error!r}"[:200])
    return lambda: refused


def _settle(session: Session, claimed: Claim, outcome: Outcome, now: datetime) -> datetime:
    """Record the outcome of a message. Returns the moment to look at its channel again."""
    again = now + (getattr(outcome, "after", None) or backoff(claimed.notification.attempts))
    match outcome:
        case Sent(ts):
            return claims.settle(session, claimed, ts=ts, now=now)
        case Unsent(reason, after) if claimed.doubt is not None:
            look = claimed.doubt.next_look(now) if after is None else None
            claims.look_later(session, claimed, again=look or again, reason=reason, now=now)
        case Unsent(reason):
            claims.postpone(session, claimed, in_doubt=False, until=again, reason=reason, now=now)
        case Postponed(reason, in_doubt):
            claims.postpone(
                session, claimed, in_doubt=in_doubt, until=again, reason=reason, now=now
            )
        case Unanswered(reason):
            claims.leave_in_doubt(session, claimed, again=again, reason=reason, now=now)
        case Declined(reason):
            claims.set_aside(session, claimed, again=again, reason=reason, now=now)
        case Gone():
            claims.forget_card(session, claimed, now=now)
        case Skipped():
            claims.drop(session, claimed, now=now)
        case Refused(reason):
            claims.refuse(session, claimed, reason=reason, now=now)
    return now + claimed.pace.message


def _named(claimed: Claim) -> AbstractContextManager[None]:
    """A context in which every line of the log names the message."""
    return structlog.contextvars.bound_contextvars(
        notification=claimed.notification.key,
        registration=claimed.notification.registration_id,
        serial=claimed.notification.facts.get("serial"),
    )
