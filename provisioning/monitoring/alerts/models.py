"""The table of alerts that all machines have in common."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class SentAlert(Base):
    """An alert that was sent, or is being sent by the process that claimed it at `claimed_at`.

    One without `told_at` whose claim is over was taken by no target. It is deleted once its end
    was sent.
    """

    __tablename__ = "alerts"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    fact: Mapped[str] = mapped_column(Text)
    fix: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime]
    claimed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
