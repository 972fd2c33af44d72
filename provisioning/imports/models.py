"""Tables of imports: Macs that people hand in together."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, partial

# States of an import.
READING, READ, REGISTERED, DROPPED = "reading", "read", "registered", "dropped"


class Import(Base):
    """Macs that somebody handed in, in a text, a file or a photo, until they are registered.

    `sources` are Slack's files, of which `done` are read; `reading` is what came of them, as
    `provisioning.imports.parsing` keeps it, and `shown` what people see of it. `site` and
    `build` hold for the Macs that name none. `once`, where set, is unique: Slack may say twice
    that a file was shared.
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
