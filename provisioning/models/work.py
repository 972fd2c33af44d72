"""What takes longer than an answer may: files to be read, Macs nobody knows, benches."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.models.base import Base, partial

# States of an import.
READING, READ, REGISTERED, DROPPED = "reading", "read", "registered", "dropped"


class Job(Base):
    """Work for the clerk, who claims it for the length of a lease; gone once it is done."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    facts: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    leased_until: Mapped[datetime | None]
    holder: Mapped[str | None]


class Look(Base):
    """When the clerks last looked after something, so that only one of them does, and once."""

    __tablename__ = "looks"

    what: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class Import(Base):
    """Macs that somebody handed in, in a text, a file or a photo, until they are registered.

    `sources` are Slack's files, of which `done` are read; `reading` is what came of them, as
    `provisioning.intake` keeps it, and `shown` what people see of it. `site` and `build` hold for
    the Macs that name none. `once`, where set, is unique: Slack may say twice that a file was
    shared.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    once: Mapped[str | None]
    by: Mapped[str]
    via: Mapped[str]
    state: Mapped[str]
    site: Mapped[str | None]
    build: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    sources: Mapped[list[Any]]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    reading: Mapped[dict[str, Any] | None]
    shown: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]

    __table_args__ = (partial("uq_imports_once", "once", where="once IS NOT NULL", unique=True),)


class Stranger(Base):
    """A Mac that booted without a registration, until somebody says where it goes.

    Settled, it has the registration that was made for it; where it has none, `settled_by` said
    that it is none of ours.
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
    )


class Bench(Base):
    """A promise for the next unknown Macs: `wanted` of them go to a site and become a build.

    One is open at a time, which the index over `slot` (always 1) sees to. One that a person
    ended has `ended_by`; the others are full or their time is over.
    """

    __tablename__ = "benches"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    card_id: Mapped[int] = mapped_column(ForeignKey("cards.id"))
    by: Mapped[str]
    site: Mapped[str]
    build: Mapped[str]
    wanted: Mapped[int]
    taken: Mapped[int] = mapped_column(server_default=text("0"))
    until: Mapped[datetime]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    slot: Mapped[int] = mapped_column(server_default=text("1"))

    __table_args__ = (partial("uq_benches_open", "slot", where="ended_at IS NULL", unique=True),)
