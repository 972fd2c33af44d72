"""Stops of mail to an address, of all mail or of a kind, and the signed links for them."""

from collections.abc import Collection
from datetime import datetime

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import add_new
from infrastructure.errors import Unknown
from provisioning.monitoring.mail.models import ADDRESS, ALL, PARTS, MailStop

SALT = "rollcall.mail.stop"
PATH = "/board/mail/stop"
KINDS = (*PARTS, ALL, ADDRESS)


class NoSuchStop(Unknown):
    """A link that is not ours, or was cut off."""

    def __init__(self) -> None:
        super().__init__("That is no link from a mail of ours: open it as it stands there.")


class StopLinks:
    """A maker and reader of links that stop mail; they need no session.

    A link never expires: its mail may be read years later.
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
    """Return an address in the spelling of stops: the case does not matter."""
    return address.lower()


def stop(session: Session, address: str, kind: str, at: datetime) -> None:
    """Stop a kind of mail to an address; a repetition changes nothing."""
    add_new(session, MailStop, address=same(address), kind=kind, stopped_at=at)


def go_on(session: Session, address: str, kinds: Collection[str] = KINDS) -> None:
    """Send an address mail of these kinds again."""
    is_it = (MailStop.address == same(address)) & MailStop.kind.in_(kinds)
    session.execute(delete(MailStop).where(is_it))


def is_stopped(session: Session, address: str, kind: str) -> bool:
    """Return True if a kind of mail to an address is stopped."""
    kinds = {kind} if kind == ADDRESS else {kind, ALL}
    query = select(MailStop).where(MailStop.address == same(address), MailStop.kind.in_(kinds))
    return session.scalars(query).first() is not None
