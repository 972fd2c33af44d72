"""The processes of Rollcall."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class Heartbeat(Base):
    """A process, from its start to its end: what it said last of itself, at `beat_at`.

    `process` is its host, its number and something random; `part` is server, bot, courier or
    clerk. It says so again within `patience` seconds. `doing` is a phrase, empty where it is at
    nothing that takes long.
    """

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str]
    host: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]
    patience: Mapped[int]
    doing: Mapped[str] = mapped_column(server_default=text("''"))
