"""A backlog for admins: messages that Slack did not take, Macs and clients refused; reads only."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from provisioning.access import refusals
from provisioning.access.refusals import RefusedAddress
from provisioning.firstboot.models import UnknownMac
from provisioning.outbox.models import OWED, Notification

OFTEN = 20  # refusals of one address that are reported
MOST_ADDRESSES = 5


def owed_since(session: Session, now: datetime) -> datetime | None:
    """Return the moment of the oldest pending message that could be sent; None without one."""
    due = or_(Notification.due_at.is_(None), Notification.due_at <= now)
    oldest = func.min(func.coalesce(Notification.due_at, Notification.occurred_at))
    return session.scalar(
        select(oldest).where(Notification.state == OWED, due, ~_may_be_taken_yet(now))
    )


def in_doubt(session: Session, now: datetime) -> tuple[int, datetime | None]:
    """Return how many messages got no answer and may be taken yet, and since when."""
    since = func.min(Notification.attempted_at)
    doubtful = (Notification.state == OWED) & _may_be_taken_yet(now)
    total, first = session.execute(select(func.count(), since).where(doubtful)).one()
    return total, first


def _may_be_taken_yet(now: datetime) -> ColumnElement[bool]:
    return Notification.lost_at.is_not(None) & (Notification.lost_at > now)


def strangers(session: Session) -> int:
    """Return the number of unknown Macs that booted and wait for an answer."""
    return (
        session.scalar(select(func.count(UnknownMac.id)).where(UnknownMac.settled_at.is_(None)))
        or 0
    )


def refused(session: Session, now: datetime) -> Sequence[RefusedAddress]:
    """Return the addresses that were refused often at the Macs' door in the last day."""
    since = now - timedelta(days=1)
    return refusals.recent(session, since, least=OFTEN)[:MOST_ADDRESSES]
