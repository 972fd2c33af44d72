"""The step from events to the messages for each receiver, in the relay process.

A Mac's call and a bulk operation write nothing for webhooks: the events that they record anyway are
read here, and the cursor moves in the transaction that enqueues the messages.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event as Signal
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.execution import loop
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.process import Pulse, unheard
from provisioning.access.accounts import people
from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring import digest
from provisioning.monitoring.odd_rows import drawn
from provisioning.monitoring.webhooks import cursors, events, joining, queues
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox import models as outbox
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event, Registration
from provisioning.values.board_pages import leading_to, of_mac
from provisioning.values.outsiders import is_outsider, shown

PAUSE = 1.0  # seconds between looks
LATE_INTERVAL = timedelta(seconds=10)  # between looks for late messages: they read the backlog
POST_TIMEOUT = timedelta(minutes=1)  # in which what is being posted to a receiver is settled
MAX_WRITTEN = 2000  # messages of one step


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """An event for receivers: its type, moment and content; its site and Mac, if it has them.

    `id` is that of the event of a registration, if it is one.
    """

    type: str
    at: datetime
    told: events.Told
    site: str | None = None
    registration_id: int | None = None
    id: int | None = None


class FanOut:
    """A loop that enqueues events for each receiver that listens to them.

    One step enqueues at most about `limit` messages, or deletes so many of an ended receiver.
    """

    def __init__(
        self,
        database: Database,
        *,
        board: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        pulse: Pulse = unheard,
        limit: int = MAX_WRITTEN,
    ) -> None:
        self._database, self._board, self._clock, self._pulse = database, board, clock, pulse
        self._limit = limit
        self._looked_at: datetime | None = None  # for what is late
        self._forgotten: set[int] = set()  # webhooks that have ended, and for which nothing waits

    def run(self, stop: Signal) -> None:
        """Work until `stop` is set."""
        loop.run(self._round, stop)

    def _round(self) -> float:
        self._pulse()
        return 0.0 if self.step() else PAUSE

    def step(self) -> bool:
        """Enqueue the events since the last step. Returns True if there may be more."""
        now = self._clock()
        if self._forget(now):
            return True
        with self._database.reading() as session:
            if not session.scalar(select(Webhook.id).where(Webhook.ended_at.is_(None)).limit(1)):
                return False
            is_new = cursors.is_any_new(session)
        if is_new and self._hand_on(now):
            return True
        if self._looked_at is not None and abs(now - self._looked_at) < LATE_INTERVAL:
            return False
        self._looked_at = now
        with self._database.reading() as session:
            late = joining.late(session, now)
        if late:
            with self._database.begin() as session:
                joining.join(session, late, now)
        return False

    def _forget(self, now: datetime) -> bool:
        """Delete some messages of ended webhooks; returns False where there are none."""
        with self._database.reading() as session:
            ended = select(Webhook.id, Webhook.ended_at).where(Webhook.ended_at.is_not(None))
            rows = session.execute(ended.where(Webhook.id.not_in(self._forgotten))).all()
            for number, ended_at in rows:
                if ids := queues.left_behind(session, number, self._limit):
                    break
                if ended_at is not None and now - ended_at > POST_TIMEOUT:
                    self._forgotten.add(number)
            else:
                return False
        with self._database.begin() as session:
            queues.forget(session, ids)
        return True

    def _hand_on(self, now: datetime) -> bool:
        with self._database.begin() as session, leading_to(self._board):
            present = select(Webhook).where(Webhook.ended_at.is_(None))
            receivers = session.scalars(present.order_by(Webhook.id)).all()
            # Macs wait for SQLite's writer: so a step writes as much for many receivers as for few.
            share = max(self._limit // max(len(receivers), 1), 1)
            # Few of the messages are events, and many are our own: so more of them are read.
            limits = {**dict.fromkeys(cursors.SOURCES, share), "messages": cursors.MAX_ROWS}
            ids = {
                name: cursors.advance(session, name, now, limit) for name, limit in limits.items()
            }
            rows = [
                row
                for happening in _events(session, ids, now)
                for row in _rows(happening, receivers)
            ]
            if rows:
                session.execute(insert(Notification), rows)
        return any(len(ids[name]) >= limit for name, limit in limits.items())


def _rows(happening: WebhookEvent, receivers: Collection[Webhook]) -> Iterator[dict[str, Any]]:
    facts: dict[str, object] = {
        "type": happening.type,
        "timestamp": happening.at.isoformat(),
        "data": happening.told.model_dump(mode="json"),
    }
    for hook in receivers:
        if happening.at >= hook.made_at and _listens(hook, happening):
            yield queues.row(hook.id, facts, happening.at, happening.registration_id)


def _listens(hook: Webhook, happening: WebhookEvent) -> bool:
    """Return True if a receiver listens to the event; one for sites, to events at one of these."""
    if hook.types and happening.type not in hook.types:
        return False
    if not hook.sites:
        return True
    site = happening.site or ""
    return any(site == each or site.startswith(f"{each}/") for each in hook.sites)


def _events(
    session: Session, ids: dict[str, Collection[int]], now: datetime
) -> Iterator[WebhookEvent]:
    yield from changes(session, ids["events"])
    yield from _messages(session, ids["messages"], now)
    query = select(UnknownMac).where(UnknownMac.id.in_(ids["unknown"])).order_by(UnknownMac.id)
    yield from drawn(session.scalars(query).all(), _of_unknown, outbox.WEBHOOK)


def _of_unknown(unknown: UnknownMac) -> Iterator[WebhookEvent]:
    told = events.UnknownTold(serial=unknown.reported_as, link=of_mac(unknown.serial))
    yield WebhookEvent(events.UNKNOWN, unknown.first_at, told)


def changes(session: Session, ids: Collection[int]) -> Iterator[WebhookEvent]:
    """Return the happenings in events of registrations, in their order; many are of no interest."""
    query = select(Event, Registration).join(Registration).order_by(Event.id)
    rows = [(event, mac) for event, mac in session.execute(query.where(Event.id.in_(ids)))]
    names = people.names(session, (event.by for event, _ in rows))

    def draw(row: tuple[Event, Registration]) -> Iterator[WebhookEvent]:
        event, mac = row
        kind = events.type_of(event.what, event.before, event.after)
        if kind is not None:
            told = _mac_told(kind, mac, event, names)
            yield WebhookEvent(kind, event.at, told, told.site, mac.id, event.id)

    return drawn(rows, draw, outbox.WEBHOOK)


def _mac_told(
    kind: str, mac: Registration, event: Event | None, names: dict[str, str]
) -> events.MacTold:
    """A Mac as it was after an event, or as it is now."""
    before, after = (event.before, event.after) if event else (None, None)
    present = {"site": mac.site, "build": mac.build, "state": mac.state}
    values = {**present, **(before or {}), **(after or {})}
    if event is not None:
        values["state"] = events.STATES[kind]
    former = {name: before.get(name) for name in present} if before else {}
    is_whole = bool(former) and None not in former.values()
    return events.MacTold(
        serial=mac.name,
        **{name: values[name] for name in present},
        registration=mac.id,
        batch=mac.card_id,
        computer_name=mac.called,
        who=_person(event.by, names) if event and event.by else None,
        previous=events.FormerPlace.model_validate(former) if is_whole else None,
        link=of_mac(mac.serial),
    )


def _person(by: str, names: dict[str, str]) -> events.Person:
    if is_outsider(by):
        return events.Person(id=by.partition(" ")[0], name=shown(by))
    return events.Person(id=by, name=names.get(by))


def _messages(session: Session, ids: Collection[int], now: datetime) -> Iterator[WebhookEvent]:
    """The happenings that are only recorded as messages for Slack."""
    kinds = (outbox.TROUBLE, outbox.STALL, outbox.DIGEST)
    query = select(Notification).where(
        Notification.id.in_(ids),
        Notification.transport == outbox.SLACK,
        Notification.kind.in_(kinds),
    )

    def draw(message: Notification) -> Iterator[WebhookEvent]:
        at = message.occurred_at
        if message.kind == outbox.TROUBLE:
            told = events.TroubleTold(text=message.facts["sentence"], channel=message.channel)
            yield WebhookEvent(events.TROUBLE, at, told)
        elif message.kind == outbox.DIGEST:
            yield WebhookEvent(events.DIGEST, at, _digest(session, message, now))
        else:
            macs = select(Registration).where(Registration.id.in_(message.facts["macs"]))
            for mac in session.scalars(macs.order_by(Registration.id)):
                stalled = _mac_told(events.STALLED, mac, None, {})
                yield WebhookEvent(events.STALLED, at, stalled, mac.site, mac.id)

    messages = session.scalars(query.order_by(Notification.id)).all()
    return drawn(messages, draw, outbox.WEBHOOK)


def _digest(session: Session, message: Notification, now: datetime) -> events.DigestTold:
    sites = message.facts["sites"]
    found = digest.gather(session, now, sites=sites, channel=message.channel)
    parts = ("failed", "stalled", "waiting", "drifted")
    totals = {name: getattr(found, name).total for name in parts}
    return events.DigestTold(channel=message.channel, sites=sites, unknown=found.unknown, **totals)
