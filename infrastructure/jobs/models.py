"""Tables of jobs: work that is queued, and periodic tasks."""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class Job(Base):
    """A job in the queue, claimed by a job runner for a lease; gone once it is done."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    facts: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    leased_until: Mapped[datetime | None]
    holder: Mapped[str | None]


class LastRun(Base):
    """The last run of a periodic task, so that only one of all job runners does it, and once."""

    __tablename__ = "looks"

    what: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
