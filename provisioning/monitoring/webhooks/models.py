"""Tables of webhooks: the receivers, and the positions up to which events were handed on."""

from datetime import datetime
from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, Mark, texts_or_nobody


class Webhook(Base):
    """A receiver of events at a URL, until `ended_at`.

    It listens to `types` and `sites`; empty ones are all. Messages are signed by `key`, and
    until `former_until` by `former_key` too. Keys must be read to sign, so they are stored as
    they are. `made_by` is a person as rows name them.
    """

    __tablename__ = "webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    description: Mapped[str]
    types: Mapped[list[str]] = mapped_column(texts_or_nobody())
    sites: Mapped[list[str]] = mapped_column(texts_or_nobody())
    key: Mapped[str]
    former_key: Mapped[str | None]
    former_until: Mapped[datetime | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    reason: Mapped[str | None]


class WebhookCursor(Base):
    """A position in a table: rows up to `last` were handed on, but for those of `missing`.

    `missing` has the ids that were not committed yet, each with the moment since which it is
    missing: PostgreSQL may commit a lower id after a higher one.
    """

    __tablename__ = "webhook_cursors"

    source: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[Mark]
    missing: Mapped[dict[str, Any]]
