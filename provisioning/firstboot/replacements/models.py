"""The table of replacements."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, exists
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial
from provisioning.registrations.models import Registration

# Kinds of replacements: the board alone, so the disk is the former one; or the whole Mac.
BOARD, MAC = "board", "mac"


class Replacement(Base):
    """A replacement: a registration of the serial `old` that got the serial `new`.

    These are the keys of the serials; `old_name` and `new_name` name their manifests. `keep`: the
    manifest of `old` stays, where the whole Mac was replaced. `found` is a short hash of the
    manifest of `new` before, None where there was none. The manifest was copied at `copied_at`; a
    Mac whose board was swapped was heard under its new serial at `heard_at`. Nothing is left to be
    done for it from `ended_at` on.
    """

    __tablename__ = "replacements"

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("acts.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registrations.id"))
    by: Mapped[str]
    kind: Mapped[str]
    keep: Mapped[bool]
    old: Mapped[str]
    new: Mapped[str]
    old_name: Mapped[str]
    new_name: Mapped[str]
    found: Mapped[str | None]
    at: Mapped[datetime]
    copied_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        partial("uq_replacements_open_old", "old", where="ended_at IS NULL", unique=True),
        partial("ix_replacements_open", "registration_id", where="ended_at IS NULL"),
        Index(None, "old"),
    )


# True for a row of the registrations for which something is left to be done.
IS_REPLACED = exists().where(
    Replacement.__table__.c.registration_id == Registration.__table__.c.id,
    Replacement.__table__.c.ended_at.is_(None),
)

# True for one whose manifest the job has not copied yet.
IS_BEING_COPIED = IS_REPLACED.where(
    Replacement.__table__.c.copied_at.is_(None), Replacement.__table__.c.undone_at.is_(None)
)
