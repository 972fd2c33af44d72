"""What is kept of the Munki repo and of what is served from it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.models.base import Base


class Revision(Base):
    """One change of a manifest: its bytes before and after; None where there was or is none.

    `by` is a person in Slack or a name that a client gave, None for a Mac's own call; `via` says
    from where: a first boot, a button, the API.
    """

    __tablename__ = "revisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registrations.id"))
    by: Mapped[str | None]
    via: Mapped[str]
    at: Mapped[datetime]
    before: Mapped[bytes | None] = mapped_column(LargeBinary)
    after: Mapped[bytes | None] = mapped_column(LargeBinary)

    # By name alone: a Mac's call writes one, and every index is a page more.
    __table_args__ = (Index(None, "name"),)


class GoodTemplate(Base):
    """The text of a template when it was last found to be good, for when it no longer is."""

    __tablename__ = "good_templates"

    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PromisedScript(Base):
    """A first-boot script that a JSON for InstallApplications named by its hash, byte for byte.

    `digest` is its SHA-256 in hexadecimal digits, `token` the one in it, which ends at `until`.
    `fenced`: that token leads to no other site than `site`.
    """

    __tablename__ = "promised_scripts"

    site: Mapped[str] = mapped_column(primary_key=True)
    build: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    fenced: Mapped[bool] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[datetime]


class Counter(Base):
    """The last number that was given out for a pattern of computer names."""

    __tablename__ = "counters"

    pattern: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
