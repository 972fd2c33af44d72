"""Sessions of browsers: they expire, are ended by a person, or end with their account."""

import hmac
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import changed
from infrastructure.text import readable
from provisioning.access.accounts.models import (
    CODE,
    LINK,
    SLACK,
    Account,
    BrowserSession,
    OutsideAccount,
)
from provisioning.access.digests import digest
from provisioning.values import outsiders
from provisioning.values.language import ENGLISH

SIZE = 32  # random bytes of an id
LIFETIME = timedelta(hours=12)  # a working day
LIFETIME_BY_LINK = timedelta(hours=1)  # and by a code
LIFETIME_OUTSIDE = timedelta(hours=4)  # by a provider that is asked at the sign-in alone
NOTE_INTERVAL = timedelta(minutes=1)  # between two notes that a session is used
RETENTION = timedelta(days=30)  # of one that has ended
LONGEST_AGENT = 120  # characters


@dataclass(frozen=True, slots=True)
class OutsiderFacts:
    """The facts about an outsider on which rights depend, as of the last sign-in."""

    provider: str
    issuer: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a session: the id of their account, name, language, and way of signing in.

    `session_id` is 0 where there is no session: a token of theirs acts, or a provider is tried.
    `outside` is None for a person in Slack, whose account has the Slack user id.
    """

    session_id: int
    account_id: str
    name: str
    language: str
    way: str
    form_token: str = ""
    needs_note: bool = False
    outside: OutsiderFacts | None = None

    @property
    def author(self) -> str:
        """The person's name in the rows of their acts."""
        return outsiders.author(self.account_id, self.name) if self.outside else self.account_id


class _Found(NamedTuple):
    """A stored session with its person: one in Slack, an outsider, or neither."""

    id: int
    account_id: str
    way: str
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    in_slack: str | None
    refusal: dict[str, Any] | None
    outside: str | None
    issuer: str | None
    groups: list[str] | None
    name: str | None
    language: str | None

    def is_in(self, at: datetime) -> bool:
        """True if the session is open, and its person may use the board."""
        if self.revoked_at is not None or at >= self.expires_at:
            return False
        person = self.outside if outsiders.is_outsider(self.account_id) else self.in_slack
        if person is None and self.way not in (LINK, CODE):
            return False
        return self.refusal is None


_ROWS = (
    select(
        *(BrowserSession.id, BrowserSession.account_id, BrowserSession.way),
        *(BrowserSession.seen_at, BrowserSession.expires_at, BrowserSession.revoked_at),
        *(Account.id.label("in_slack"), Account.refusal),
        *(OutsideAccount.provider, OutsideAccount.issuer, OutsideAccount.groups),
        func.coalesce(OutsideAccount.name, Account.name),
        func.coalesce(OutsideAccount.language, Account.language),
    )
    .outerjoin(Account, Account.id == BrowserSession.account_id)
    .outerjoin(OutsideAccount, OutsideAccount.id == BrowserSession.account_id)
)
# Run by the driver: each load of a board asks, and hundreds are loaded at once.
_BY_DIGEST = CompiledStatement(lambda _: _ROWS.where(BrowserSession.digest == bindparam("wanted")))


def lifetime(way: str) -> timedelta:
    """Return the lifetime of a session, by the way of signing in."""
    known = {SLACK: LIFETIME, LINK: LIFETIME_BY_LINK, CODE: LIFETIME_BY_LINK}
    return known.get(way, LIFETIME_OUTSIDE)


def begin(session: Session, account_id: str, way: str, agent: str, at: datetime) -> str:
    """Begin a session and return its id, for the browser's cookie."""
    token = secrets.token_urlsafe(SIZE)
    session.add(
        BrowserSession(
            digest=digest(token),
            account_id=account_id,
            way=way,
            agent=readable(agent, LONGEST_AGENT),
            made_at=at,
            seen_at=at,
            expires_at=at + lifetime(way),
        )
    )
    session.flush()
    return token


def find(session: Session, token: str, at: datetime) -> SignedIn | None:
    """Return the person of an open session; None where there is none, or they may use it no longer.

    A session that began by a link or a code is also valid for a person whom the copy of Slack's
    people lacks: there may be no copy yet.
    """
    row = _BY_DIGEST.row(session, wanted=digest(token))
    found = _Found(*row) if row else None
    if found is None or not found.is_in(at):
        return None
    return SignedIn(
        found.id,
        found.account_id,
        found.name or found.account_id,
        found.language or ENGLISH,
        found.way,
        form_token(token),
        at - found.seen_at >= NOTE_INTERVAL,
        _outside(found),
    )


def open_among(session: Session, numbers: Collection[int], at: datetime) -> list[int]:
    """Return those of these ids whose sessions are open, by the rules of `find`."""
    if not numbers:
        return []
    rows = session.execute(_ROWS.where(BrowserSession.id.in_(numbers)))
    return [found.id for found in map(_Found._make, rows) if found.is_in(at)]


def _outside(found: _Found) -> OutsiderFacts | None:
    if found.outside is None:
        return None
    return OutsiderFacts(found.outside, found.issuer or "", frozenset(found.groups or ()))


def is_known(session: Session, token: str) -> bool:
    """Return True if a token is of a session, or was: a browser with an old one does not guess."""
    query = select(BrowserSession.id).where(BrowserSession.digest == digest(token))
    return session.scalar(query) is not None


def form_token(token: str) -> str:
    """Return the token in the forms of a session, which another site can neither read nor guess."""
    return hmac.digest(token.encode(), b"rollcall.form", "sha256").hex()


def note_seen(session: Session, session_id: int, at: datetime) -> None:
    """Record the use of a session."""
    session.execute(
        update(BrowserSession).where(BrowserSession.id == session_id).values(seen_at=at)
    )


def open_of(session: Session, account_id: str, at: datetime) -> Sequence[BrowserSession]:
    """Return the open sessions of a person, the newest first."""
    query = select(BrowserSession).where(BrowserSession.account_id == account_id, is_open(at))
    return session.scalars(query.order_by(BrowserSession.id.desc())).all()


def revoke(session: Session, session_id: int, account_id: str, at: datetime) -> bool:
    """End a session of this person; returns False where it is not open, or not theirs."""
    ended = (
        update(BrowserSession)
        .where(BrowserSession.id == session_id, BrowserSession.account_id == account_id)
        .where(BrowserSession.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return changed(session, ended) > 0


def is_open(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a session has not ended."""
    return BrowserSession.revoked_at.is_(None) & (BrowserSession.expires_at > at)


def prune(session: Session, now: datetime) -> None:
    """Delete sessions that ended RETENTION ago, and outsiders who have not signed in since."""
    session.execute(delete(BrowserSession).where(BrowserSession.expires_at < now - RETENTION))
    session.execute(delete(OutsideAccount).where(OutsideAccount.signed_in_at < now - RETENTION))
