"""Tables of first boots: unknown Macs, benches, and questions about manifests."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial


class UnknownMac(Base):
    """A Mac that booted without a registration; a person is asked for its destination.

    A settled one has the registration that was made for it; without one, the person `settled_by`
    answered that the Mac is not ours.
    """

    __tablename__ = "strangers"

    id: Mapped[int] = mapped_column(primary_key=True)
    serial: Mapped[str]
    reported_as: Mapped[str]
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))

    __table_args__ = (
        partial("uq_strangers_open_serial", "serial", where="settled_at IS NULL", unique=True),
        Index(None, "serial"),
        Index(None, "card_id"),
    )


class Bench(Base):
    """A bench: the next `wanted` unknown Macs go to one destination; `taken` of them have come.

    One is open at a time, because of the unique index over `slot`, which is always 1. A bench that
    a person ended has `ended_by`; without it, an ended one is full or its time is over. `layout` is
    as a registration has it. One that `takes_named` takes Macs whose script names a place too.
    """

    __tablename__ = "benches"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    by: Mapped[str]
    site: Mapped[str]
    build: Mapped[str]
    layout: Mapped[str | None]
    wanted: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=text("0"))
    takes_named: Mapped[bool] = mapped_column(server_default=false())
    until: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    slot: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (partial("uq_benches_open", "slot", where="ended_at IS NULL", unique=True),)


class Decision(Base):
    """A question about a Mac's manifest that has two of one `kind`, and a person's answer.

    `paths` are those of its includes. `revision` is that of the registration when it was asked: the
    question is void where that has changed. A settled one has an `answer`, or none was given.
    """

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    revision: Mapped[int]
    kind: Mapped[str]
    paths: Mapped[list[Any]]
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]
    answer: Mapped[str | None]

    __table_args__ = (
        partial("uq_decisions_open", "registration_id", where="settled_at IS NULL", unique=True),
        Index(None, "card_id"),
    )
