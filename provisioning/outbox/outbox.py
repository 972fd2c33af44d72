"""What is owed to Slack: written in the transaction of what happened, sent by a courier later."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from infrastructure.database.compiled import CompiledStatement
from infrastructure.database.engine import changed, insert_into, upsert
from provisioning.outbox.models import (
    CARD,
    CONFIRMATION,
    FILE,
    NEWS,
    TROUBLE,
    Card,
    Document,
    Notification,
)

_OWE = CompiledStatement(
    lambda _: insert(Notification.__table__).inline(),
    "key",
    "channel",
    "kind",
    "card_id",
    "thread_id",
    "registration_id",
    "facts",
    "occurred_at",
    "deferrable",
)

_LOOK = CompiledStatement(
    lambda dialect: insert_into(Notification.__table__, dialect).on_conflict_do_nothing().inline(),
    *("key", "channel", "kind", "card_id", "facts", "once", "occurred_at", "due_at"),
)
LONGEST_ALT = 255  # characters of what describes a picture
SOON = timedelta(seconds=10)  # between looks of a card of which only a step changed


def owe_card(session: Session, card: Card, *, at: datetime, due_at: datetime | None = None) -> None:
    """Owe a card its present look, or the one it has at `due_at`.

    Owed ten times, it is drawn once, when it is sent.
    """
    session.execute(
        insert(Notification).values(
            key=uuid4().hex,
            channel=card.channel,
            kind=CARD,
            card_id=card.id,
            facts={},
            occurred_at=at,
            due_at=due_at,
        )
    )


def owe_look(
    session: Session, card_id: int, channel: str, *, at: datetime, soon: bool = False
) -> None:
    """Owe a card its present look, as `owe_card` does, from a Mac's call.

    `soon`: every SOON at the most, whichever of its Macs say something; they say a lot.
    """
    due_at = once = None
    if soon:
        slot = int(at.timestamp() // SOON.total_seconds()) + 1
        due_at = datetime.fromtimestamp(slot * SOON.total_seconds(), UTC)
        once = f"look {card_id} {slot}"
    look = {"kind": CARD, "card_id": card_id, "facts": {}, "once": once, "due_at": due_at}
    _LOOK.execute(session, key=uuid4().hex, channel=channel, occurred_at=at, **look)


def owe_confirmation(
    session: Session,
    *,
    channel: str,
    registration_id: int,
    card_id: int | None,
    facts: dict[str, Any],
    at: datetime,
    deferrable: bool,
) -> None:
    """Owe the news that a Mac's manifest was written, and then the card that shows it.

    Those of one card that are owed at the same time are said together. News of one Mac of many
    is `deferrable`: others may go first.
    """
    news = {"channel": channel, "registration_id": registration_id, "occurred_at": at}
    said: dict[str, Any] = {"kind": CONFIRMATION, "card_id": None, "thread_id": card_id}
    _OWE.execute(session, key=uuid4().hex, facts=facts, deferrable=deferrable, **said, **news)
    if card_id is not None:
        drawn: dict[str, Any] = {"kind": CARD, "card_id": card_id, "thread_id": None}
        _OWE.execute(session, key=uuid4().hex, facts={}, deferrable=False, **drawn, **news)


def owe_news(
    session: Session,
    *,
    channel: str,
    sentence: str,
    at: datetime,
    thread: Card | None = None,
    registration_id: int | None = None,
    once: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Owe a sentence of Slack's markup to a channel, a person (by user id) or a card's thread.

    It is said at `due_at`, or at once; `once`, where given, is owed only once for ever. Returns
    whether it was not owed before.
    """
    return _owe_once(
        session,
        channel=channel,
        kind=NEWS,
        thread_id=thread.id if thread else None,
        registration_id=registration_id,
        facts={"sentence": sentence},
        once=once and once[:255],
        occurred_at=at,
        due_at=due_at,
    )


def owe_drawn(
    session: Session,
    kind: str,
    *,
    channel: str,
    facts: dict[str, Any],
    at: datetime,
    thread: Card | None = None,
    once: str | None = None,
    due_at: datetime | None = None,
) -> bool:
    """Owe a message of a kind of its own, drawn when it is sent; else as `owe_news`.

    Whatever draws it may find that there is nothing left to say: then it is not sent.
    """
    return _owe_once(
        session,
        channel=channel,
        kind=kind,
        thread_id=thread.id if thread else None,
        facts=facts,
        once=once and once[:255],
        occurred_at=at,
        due_at=due_at,
    )


def _owe_once(session: Session, **values: object) -> bool:
    statement = upsert(session, Notification).values(key=uuid4().hex, **values)
    return changed(session, statement.on_conflict_do_nothing()) == 1


def owe_file(
    session: Session,
    *,
    channel: str,
    name: str,
    content: bytes,
    sentence: str,
    at: datetime,
    alt: str = "",
    thread: Card | None = None,
) -> None:
    """Owe a file, with a sentence of markup above it; `alt` says what a picture shows."""
    document = Document(name=name, alt=alt[:LONGEST_ALT], content=content, created_at=at)
    session.add(document)
    session.flush()
    session.execute(
        insert(Notification).values(
            key=uuid4().hex,
            channel=channel,
            kind=FILE,
            thread_id=thread.id if thread else None,
            facts={"document": document.id, "sentence": sentence},
            occurred_at=at,
        )
    )


def owe_trouble(
    session: Session, *, channel: str, facts: dict[str, Any], once: str, at: datetime
) -> bool:
    """Owe news that somebody has to act on; told once a day for each `once`.

    Returns whether it was not owed before.
    """
    return _owe_once(
        session,
        channel=channel,
        kind=TROUBLE,
        facts=facts,
        once=f"{at:%Y-%m-%d} {once}"[:255],
        occurred_at=at,
    )
