"""Cursors in tables, by which each row is handed on once.

On PostgreSQL a row may be committed after one with a higher id; so missing ids are looked for for
a minute. Rows of one Mac are written under its lock, so they are seen in the order of their ids.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import QueryableAttribute, Session

from provisioning.firstboot.models import UnknownMac
from provisioning.monitoring.webhooks.models import WebhookCursor
from provisioning.outbox.models import Notification
from provisioning.registrations.models import Event

Source: TypeAlias = type[Event | Notification | UnknownMac]

SOURCES: dict[str, Source] = {"events": Event, "messages": Notification, "unknown": UnknownMac}
MAX_ROWS = 2000  # rows of one look
MAX_MISSING = 1000  # ids that are looked for again
MISSING_FOR = timedelta(minutes=1)


def begin(session: Session) -> None:
    """Begin a cursor: rows from now on are handed on."""
    for name, source in SOURCES.items():
        newest = session.scalar(_newest(source)) or 0
        session.merge(WebhookCursor(source=name, last=newest, missing={}))
    session.flush()


def is_any_new(session: Session) -> bool:
    """Return True if rows are to be handed on; reads only."""
    at = {cursor.source: cursor for cursor in session.scalars(select(WebhookCursor))}
    return any(
        name in at and (at[name].missing or (session.scalar(_newest(source)) or 0) > at[name].last)
        for name, source in SOURCES.items()
    )


def advance(session: Session, name: str, now: datetime, limit: int = MAX_ROWS) -> Collection[int]:
    """Return the ids of at most `limit` next rows of a source, and move its cursor on.

    The cursor is locked until the commit: rows are handed on in the same transaction.
    """
    cursor = session.get(WebhookCursor, name, with_for_update=True, populate_existing=True)
    if cursor is None:
        return ()
    key: QueryableAttribute[int] = SOURCES[name].id
    missing = {int(each): datetime.fromisoformat(at) for each, at in cursor.missing.items()}
    missing = {each: at for each, at in missing.items() if now - MISSING_FOR < at <= now}
    is_new = or_(key > cursor.last, key.in_(missing)) if missing else key > cursor.last
    ids = session.scalars(select(key).where(is_new).order_by(key).limit(limit)).all()
    last = max([cursor.last, *ids])
    between = range(max(cursor.last + 1, last - MAX_MISSING), last)
    looked_for: dict[int, Any] = {**dict.fromkeys(between, now), **missing}
    seen = frozenset(ids)
    cursor.missing = {str(e): at.isoformat() for e, at in looked_for.items() if e not in seen}
    cursor.last = last
    return ids


def _newest(source: Source) -> Select[int]:
    return select(func.max(source.id))
