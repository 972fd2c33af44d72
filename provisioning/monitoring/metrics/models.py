"""Tables of metrics: the counts of processes, and the numbers of Macs."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class Tally(Base):
    """A sum of the counts of all processes, by metric and labels; it only grows.

    `labels` is a JSON object of texts. `since` is when it was counted first.
    """

    __tablename__ = "tallies"

    metric: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(Text, primary_key=True)
    value: Mapped[float]
    since: Mapped[datetime]


class MacCount(Base):
    """The last count of Macs, and its moment by the database's clock: one row.

    `macs` has site, state and number. Counting a million takes a second: too long for a scrape.
    """

    __tablename__ = "mac_counts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    macs: Mapped[list[Any]]
