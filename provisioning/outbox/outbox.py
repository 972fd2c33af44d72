"""A queue of messages: each is written in the transaction of its event, and sent later."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any, TypeAlias

from sqlalchemy import insert
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import add_new, insert_into
from infrastructure.text import Sentence
from provisioning.outbox.models import (
    CARD,
    CONFIRMATION,
    FILE,
    LENGTH,
    NEWS,
    SLACK,
    TROUBLE,
    Card,
    Document,
    Notification,
)

_INSERT = CompiledStatement(
    lambda _: insert(Notification.__table__).inline(),
    *("key", "channel", "kind", "card_id", "thread_id", "registration_id", "facts", "occurred_at"),
    *("due_at", "deferrable"),
)

_INSERT_ONCE = CompiledStatement(
    lambda dialect: insert_into(Notification.__table__, dialect).on_conflict_do_nothing().inline(),
    *("key", "channel", "kind", "card_id", "facts", "once", "occurred_at", "due_at"),
)
_EMPTY: dict[str, object] = {
    **dict.fromkeys(("card_id", "thread_id", "registration_id", "due_at")),
    "facts": {},
    "deferrable": False,
}
LONGEST_ALT = 255  # characters of the text for a picture
EDIT_INTERVAL = timedelta(seconds=10)  # between edits of a card for Macs that only report a step

Target: TypeAlias = str | Card
"""A channel, a person (by user id), or a card, in whose thread a message is posted."""


def open_card(session: Session, card: Card) -> Card:
    """Add a card that Slack does not show yet, and return it with its id."""
    session.add(card)
    session.flush()
    return card


def enqueue_card(
    session: Session,
    card: Card,
    *,
    at: datetime,
    due_at: datetime | None = None,
    thread: Card | None = None,
) -> None:
    """Enqueue a card, which is drawn from the database when it is sent, not before `due_at`.

    It is posted in the thread of another card, where one is given. A card that is enqueued ten
    times before it is sent is sent once.
    """
    thread_id = thread.id if thread else None
    _insert(session, card.channel, CARD, at, card_id=card.id, thread_id=thread_id, due_at=due_at)


def enqueue_cards(session: Session, card_ids: Collection[int], *, at: datetime) -> None:
    """Enqueue cards by their ids. One that a hand has deleted holds up nothing: it is left out."""
    for card_id in card_ids:
        if card := session.get(Card, card_id):
            enqueue_card(session, card, at=at)


def refresh_card(
    session: Session, card_id: int, channel: str, *, at: datetime, batched: bool = False
) -> None:
    """Enqueue a card, as `enqueue_card` does, from a Mac's call.

    `batched`: at most once in each EDIT_INTERVAL for all Macs of a card, which send many reports.
    """
    due_at = dedup_key = None
    if batched:
        slot = int(at.timestamp() // EDIT_INTERVAL.total_seconds()) + 1
        due_at = datetime.fromtimestamp(slot * EDIT_INTERVAL.total_seconds(), UTC)
        dedup_key = f"look {card_id} {slot}"
    _INSERT_ONCE.execute(
        session,
        key=token_hex(LENGTH),
        channel=channel,
        kind=CARD,
        card_id=card_id,
        facts={},
        once=dedup_key,
        occurred_at=at,
        due_at=due_at,
    )


def enqueue_confirmation(
    session: Session,
    *,
    channel: str,
    registration_id: int,
    card_id: int | None,
    payload: dict[str, Any],
    at: datetime,
    deferrable: bool,
) -> None:
    """Enqueue the message that a Mac's manifest was written, and then the card that shows it.

    Pending ones of one card become one message. Where other Macs share the card, the message is
    `deferrable`: others may go first.
    """
    _insert(
        session,
        channel,
        CONFIRMATION,
        at,
        thread_id=card_id,
        registration_id=registration_id,
        facts=payload,
        deferrable=deferrable,
    )
    if card_id is not None:
        _insert(session, channel, CARD, at, card_id=card_id, registration_id=registration_id)


def _insert(session: Session, channel: str, kind: str, at: datetime, **values: object) -> None:
    """Insert a message by the compiled statement, which sets every column it has."""
    row = {**_EMPTY, **values}
    _INSERT.execute(
        session, key=token_hex(LENGTH), channel=channel, kind=kind, occurred_at=at, **row
    )


def enqueue_news(
    session: Session, *, channel: Target, sentence: str, at: datetime, dedup_key: str | None = None
) -> bool:
    """Enqueue a sentence of Slack's markup.

    A message with a `dedup_key` is only ever enqueued once. Returns False where it was before.
    """
    payload = _sentence_payload(sentence)
    return enqueue_message(
        session, NEWS, channel=channel, payload=payload, at=at, dedup_key=dedup_key
    )


def _sentence_payload(sentence: str) -> dict[str, Any]:
    """The payload of a sentence: its English text, and its facts where it has any."""
    facts = {"said": sentence.to_json()} if isinstance(sentence, Sentence) else {}
    return {"sentence": str(sentence), **facts}


def enqueue_message(
    session: Session,
    kind: str,
    *,
    channel: Target,
    payload: dict[str, Any],
    at: datetime,
    dedup_key: str | None = None,
    due_at: datetime | None = None,
    transport: str = SLACK,
) -> bool:
    """Enqueue a message of a kind, which is drawn when it is sent, at `due_at` or at once.

    Where nothing is left to draw by then, it is skipped. A message with a `dedup_key` (255
    characters count) is only ever enqueued once. Returns False where it was enqueued before.
    """
    return add_new(
        session,
        Notification,
        key=token_hex(LENGTH),
        transport=transport,
        kind=kind,
        facts=payload,
        once=dedup_key and dedup_key[:255],
        occurred_at=at,
        due_at=due_at,
        **_queue_of(channel),
    )


def _queue_of(target: Target) -> dict[str, object]:
    """The columns of the queue in which a message for a target stands, and of its thread."""
    if isinstance(target, Card):
        return {"channel": target.channel, "thread_id": target.id}
    return {"channel": target}


def enqueue_file(
    session: Session,
    *,
    channel: Target,
    name: str,
    content: bytes,
    sentence: str,
    at: datetime,
    alt: str = "",
) -> None:
    """Enqueue a file, with a sentence of markup above it; `alt` is the text for a picture."""
    document = Document(name=name, alt=alt[:LONGEST_ALT], content=content, created_at=at)
    session.add(document)
    session.flush()
    payload = {"document": document.id, **_sentence_payload(sentence)}
    enqueue_message(session, FILE, channel=channel, payload=payload, at=at)


def enqueue_trouble(
    session: Session, *, channel: str, sentence: str, at: datetime, key: str | None = None
) -> bool:
    """Enqueue a sentence about trouble that a person has to fix, once a day for each.

    Where several sentences tell the same trouble, of each Mac for one, they have a `key` that is
    the same. Returns False where it was enqueued before on the same day (UTC).
    """
    return enqueue_message(
        session,
        TROUBLE,
        channel=channel,
        payload=_sentence_payload(sentence),
        at=at,
        dedup_key=f"{at:%Y-%m-%d} {key or sentence}",
    )
