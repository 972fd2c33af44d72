"""The processes of Rollcall."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class Heartbeat(Base):
    """A running process, with its last heartbeat, which came at `beat_at`.

    `process` is its host, its number and a random text; `part` is one of PARTS. The
    next heartbeat is due within `patience` seconds. `doing` is a phrase for a slow action, else
    empty. `revision` is the schema that its release needs; releases before 0026 do not say.
    """

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str]
    host: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    patience: Mapped[int]
    doing: Mapped[str] = mapped_column(server_default=text("''"))
    revision: Mapped[str | None]
