"""One-time links for admins, for use while signing in by Slack does not work."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed
from provisioning.access.accounts.models import SignInCode, SignInLink
from provisioning.access.digests import digest

SIZE = 32  # random bytes of a code
LIFETIME = timedelta(minutes=15)


def make(session: Session, account_id: str, at: datetime) -> str:
    """Make a link for an admin and return its code, which cannot be read again later."""
    session.execute(delete(SignInLink).where(SignInLink.expires_at < at))
    code = secrets.token_urlsafe(SIZE)
    new = SignInLink(digest=digest(code), account_id=account_id, made_at=at)
    new.expires_at = at + LIFETIME
    session.add(new)
    session.flush()
    return code


def redeem(session: Session, code: str, at: datetime) -> str | None:
    """Use up a link and return the id of its person; None where it is not valid."""
    return spend(session, SignInLink, code, at)


def spend(
    session: Session, kind: type[SignInLink | SignInCode], code: str, at: datetime
) -> str | None:
    """Use up a link or a code, and return the id of its person; None where it is not valid."""
    sought = kind.digest == digest(code)
    is_good = kind.used_at.is_(None) & (kind.expires_at > at)
    if not changed(session, update(kind).where(sought, is_good).values(used_at=at)):
        return None
    return session.scalar(select(kind.account_id).where(sought))
