"""Tables of registrations, of people's operations on them, and of their history."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from sqlalchemy import ColumnElement, ForeignKey, Index, literal_column
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, OptionalFacts, partial
from provisioning.munki import Destination

# States of a registration.
WAITING, IMAGING, CONFIRMED = "waiting", "imaging", "confirmed"
FAILED, CANCELLED = "failed", "cancelled"
STATES = (WAITING, IMAGING, CONFIRMED, FAILED, CANCELLED)
STALLED = "stalled"  # a derived state, not stored: imaging, and Slack knows of its silence

# The kind of operation that opens a bench: its Macs come later, and stay when it is undone.
BENCHED = "benched"

# The kind of operation, and in place of a person, of Macs that were in the repo before.
ADOPTED = "adopted"


class Registration(Base):
    """A registration: a serial, its site and its build. A serial has one open at a time.

    It is open until it is cancelled. `serial` is the key of the serial, by which it is found;
    `reported_as` the serial as the Mac itself spells it. `registered_by` is a Slack user id, None
    where only the Mac's own script named its destination, ADOPTED where only its manifest did,
    which was there before. `step` is the last message of the Mac's reports, which came at
    `heard_at`; `mentioned_at` is set once Slack got the message that it stalled.
    `computer_name` is the name for the Mac, None until one is typed or requested; `named_for` the
    destination whose pattern made it, as its `key`; None where it was typed. `revision` counts
    the changes. `includes` is what Rollcall wrote into its manifest, a `WrittenIncludes` as JSON;
    None where it never did. `layout` is the digest of the layout in which its site and build were
    said, None for the default one.

    Rows are locked with `key_share=True`: rows of other tables that refer to one are written while
    it is locked. Without it two acts of people wait for each other on PostgreSQL.
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
    heard_at: Mapped[datetime | None]
    step: Mapped[str | None]
    mentioned_at: Mapped[datetime | None]
    computer_name: Mapped[str | None]
    named_for: Mapped[str | None]
    includes: Mapped[OptionalFacts]
    layout: Mapped[str | None]

    # Every index is one more page to write for each Mac, so only frequent queries have one.
    __table_args__ = (
        partial("uq_registrations_open_serial", "serial", where="closed_at IS NULL", unique=True),
        partial("ix_registrations_waiting", "site", where="state = 'waiting'"),
        partial("ix_registrations_imaging", "heard_at", where="state = 'imaging'"),
        partial("ix_registrations_failed", "heard_at", where="state = 'failed'"),
        partial(
            "ix_registrations_computer_name", "computer_name", where="computer_name IS NOT NULL"
        ),
        # What the board counts by state, and the newest, in their order; also of a site.
        partial(
            *("ix_registrations_open_states", "state", "id", "site", "build"),
            where="closed_at IS NULL",
        ),
        partial("ix_registrations_closed_serial", "serial", where="closed_at IS NOT NULL"),
        Index(None, "site"),
        Index(None, "build"),
        Index(None, "card_id"),
    )

    @property
    def name(self) -> str:
        """The serial as a person should read it."""
        return self.reported_as or self.serial

    @property
    def destination(self) -> Destination:
        """The site and the build of the Mac."""
        return Destination(self.site, self.build)

    @property
    def is_confirmed(self) -> bool:
        """True if the Mac is registered and has its manifest."""
        return self.closed_at is None and self.state == CONFIRMED

    @hybrid_property
    def is_stalled(self) -> bool:
        """True if the Mac fell silent while it was imaged, and Slack got a message about it."""
        return self.state == IMAGING and self.mentioned_at is not None

    @is_stalled.inplace.expression
    @classmethod
    def _is_stalled(cls) -> ColumnElement[bool]:
        # As a literal: SQLite uses no partial index for a parameter.
        return (cls.state == literal_column(f"'{IMAGING}'")) & cls.mentioned_at.is_not(None)

    @property
    def seen_as(self) -> str:
        """The state as people see it: a Mac that fell silent while it was imaged has stalled.

        A state that was written by hand counts as failed: an admin has to look at it.
        """
        if self.is_stalled:
            return STALLED
        return self.state if self.state in STATES else FAILED

    @property
    def called(self) -> str | None:
        """The name of the Mac, where it has one for its destination."""
        return name_at(self.destination, self.computer_name, self.named_for)


IS_OPEN = Registration.closed_at.is_(None)  # the condition for registrations


def name_at(destination: Destination, name: str | None, named_for: str | None) -> str | None:
    """Return a Mac's name; None for one that a pattern made for another destination."""
    return name if named_for in (None, destination.key) else None


@dataclass(frozen=True, slots=True)
class Mac:
    """A copy of a registration as it was read; later changes do not touch it."""

    id: int
    serial: str
    site: str
    build: str
    state: str
    registered_by: str | None
    channel: str
    card_id: int | None
    confirmed_at: datetime | None
    closed_at: datetime | None
    reported_as: str | None
    computer_name: str | None
    named_for: str | None
    layout: str | None

    @classmethod
    def of(cls, registration: Registration) -> Self:
        """Return a copy of a registration."""
        return cls(*(getattr(registration, field.name) for field in fields(cls)))

    @property
    def name(self) -> str:
        """The serial as a person should read it."""
        return self.reported_as or self.serial

    @property
    def destination(self) -> Destination:
        """The site and the build of the Mac."""
        return Destination(self.site, self.build)


MAC_COLUMNS = tuple(getattr(Registration, field.name) for field in fields(Mac))


class Operation(Base):
    """An operation of a person on one Mac or many: the unit that can be undone.

    `what` is its kind, `via` its source: a command, a button, a form, a file, a photo. `facts` are
    what undoing it needs beside its events; None for most.
    """

    __tablename__ = "acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    by: Mapped[str]
    via: Mapped[str]
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]
    facts: Mapped[OptionalFacts]


class Event(Base):
    """An event: one change of a registration, with the values before and after it.

    `what` is its kind; `by` the Slack user id of a person, None for the Mac itself. Old ones are
    deleted, but for the newest of each kind and the first confirmation.
    """

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    what: Mapped[str]
    by: Mapped[str | None]
    at: Mapped[datetime]
    before: Mapped[OptionalFacts]
    after: Mapped[OptionalFacts]

    __table_args__ = (partial("ix_events_act", "act_id", where="act_id IS NOT NULL"),)


class Counter(Base):
    """A counter: the last number that was given out for a pattern of computer names."""

    __tablename__ = "counters"

    pattern: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
