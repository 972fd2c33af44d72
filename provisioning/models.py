"""The tables. What is derived (who is stalled, what a card shows) is not stored."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, MetaData, String, Table, false, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from provisioning.database import Instant

# States of a registration.
WAITING, CONFIRMED, CANCELLED = "waiting", "confirmed", "cancelled"
# Kinds of notification.
CARD, CONFIRMATION, TROUBLE = "card", "confirmation", "trouble"
# States of a notification.
OWED, SENT, PARKED = "owed", "sent", "parked"


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the rows for which `where` holds, on either database."""
    condition = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


class Base(DeclarativeBase):
    """The base of all tables; constraints have the same names on every database."""

    __table__: ClassVar[Table]  # the mapped classes below all have one

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: Instant, dict[str, Any]: JSON, str: String(255)}


class Card(Base):
    """The one Slack message that shows a batch of registrations; `ts` once Slack has shown it."""

    __tablename__ = "cards"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    channel: Mapped[str]
    site: Mapped[str]
    build: Mapped[str]
    registered_by: Mapped[str]
    note: Mapped[str]
    created_at: Mapped[datetime]
    ts: Mapped[str | None]


class Registration(Base):
    """A serial, where it goes and what it becomes. Open until cancelled; one open a serial.

    `serial` is the key that people and Macs are matched with; `reported_as` what the Mac calls
    itself. Nobody registered it where `registered_by` is None: the Mac's own script said where
    it goes. `revision` counts the changes.
    """

    __tablename__ = "registrations"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str]
    reported_as: Mapped[str | None]
    site: Mapped[str]
    build: Mapped[str]
    state: Mapped[str]
    registered_by: Mapped[str | None]
    channel: Mapped[str]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"))
    revision: Mapped[int]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    # Every index is a page more to write for each Mac: only what is asked for by all.
    __table_args__ = (
        _partial("uq_registrations_open_serial", "serial", where="closed_at IS NULL", unique=True),
        _partial("ix_registrations_waiting", "site", where="state = 'waiting'"),
        Index(None, "card_id"),
    )

    @property
    def name(self) -> str:
        """The serial as a person should read it."""
        return self.reported_as or self.serial


class Event(Base):
    """One change of a registration: who, when, before, after. Never changed, never deleted."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    what: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class Notification(Base):
    """A message owed to Slack: an outbox row.

    `key` is random; it travels in the message's metadata, so that Slack can be asked whether it
    was shown. `once`, where set, is unique: the same news is owed once. `in_doubt` says that an
    attempt began whose outcome nobody has recorded.
    """

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str]
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    facts: Mapped[dict[str, Any]]
    once: Mapped[str | None]
    occurred_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=OWED)
    in_doubt: Mapped[bool] = mapped_column(server_default=false())
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    attempted_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    ts: Mapped[str | None]
    reason: Mapped[str | None]

    __table_args__ = (
        _partial("ix_notifications_owed", "channel", "id", where="state = 'owed'"),
        _partial("ix_notifications_parked", "id", where="state = 'parked'"),
        _partial("uq_notifications_once", "once", where="once IS NOT NULL", unique=True),
    )


class Channel(Base):
    """A Slack channel as a lane: one courier at a time, not before `free_at`."""

    __tablename__ = "channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    holder: Mapped[str | None]
