"""What Slack shows, and what it is owed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial

# What a card shows.
BATCH, IMPORT, STRANGER, BENCH = "batch", "import", "stranger", "bench"
# Kinds of notification.
CARD, CONFIRMATION, TROUBLE, NEWS, FILE = "card", "confirmation", "trouble", "news", "file"
# Those that are drawn from the state of things when they are sent.
STALL, REMINDER, DIGEST = "stall", "reminder", "digest"
# States of a notification; one that had nothing left to say when it was due is unsaid.
OWED, SENT, PARKED, UNSAID = "owed", "sent", "parked", "unsaid"


class Card(Base):
    """A Slack message that is edited in place; `ts` once Slack has shown it.

    `kind` says what it shows: a batch of registrations, whose site, build and note it holds, or
    something that has a row of its own. `thread_ts` is the message that it answers, if any.
    """

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(server_default=BATCH)
    channel: Mapped[str]
    thread_ts: Mapped[str | None]
    site: Mapped[str] = mapped_column(default="")
    build: Mapped[str] = mapped_column(default="")
    registered_by: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    ts: Mapped[str | None]


class Notification(Base):
    """A message owed to Slack: an outbox row.

    `key` is random; it travels in the message's metadata, so that Slack can be asked whether it
    was shown. `once`, where set, is unique: the same news is owed once. `thread_id` is the card
    in whose thread it is said; `due_at` when, if not at once. `retry_at` is when it may be tried
    again. `in_doubt` says that an attempt began whose outcome nobody has recorded: Slack is asked,
    for what came after its message `after_ts`, and it is not posted again before `lost_at`.
    `deferrable` news is on a card already, so that it may let others go first in a busy channel.
    """

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
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
    state: Mapped[str] = mapped_column(server_default=OWED)
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
        partial("ix_notifications_owed", "channel", "id", where="state = 'owed'"),
        partial(
            "ix_notifications_in_doubt",
            "channel",
            "id",
            where="state = 'owed' AND lost_at IS NOT NULL",
        ),
        partial("ix_notifications_parked", "id", where="state = 'parked'"),
        partial("uq_notifications_once", "once", where="once IS NOT NULL", unique=True),
    )


class Channel(Base):
    """A Slack channel as a lane: one courier at a time, not before `free_at`.

    The pause until then began at `paused_at`. `last_ts` is the newest message of ours that Slack
    has shown in it.
    """

    __tablename__ = "channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    holder: Mapped[str | None]
    last_ts: Mapped[str | None]


class Document(Base):
    """A file of ours that is owed to Slack; `alt` says what a picture shows."""

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    alt: Mapped[str] = mapped_column(server_default="")
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
