"""Addresses that want no more mail, or no more of a kind, and the signed links that say so."""

from collections.abc import Collection
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import upsert
from infrastructure.errors import RollcallError
from provisioning.monitoring.mail.models import ADDRESS, ALL, PARTS, MailStop

SALT = "rollcall.mail.stop"
PATH = "/board/mail/stop"
KINDS = (*PARTS, ALL, ADDRESS)


class NoSuchStop(RollcallError):
    """A link of a mail that is not of ours, or was shortened."""

    def __init__(self) -> None:
        super().__init__("That is no link from a mail of ours: open it as it stands there.")


class StopLinks:
    """A maker and reader of links by which an address stops its mail: good without a session.

    A link is good for ever: the mail that it stands in may be read in years.
    """

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt=SALT)

    def make(self, origin: str, address: str, kind: str) -> str:
        """Return the link for an address and a kind, at a board of an `origin`."""
        token = self._signer.dumps([address, kind])
        return f"{origin}{PATH}/{token.decode() if isinstance(token, bytes) else token}"

    def read(self, token: str) -> tuple[str, str]:
        """Return address and kind of a link's token. Raises NoSuchStop."""
        try:
            address, kind = self._signer.loads(token)
        except (BadData, ValueError, TypeError):
            raise NoSuchStop from None
        return address, kind


def same(address: str) -> str:
    """Return an address as stops have it: in capitals it leads to the same person."""
    return address.lower()


def stop(session: Session, address: str, kind: str, at: datetime) -> None:
    """Send an address no more of a kind; twice is the same."""
    row = upsert(session, MailStop).values(address=same(address), kind=kind, stopped_at=at)
    session.execute(row.on_conflict_do_nothing())


def go_on(session: Session, address: str, kinds: Collection[str] = KINDS) -> None:
    """Send an address mail of these kinds again."""
    is_it = (MailStop.address == same(address)) & MailStop.kind.in_(kinds)
    session.execute(delete(MailStop).where(is_it))


def is_stopped(session: Session, address: str, kind: str) -> bool:
    """True where an address wants no more of a kind."""
    kinds = {kind} if kind == ADDRESS else {kind, ALL}
    query = select(MailStop).where(MailStop.address == same(address), MailStop.kind.in_(kinds))
    return session.scalars(query).first() is not None
