"""Pending work besides Macs: imports to register, messages to send again; reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from provisioning.imports.models import READ, READING, Import
from provisioning.outbox.models import PARKED, Card, Notification


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An import that its person has not registered yet; of `files`, `done` are read."""

    state: str
    at: datetime
    files: int
    done: int
    channel: str | None


@dataclass(frozen=True, slots=True)
class RefusedMessages:
    """`number` messages to a channel, the oldest of `since`, that Slack refused for one reason."""

    channel: str
    reason: str
    number: int
    since: datetime


def unfinished(session: Session, user: str, *, limit: int) -> list[Unfinished]:
    """Return the newest `limit` imports of a person that wait to be read or to be registered."""
    rows = (
        select(Import.state, Import.created_at, Import.sources, Import.done, Card.channel)
        .outerjoin(Card, Card.id == Import.card_id)
        .where(Import.by == user, Import.state.in_((READING, READ)))
        .order_by(Import.id.desc())
        .limit(limit)
    )
    return [
        Unfinished(state, at, len(sources), done_count, channel)
        for state, at, sources, done_count, channel in session.execute(rows)
    ]


def refused(session: Session) -> list[RefusedMessages]:
    """Return the messages that Slack refused, by channel and reason, the oldest first."""
    since = func.min(Notification.occurred_at)
    rows = (
        select(Notification.channel, func.coalesce(Notification.reason, ""), func.count(), since)
        .where(Notification.state == literal_column(f"'{PARKED}'"))
        .group_by(Notification.channel, Notification.reason)
        .order_by(since)
    )
    return [RefusedMessages(*row) for row in session.execute(rows)]
