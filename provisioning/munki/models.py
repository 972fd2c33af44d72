"""Tables of the Munki repo: former versions of its manifests, and its layouts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base
from provisioning.munki.manifests.packing import Packed


class Revision(Base):
    """A revision: one change of a manifest, with its bytes before and after; None for no file.

    `by` is a Slack user id or a name that a client sent, None for a Mac's own call; `via` is the
    source: a first boot, a button, the API.
    """

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    by: Mapped[str | None]
    via: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[bytes | None] = mapped_column(Packed)
    after: Mapped[bytes | None] = mapped_column(Packed)

    # By name alone: a Mac's call writes one, and every index is a page more.
    __table_args__ = (Index(None, "name"),)


class KeptLayout(Base):
    """A layout in which a site and a build were said: its table as `Layout.to_json` returns it.

    The default one is not kept.
    """

    __tablename__ = "layouts"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    first_at: Mapped[datetime]
