"""Pending work that is no Mac: imports that wait to be registered; reads only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.imports.models import READ, READING, Import
from provisioning.outbox.models import Card


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An import that its person has not registered yet; of `files`, `done` are read."""

    state: str
    at: datetime
    files: int
    done: int
    channel: str | None


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
