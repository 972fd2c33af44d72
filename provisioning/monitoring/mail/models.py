"""Tables of mail: marks of the gathering, choices, requests and stops of people, and bounces."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from infrastructure.database.base import Base, Mark

# The parts of mail: what one may want no more of.
DIGEST, ATTENTION, BATCH = "digest", "attention", "batch"
ALL = "all"  # of these parts
ADDRESS = "address"  # a kind of row: the question if an address is right; also a part to stop
PARTS = (DIGEST, ATTENTION, BATCH)


class MailCursor(Base):
    """A mark in a table from which mail is gathered: rows up to `last_id` were gathered."""

    __tablename__ = "mail_cursors"

    source: Mapped[str] = mapped_column(primary_key=True)
    last_id: Mapped[Mark]


class MailChoice(Base):
    """The address to which a person has mail sent, which they have confirmed."""

    __tablename__ = "mail_choices"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    address: Mapped[str]
    confirmed_at: Mapped[datetime]


class MailRequest(Base):
    """A request of a person for mail at an address, which a link in a mail there confirms, once.

    The link's code is made of the `nonce` and a key that the database does not have.
    """

    __tablename__ = "mail_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str]
    address: Mapped[str]
    nonce: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class MailStop(Base):
    """A stop of mail to an address, of a `kind`: one of PARTS, ALL or ADDRESS."""

    __tablename__ = "mail_stops"

    address: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    stopped_at: Mapped[datetime]


class MailBounce(Base):
    """The last permanent refusal of an address, in small letters, by a mail server."""

    __tablename__ = "mail_bounces"

    address: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    bounced_at: Mapped[datetime]
