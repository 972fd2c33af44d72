"""The gathering of mail from the messages to Slack's channels, and from Macs that fail.

The rows of the outbox are written in the transaction of their event, so copying them later loses
nothing. PostgreSQL shows rows in the order of commits, not of ids: recent rows are read again, and
a mail is enqueued once. A look only reads: on SQLite a Mac's call would wait for it otherwise.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Event as Signal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.bulk import is_among
from infrastructure.database.statements.dialects import add_new
from infrastructure.execution import loop
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.process import Pulse, unheard
from provisioning.firstboot.models import Decision, UnknownMac
from provisioning.monitoring.drift.models import Drift
from provisioning.monitoring.mail.audience import Audience, Recipient, Subject
from provisioning.monitoring.mail.models import ATTENTION, BATCH, DIGEST, MailCursor
from provisioning.monitoring.odd_rows import drawn
from provisioning.outbox import models as outbox_models
from provisioning.outbox import outbox
from provisioning.outbox.models import LETTER, MAIL, SLACK, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations.models import CANCELLED, CONFIRMED, FAILED, Event, Registration

JOIN_WINDOW = timedelta(seconds=60)  # in which what happens together becomes one mail
GRACE = timedelta(minutes=2)  # longer than a transaction takes; its rows may come late
INTERVAL = 5.0  # seconds between two looks at what happened
PAGE = 5000  # rows of one look
CHANNEL = "mail:"  # the queue of an address begins with it
_TOLD = (outbox_models.TROUBLE, outbox_models.STALL, outbox_models.DIGEST)
_ASKING = (outbox_models.STRANGER, outbox_models.DECISION, outbox_models.DRIFT)


@dataclass(frozen=True, slots=True)
class MailItem:
    """An item of a mail that is to be enqueued: one `subject`, drawn from `facts` when it is sent.

    `key` names it, for each of its hearers.
    """

    key: str
    subject: Subject
    facts: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class MailNews:
    """The result of a look: items of mails by their unique keys, and the new marks of cursors."""

    rows: Mapping[str, tuple[MailItem, Recipient]]
    marks: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.rows or self.marks)


class Gatherer:
    """A loop that enqueues mail; it sends nothing."""

    def __init__(
        self,
        database: Database,
        policy: Callable[[], Policy],
        *,
        pulse: Pulse = unheard,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database, self._policy = database, policy
        self._pulse, self._clock = pulse, clock

    def run(self, stop: Signal) -> None:
        """Work until `stop` is set."""
        loop.run(self.step, stop)

    def step(self) -> float:
        """Enqueue the new mail. Returns the seconds until the next look."""
        self._pulse()
        with self._database.reading() as session:
            is_new = _is_anything_new(session)
            news = look(session, self._policy(), self._clock()) if is_new else None
        if news:
            with self._database.begin() as session:
                record(session, news)
        return INTERVAL


def look(session: Session, policy: Policy, now: datetime) -> MailNews:
    """Return the news for readers of mail; reads only."""
    audience = Audience(session, policy)
    rows: dict[str, tuple[MailItem, Recipient]] = {}
    marks: dict[str, int] = {}
    for name, source in _SOURCES.items():
        begin = session.scalar(select(MailCursor.last_id).where(MailCursor.source == name))
        if begin is None:  # mail of last year is of no use
            marks[name] = session.scalar(select(func.max(source.id))) or 0
            continue
        end = session.scalar(select(func.max(source.page(begin).subquery().c.id))) or begin
        looked_at = (source.id > begin) & (source.id <= end)
        items = [] if audience.is_empty else list(source.items(session, policy, looked_at))
        for item in items:
            for recipient in audience.of(item.subject, item.at):
                rows.setdefault(_key(item, recipient), (item, recipient))
        passed = select(func.max(source.id)).where(looked_at, source.at < now - GRACE)
        if done := session.scalar(passed):
            marks[name] = done
    known = select(Notification.once).where(is_among(session, [*rows], Notification.once))
    for key in session.scalars(known) if rows else ():
        rows.pop(key or "", None)
    return MailNews(rows, marks)


def record(session: Session, news: MailNews) -> int:
    """Enqueue the news of a look, and move the cursors on. Returns the number of rows."""
    for source, mark in news.marks.items():
        add_new(session, MailCursor, source=source, last_id=mark)
        behind = (MailCursor.source == source) & (MailCursor.last_id < mark)
        session.execute(update(MailCursor).where(behind).values(last_id=mark))
    return sum(_enqueue(session, key, *row) for key, row in news.rows.items())


def _is_anything_new(session: Session) -> bool:
    """True if a look could find something; reads only."""
    cursors = dict(session.execute(select(MailCursor.source, MailCursor.last_id)).all())
    return any(
        name not in cursors or session.scalar(source.page(cursors[name]).limit(1)) is not None
        for name, source in _SOURCES.items()
    )


def queue_of(address: str) -> str:
    """Return the name of the queue of an address."""
    return f"{CHANNEL}{address}"[:255]


def _key(item: MailItem, recipient: Recipient) -> str:
    digest = hashlib.sha256(recipient.address.encode()).hexdigest()[:32]
    return f"mail {item.key} {digest}"


def _enqueue(session: Session, key: str, item: MailItem, recipient: Recipient) -> bool:
    facts = {
        **item.facts,
        "part": item.subject.part,
        "language": recipient.language,
        "to": recipient.address,
        "is_person": recipient.is_person,
    }
    if item.subject.part == DIGEST:
        facts["sites"] = list(recipient.sites) if recipient.sites is not None else None
    return outbox.enqueue_message(
        session,
        LETTER,
        transport=MAIL,
        channel=queue_of(recipient.address),
        payload=facts,
        at=item.at,
        dedup_key=key,
        due_at=max(recipient.due_at, item.at + JOIN_WINDOW),
    )


def _of_events(session: Session, _: Policy, looked_at: ColumnElement[bool]) -> Iterator[MailItem]:
    query = (
        select(Event.id, Event.at, Registration)
        .join(Registration, Registration.id == Event.registration_id)
        .where(looked_at, Event.what == FAILED)
        .order_by(Event.id)
    )
    for number, at, mac in session.execute(query):
        facts = {"about": FAILED, "macs": [mac.id]}
        yield MailItem(f"event {number}", _of_macs(mac), facts, at)


def _of_messages(
    session: Session, policy: Policy, looked_at: ColumnElement[bool]
) -> Iterator[MailItem]:
    query = select(Notification).where(
        looked_at, Notification.transport == SLACK, Notification.kind.in_(_TOLD)
    )
    messages = session.scalars(query.order_by(Notification.id)).all()
    yield from drawn(messages, partial(_of_message, session, policy), MAIL)
    cards = session.execute(_cards(looked_at)).all()
    yield from drawn(cards, lambda row: _of_card(session, policy, *row), MAIL)


def _of_message(session: Session, policy: Policy, message: Notification) -> Iterator[MailItem]:
    match message.kind:
        case outbox_models.TROUBLE:
            subject = Subject(ATTENTION, frozenset(policy.sites_of(message.channel)))
            facts = {"about": "trouble", **message.facts}
            yield MailItem(f"message {message.id}", subject, facts, message.occurred_at)
        case outbox_models.STALL:
            yield from _stalled(session, message)
        case outbox_models.DIGEST:
            key = f"digest {message.occurred_at:%Y-%m-%d}"
            yield MailItem(key, Subject(DIGEST), {"about": "digest"}, message.occurred_at)


def _cards(looked_at: ColumnElement[bool]) -> Select[Card, datetime]:
    """Cards with a message, each once: a batch may have thousands of messages."""
    is_confirmation = Notification.kind == outbox_models.CONFIRMATION
    is_question = (Notification.kind == outbox_models.CARD) & Card.kind.in_(_ASKING)
    return (
        select(Card, func.max(Notification.occurred_at))
        .select_from(Notification)
        .join(Card, Card.id == func.coalesce(Notification.card_id, Notification.thread_id))
        .where(looked_at, Notification.transport == SLACK, is_confirmation | is_question)
        .group_by(Card.id)
        .order_by(func.max(Notification.id))
    )


def _of_card(session: Session, policy: Policy, card: Card, at: datetime) -> Iterator[MailItem]:
    if card.kind in _ASKING:
        return _question(session, policy, card, at)
    return _batch(session, card, at)


@dataclass(frozen=True, slots=True)
class _Source:
    """A table whose rows are news: the ids, the moments, those that count, and their items."""

    id: InstrumentedAttribute[int]
    at: InstrumentedAttribute[datetime]
    counts: ColumnElement[bool]
    items: Callable[[Session, Policy, ColumnElement[bool]], Iterator[MailItem]]

    def page(self, begin: int) -> Select[int]:
        """The ids of the next rows after `begin`, PAGE at most."""
        return select(self.id).where(self.id > begin, self.counts).order_by(self.id).limit(PAGE)


# Messages for Slack only: those for webhooks say the same, and may be very many.
_SOURCES = {
    "messages": _Source(
        Notification.id, Notification.occurred_at, Notification.transport == SLACK, _of_messages
    ),
    "events": _Source(Event.id, Event.at, true(), _of_events),
}


def _stalled(session: Session, message: Notification) -> Iterator[MailItem]:
    ids = message.facts["macs"]
    macs = session.scalars(select(Registration).where(Registration.id.in_(ids))).all()
    facts = {"about": "stall", "macs": ids, "since": message.facts["since"]}
    yield MailItem(f"message {message.id}", _of_macs(*macs), facts, message.occurred_at)


def _batch(session: Session, card: Card, at: datetime) -> Iterator[MailItem]:
    """The end of a batch, for the person who registered it."""
    counts = select(Registration.state, func.count()).where(Registration.card_id == card.id)
    states = dict(session.execute(counts.group_by(Registration.state)).all())
    if states.get(CONFIRMED) and not states.keys() - {CONFIRMED, CANCELLED}:
        subject = Subject(BATCH, frozenset({card.site} - {""}), frozenset({card.registered_by}))
        yield MailItem(f"batch {card.id}", subject, {"about": "batch", "card": card.id}, at)


def _question(session: Session, policy: Policy, card: Card, at: datetime) -> Iterator[MailItem]:
    """A question of an unknown Mac, a decision or drifts, once for each card."""
    facts = {"about": card.kind, "card": card.id}
    if card.kind == outbox_models.STRANGER:
        subject = Subject(ATTENTION, frozenset(policy.sites_of(card.channel)))
        is_open = select(UnknownMac.id).where(
            UnknownMac.card_id == card.id, UnknownMac.settled_at.is_(None)
        )
    else:
        kind = Decision if card.kind == outbox_models.DECISION else Drift
        is_open = select(kind.id).where(kind.card_id == card.id, kind.settled_at.is_(None))
        ids = select(kind.registration_id).where(kind.card_id == card.id)
        macs = session.scalars(select(Registration).where(Registration.id.in_(ids))).all()
        subject = _of_macs(*macs)
    if session.scalar(is_open.limit(1)) is not None:
        yield MailItem(f"card {card.id}", subject, facts, at)


def _of_macs(*macs: Registration) -> Subject:
    people = frozenset(mac.registered_by for mac in macs if mac.registered_by)
    return Subject(ATTENTION, frozenset(mac.site for mac in macs if mac.site), people)
