"""Restores, of which a database that came out of a backup knows."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class Restore(Base):
    """A restore of this database from a backup, which holds nothing later than `taken_at`."""

    __tablename__ = "restores"

    id: Mapped[int] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime]
    restored_at: Mapped[datetime]
