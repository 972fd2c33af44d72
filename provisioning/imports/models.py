"""Tables of imports: Macs that a person submits together."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial

# States of an import.
READING, READ, REGISTERED, DROPPED = "reading", "read", "registered", "dropped"


class Import(Base):
    """An import: Macs that a person submitted in a text, a file or a photo.

    `sources` are texts and Slack's files, of which `done` are read; `reading` holds their Macs, as
    `parsing.entries.to_json` returns them, and `shown` the summary for messages. `site` and `build`
    are for Macs that name none. `once`, where set, is a unique key: Slack may report a shared file
    twice.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[int | None] = mapped_column(ForeignKey("cards.id"), index=True)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("acts.id"))
    once: Mapped[str | None]
    by: Mapped[str]
    via: Mapped[str]
    state: Mapped[str]
    site: Mapped[str | None]
    build: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
    sources: Mapped[list[Any]]
    done: Mapped[int] = mapped_column(server_default=text("0"))
    reading: Mapped[dict[str, Any] | None]
    shown: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[str | None]

    __table_args__ = (partial("uq_imports_once", "once", where="once IS NOT NULL", unique=True),)
