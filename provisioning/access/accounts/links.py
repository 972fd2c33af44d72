"""One-time links for admins, for when the way in by Slack is closed."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import changed
from provisioning.access.accounts.models import SignInLink

SIZE = 32  # random bytes of a code
LIFETIME = timedelta(minutes=15)


def make(session: Session, account_id: str, at: datetime) -> str:
    """Make a link for an admin and return its code, which cannot be read again later."""
    session.execute(delete(SignInLink).where(SignInLink.expires_at < at))
    code = secrets.token_urlsafe(SIZE)
    new = SignInLink(digest=_digest(code), account_id=account_id, made_at=at)
    new.expires_at = at + LIFETIME
    session.add(new)
    session.flush()
    return code


def redeem(session: Session, code: str, at: datetime) -> str | None:
    """Use a link up and return whom it lets in; None where it is no good link, or no longer."""
    digest = _digest(code)
    used = (
        update(SignInLink)
        .where(SignInLink.digest == digest, SignInLink.used_at.is_(None))
        .where(SignInLink.expires_at > at)
        .values(used_at=at)
    )
    if not changed(session, used):
        return None
    return session.scalar(select(SignInLink.account_id).where(SignInLink.digest == digest))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
