"""What is owed to Slack: written in the transaction of what happened, sent by a courier later."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from provisioning.database import changed, upsert
from provisioning.models import (
    CARD,
    CONFIRMATION,
    TROUBLE,
    Card,
    Notification,
)
from provisioning.prepared import Prepared

_OWE = Prepared(
    lambda _: insert(Notification.__table__).inline(),
    "key",
    "channel",
    "kind",
    "card_id",
    "registration_id",
    "facts",
    "occurred_at",
)


def owe_card(session: Session, card: Card, *, at: datetime) -> None:
    """Owe a card its present look. Owed ten times, it is drawn once, when it is sent."""
    session.execute(
        insert(Notification).values(
            key=uuid4().hex,
            channel=card.channel,
            kind=CARD,
            card_id=card.id,
            facts={},
            occurred_at=at,
        )
    )


def owe_confirmation(
    session: Session,
    *,
    channel: str,
    registration_id: int,
    card_id: int | None,
    facts: dict[str, Any],
    at: datetime,
) -> None:
    """Owe the news that a Mac's manifest was written, and then the card that shows it."""
    news = {"channel": channel, "registration_id": registration_id, "occurred_at": at}
    _OWE.execute(session, key=uuid4().hex, kind=CONFIRMATION, card_id=None, facts=facts, **news)
    if card_id is not None:
        _OWE.execute(session, key=uuid4().hex, kind=CARD, card_id=card_id, facts={}, **news)


def owe_trouble(
    session: Session, *, channel: str, facts: dict[str, Any], once: str, at: datetime
) -> bool:
    """Owe news that somebody has to act on; told once a day for each `once`.

    Returns whether it was not owed before.
    """
    statement = upsert(session, Notification).values(
        key=uuid4().hex,
        channel=channel,
        kind=TROUBLE,
        facts=facts,
        once=f"{at:%Y-%m-%d} {once}"[:255],
        occurred_at=at,
    )
    return changed(session, statement.on_conflict_do_nothing()) == 1
