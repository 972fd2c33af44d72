"""Queues of receivers in the outbox, and the messages that wait in them.

There are two for each receiver, so at most two connections go to one.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import product
from typing import TypeVar
from uuid import uuid4
from zlib import crc32

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from infrastructure.database.statements.dialects import changed
from provisioning.outbox.models import PARKED, PENDING, WEBHOOK, Notification, in_state

Value = TypeVar("Value")

LANES = 2
MAX_COUNTED = 10_000  # messages that wait for one receiver; one more stands for more
LOOKED_AT = 100  # messages at the head of a queue, where those are that were not taken
MAX_AT_ONCE = 2000  # messages of one transaction: on SQLite Macs wait for it


def channel(hook_id: int, serial: str = "") -> str:
    """Return the name of the queue of a receiver for a Mac: the same for all its messages."""
    return f"hook:{hook_id}:{crc32(serial.encode()) % LANES}"


def channels(hook_id: int) -> list[str]:
    """Return the names of all queues of a receiver."""
    return [f"hook:{hook_id}:{lane}" for lane in range(LANES)]


def hook_id(name: str) -> int:
    """Return the receiver of a queue."""
    return int(name.split(":")[1])


def waiting(session: Session, state: str, number: int, limit: int) -> tuple[int, str | None]:
    """Return the number of a receiver's messages in a state, up to `limit` and one more.

    And the reason of one of them, where it has one.
    """
    total, reason = 0, None
    for queue in channels(number):
        some = _first(Notification.id, state, queue, limit + 1).subquery()
        total += session.scalar(select(func.count()).select_from(some)) or 0
        head = session.scalars(_first(Notification.reason, state, queue, LOOKED_AT))
        reason = reason or next(filter(None, head), None)
    return min(total, limit + 1), reason


def _first(
    column: InstrumentedAttribute[Value], state: str, queue: str, limit: int
) -> Select[Value]:
    """Select a column of the first messages of a queue that are in a state.

    The queue is a range, in the order of the index of its state: where few are pending and very
    many were sent, PostgreSQL would walk through all messages otherwise.
    """
    is_theirs = in_state(state, WEBHOOK) & Notification.channel.between(queue, queue)
    rows = select(column).where(is_theirs)
    return rows.order_by(Notification.channel, Notification.id).limit(limit)


def left_behind(session: Session, number: int, limit: int = MAX_AT_ONCE) -> Sequence[int]:
    """Return the ids of the first `limit` pending messages of a webhook; reads only."""
    for state, queue in product((PENDING, PARKED), channels(number)):
        if found := session.scalars(_first(Notification.id, state, queue, limit)).all():
            return found
    return ()


def forget(session: Session, ids: Sequence[int]) -> None:
    """Delete messages of an ended webhook."""
    is_waiting = Notification.id.in_(ids) & Notification.state.in_((PENDING, PARKED))
    rows = delete(Notification).where(is_waiting)
    session.execute(rows.execution_options(synchronize_session=False))


def replay(session: Session, queue: str, at: datetime, limit: int) -> int:
    """Enqueue again the first messages set aside in a queue. Returns their number."""
    first = _first(Notification.id, PARKED, queue, limit)
    fresh = {"state": PENDING, "reason": None, "retry_at": None, "attempts": 0, "due_at": at}
    again = update(Notification).where(Notification.id.in_(first)).values(fresh)
    return changed(session, again.execution_options(synchronize_session=False))


def row(
    number: int, facts: dict[str, object], at: datetime, registration_id: int | None = None
) -> dict[str, object]:
    """Return a message for a webhook as a row of the outbox."""
    told = facts["data"]
    serial = str(told.get("serial", "")) if isinstance(told, dict) else ""
    return {
        "key": uuid4().hex,
        "transport": WEBHOOK,
        "channel": channel(number, serial),
        "kind": WEBHOOK,
        "registration_id": registration_id,
        "facts": facts,
        "occurred_at": at,
    }
