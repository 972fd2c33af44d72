"""Tables of the outbox: cards that Slack shows, messages that are pending, channels, files."""

from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ForeignKey, LargeBinary, bindparam, false, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial

# Transports: ways to readers. Each has relays of its own.
SLACK, WEBHOOK, MAIL = "slack", "webhook", "mail"
LENGTH = 16  # bytes of a key
# Kinds of card.
BATCH, IMPORT, STRANGER, BENCH = "batch", "import", "stranger", "bench"
DECISION, DRIFT = "decision", "drift"
# Kinds of notification.
CARD, CONFIRMATION, TROUBLE, NEWS, FILE = "card", "confirmation", "trouble", "news", "file"
ANSWER = "answer"  # to a message that a person wrote
LETTER = "mail"  # a part of one
# Kinds of notification that are drawn from the database when they are sent.
AWAY, UNHEARD = "away", "unheard"
STALL, REMINDER, DIGEST = "stall", "reminder", "digest"
# States of a notification: pending, sent, refused, skipped because it had no content.
PENDING, SENT, PARKED, UNSAID = "owed", "sent", "parked", "unsaid"


class Card(Base):
    """A card: a Slack message that is edited in place; it has a `ts` once Slack has shown it.

    Its `kind` is a batch of registrations, whose site, build and note it holds, or an import, an
    unknown Mac, a bench, a decision or drifts, which have rows of their own. `thread_ts` is the
    message that it answers, if any.
    """

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(default=lambda: token_hex(LENGTH))
    kind: Mapped[str] = mapped_column(server_default=BATCH)
    channel: Mapped[str]
    thread_ts: Mapped[str | None]
    site: Mapped[str] = mapped_column(default="")
    build: Mapped[str] = mapped_column(default="")
    registered_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ts: Mapped[str | None]

    __table_args__ = (partial("ix_cards_note", "note", where="note <> ''"),)


class Notification(Base):
    """A row of the outbox: one message, which a relay of its `transport` delivers.

    `channel` is the queue that it stands in: a channel or a person of Slack; other transports begin
    theirs with a word and a colon, so that no two share one.

    `key` is random and travels in the message's metadata, so that Slack can be asked for the
    message. `facts` is the payload, a JSON object. `once`, where set, is a unique key: the same
    message is enqueued once. `thread_id` is the card in whose thread it is posted; `due_at` the
    moment from which it may be sent, None for at once; `retry_at` the same for the next attempt.
    `in_doubt`: an attempt began and has no recorded outcome, so Slack is asked for messages after
    its message `after_ts`, and this one is not posted again before `lost_at`. A `deferrable`
    message repeats what a card shows already, so others may go first in a busy channel.
    """

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    transport: Mapped[str] = mapped_column(server_default=SLACK)
    channel: Mapped[str]
    kind: Mapped[str]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    facts: Mapped[dict[str, Any]]
    once: Mapped[str | None]
    occurred_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    deferrable: Mapped[bool] = mapped_column(server_default=false())
    state: Mapped[str] = mapped_column(server_default=PENDING)
    in_doubt: Mapped[bool] = mapped_column(server_default=false())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    attempted_at: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    lost_at: Mapped[datetime | None]
    after_ts: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    ts: Mapped[str | None]
    reason: Mapped[str | None]

    __table_args__ = (
        partial("ix_notifications_owed", "transport", "channel", "id", where="state = 'owed'"),
        # By a column of the condition: SQLite has no better reason to prefer it to the one above.
        partial(
            "ix_notifications_in_doubt",
            "channel",
            "lost_at",
            where="state = 'owed' AND lost_at IS NOT NULL",
        ),
        partial("ix_notifications_parked", "transport", "channel", "id", where="state = 'parked'"),
        partial("uq_notifications_once", "once", where="once IS NOT NULL", unique=True),
    )


def in_state(state: str, transport: str) -> ColumnElement[bool]:
    """Return the condition that a message of a transport is in a state, PENDING or PARKED.

    Each of the two has an index, by the queue.
    """
    # As a literal: SQLite looks up each row for a parameter, although its index is for this state.
    literal: BindParameter[str] = bindparam(None, state, literal_execute=True)
    return (Notification.state == literal) & (Notification.transport == transport)


class Channel(Base):
    """A queue of one channel: one relay at a time sends in it, not before `free_at`.

    The pause until then began at `paused_at`. `last_ts` is our newest message in the channel.
    """

    __tablename__ = "channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    last_ts: Mapped[str | None]


class Document(Base):
    """A file that is to be uploaded to Slack; `alt` is the text for a picture."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    alt: Mapped[str] = mapped_column(server_default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
