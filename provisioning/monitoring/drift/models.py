"""Tables of drift: the drifts that were found, and the progress of scans."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial

# Answers of people, and with the others the outcomes of drifts.
PUT_BACK, TAKEN_OVER = "put back", "taken over"
AGREES, MOVED, CANCELLED, CONFIRMED_AGAIN = "agrees", "moved", "cancelled", "confirmed"


class Drift(Base):
    """A drift: a manifest that differs from what Rollcall wrote. A Mac has one open at a time.

    `there` is a `DriftFacts` as JSON. `confirmed_at` is that of the confirmation from which the
    manifest differs. A card shows it since `told_at`.
    `answer` is the choice of the person `answered_by`; a drift stays open until its manifest was
    put back. A settled one has an `outcome`.
    """

    __tablename__ = "drifts"

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"))
    there: Mapped[dict[str, Any]]
    confirmed_at: Mapped[datetime | None]
    found_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    outcome: Mapped[str | None]

    __table_args__ = (
        partial("uq_drifts_open", "registration_id", where="settled_at IS NULL", unique=True),
        Index(None, "card_id"),
    )


class DriftScan(Base):
    """A scan for drifts by one layout: the store's token for its state at that time."""

    __tablename__ = "drift_scans"

    layout: Mapped[str] = mapped_column(primary_key=True)
    token: Mapped[str]
