"""Tables of templates, and of scripts that were made of them."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base


class GoodTemplate(Base):
    """The text of a template when it was last good, to be served while it is broken."""

    __tablename__ = "good_templates"

    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PromisedScript(Base):
    """A first-boot script that a JSON for InstallApplications named by its hash, byte for byte.

    `digest` is its SHA-256 in hexadecimal digits, `token` the one in it, which ends at `until`.
    `site_locked`: that token leads to no other site than `site`.
    """

    __tablename__ = "promised_scripts"

    site: Mapped[str] = mapped_column(primary_key=True)
    build: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(primary_key=True)
    site_locked: Mapped[bool] = mapped_column("fenced", primary_key=True)
    token: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[datetime]
