"""Tables of jobs: work that is queued, and periodic tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


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


class LastRun(Base):
    """When the clerks last looked after something, so that only one of them does, and once."""

    __tablename__ = "looks"

    what: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
