"""Sessions of browsers: rows that end by themselves, by the person, or with their account.

Only the SHA-256 of a session's random id is kept: a copy of the database lets nobody in.
"""

import hashlib
import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import changed
from infrastructure.text import readable
from provisioning.access.accounts.models import LINK, Account, BrowserSession
from provisioning.values.language import ENGLISH

SIZE = 32  # random bytes of an id
LIFETIME = timedelta(hours=12)  # a working day
LIFETIME_BY_LINK = timedelta(hours=1)
SEEN_AGAIN = timedelta(minutes=1)  # between two notes that a session is used
KEPT = timedelta(days=30)  # of one that has ended
LONGEST_AGENT = 120  # characters


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a session: their Slack user id, name, language, and how they came in."""

    session_id: int
    account_id: str
    name: str
    language: str
    way: str
    form_token: str
    needs_note: bool


def begin(session: Session, account_id: str, way: str, agent: str, at: datetime) -> str:
    """Begin a session and return its id, for the browser's cookie."""
    token = secrets.token_urlsafe(SIZE)
    lifetime = LIFETIME_BY_LINK if way == LINK else LIFETIME
    session.add(
        BrowserSession(
            digest=_digest(token),
            account_id=account_id,
            way=way,
            agent=readable(agent, LONGEST_AGENT),
            made_at=at,
            seen_at=at,
            expires_at=at + lifetime,
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, at: datetime) -> SignedIn | None:
    """Return who is in an open session; None where there is none, or they may no longer be in.

    One that a link began stays open also for an admin whom the copy of Slack's people lacks.
    """
    query = (
        select(BrowserSession, Account)
        .outerjoin(Account, Account.id == BrowserSession.account_id)
        .where(BrowserSession.digest == _digest(token))
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None
    found, account = row
    if found.revoked_at is not None or at >= found.expires_at:
        return None
    if account.refusal is not None if account else found.way != LINK:
        return None
    return SignedIn(
        found.id,
        found.account_id,
        account.name if account else found.account_id,
        account.language if account else ENGLISH,
        found.way,
        form_token(token),
        at - found.seen_at >= SEEN_AGAIN,
    )


def open_among(session: Session, numbers: Collection[int], at: datetime) -> Collection[int]:
    """Return those of the ids of sessions that are open, by the rules of `find`."""
    if not numbers:
        return ()
    query = (
        select(BrowserSession.id)
        .outerjoin(Account, Account.id == BrowserSession.account_id)
        .where(BrowserSession.id.in_(numbers))
        .where(BrowserSession.revoked_at.is_(None), BrowserSession.expires_at > at)
        .where(
            (Account.id.is_not(None) & (Account.refusal.is_(None)))
            | (Account.id.is_(None) & (BrowserSession.way == LINK))
        )
    )
    return session.scalars(query).all()


def is_known(session: Session, token: str) -> bool:
    """Tell if there is or was such a session: a browser that brings an old one does not guess."""
    query = select(BrowserSession.id).where(BrowserSession.digest == _digest(token))
    return session.scalar(query) is not None


def form_token(token: str) -> str:
    """Return what the forms of a session carry: another site can neither read nor guess it."""
    return hmac.digest(token.encode(), b"rollcall.form", "sha256").hex()


def note_seen(session: Session, session_id: int, at: datetime) -> None:
    """Remember that a session is used."""
    session.execute(
        update(BrowserSession).where(BrowserSession.id == session_id).values(seen_at=at)
    )


def open_of(session: Session, account_id: str, at: datetime) -> Sequence[BrowserSession]:
    """Return the open sessions of a person, the newest first."""
    is_open = BrowserSession.revoked_at.is_(None) & (BrowserSession.expires_at > at)
    query = select(BrowserSession).where(BrowserSession.account_id == account_id, is_open)
    return session.scalars(query.order_by(BrowserSession.id.desc())).all()


def revoke(session: Session, session_id: int, account_id: str, at: datetime) -> bool:
    """End a session of this person; False where they have no such open one."""
    ended = (
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.account_id == account_id)
        .where(BrowserSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return changed(session, ended) > 0


def end_all_but(
    session: Session, admitted: Collection[str], refused: Collection[str], at: datetime
) -> None:
    """End the sessions of those who are `refused`, and of those who are not `admitted` either.

    The latter keep what a link began: an admin may be missing in Slack's list.
    """
    is_open = BrowserSession.revoked_at.is_(None) & (BrowserSession.expires_at > at)
    rows = session.execute(
        select(BrowserSession.id, BrowserSession.account_id, BrowserSession.way).where(is_open)
    )
    lost = [
        number
        for number, account_id, way in rows
        if account_id in refused or (account_id not in admitted and way != LINK)
    ]
    if lost:
        ended = update(BrowserSession).where(BrowserSession.id.in_(lost))
        session.execute(ended.values(revoked_at=at))


def prune(session: Session, now: datetime) -> None:
    """Delete the sessions that ended KEPT ago."""
    session.execute(delete(BrowserSession).where(BrowserSession.expires_at < now - KEPT))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
