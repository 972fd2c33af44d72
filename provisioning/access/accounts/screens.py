"""Screens of imaging rooms: browsers that show the board's Macs, and have no other right.

A browser shows a code, which a person types on the board; that leaves a ticket. The browser that
shows this code takes the ticket, and is a screen from then on, until it is revoked. Nothing is
stored for a browser that only shows a code.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed, put
from infrastructure.text import readable
from provisioning.access.accounts.models import Screen, ScreenTicket
from provisioning.access.accounts.sessions import LONGEST_AGENT
from provisioning.values import outsiders

TICKET_LIFETIME = timedelta(minutes=2)  # a screen asks every few seconds
NOTE_INTERVAL = timedelta(minutes=5)  # between two notes that a screen is used
UNUSED_RETENTION = timedelta(days=400)  # browsers keep no cookie for longer
RETENTION = timedelta(days=30)  # of one that was revoked


def leave_ticket(session: Session, code: str, site: str | None, *, by: str, at: datetime) -> None:
    """Leave a ticket for the screen that shows a code, given as its digest; None: of all sites."""
    session.execute(delete(ScreenTicket).where(ScreenTicket.expires_at <= at))
    values = {"site": site, "made_by": by, "expires_at": at + TICKET_LIFETIME}
    put(session, ScreenTicket, {"digest": code}, values)


def has_ticket(session: Session, codes: Collection[str], at: datetime) -> bool:
    """Return True if there is a ticket for one of these codes, given as digests."""
    return session.scalars(select(ScreenTicket.digest).where(_good(codes, at))).first() is not None


def take_ticket(
    session: Session, codes: Collection[str], digest: str, agent: str, at: datetime
) -> None:
    """Make the browser with this digest a screen, if there is a ticket for one of its codes."""
    ticket = session.scalars(select(ScreenTicket).where(_good(codes, at)).limit(1)).first()
    if ticket is None:
        return
    site, by = ticket.site, ticket.made_by
    taken = delete(ScreenTicket).where(ScreenTicket.digest == ticket.digest)
    if not changed(session, taken):  # by another request of the same browser
        return
    new = Screen(digest=digest, site=site, agent=readable(agent, LONGEST_AGENT))
    new.paired_by, new.paired_at, new.seen_at = by, at, at
    session.add(new)
    session.flush()


def find(session: Session, digest: str) -> Screen | None:
    """Return the screen with this digest, even a revoked one; None where there is none."""
    return session.scalars(select(Screen).where(Screen.digest == digest)).one_or_none()


def used_among(session: Session, numbers: Collection[int]) -> Collection[int]:
    """Return those of these ids whose screens were not revoked."""
    if not numbers:
        return ()
    used = Screen.id.in_(numbers) & Screen.revoked_at.is_(None)
    return session.scalars(select(Screen.id).where(used)).all()


def note_seen(session: Session, screen_id: int, at: datetime) -> None:
    """Record the use of a screen."""
    session.execute(update(Screen).where(Screen.id == screen_id).values(seen_at=at))


def in_use(session: Session) -> Sequence[Screen]:
    """Return the screens that were not revoked, the newest first."""
    query = select(Screen).where(Screen.revoked_at.is_(None))
    return session.scalars(query.order_by(Screen.id.desc())).all()


def revoke(
    session: Session, screen_id: int, *, by: str, permit: Callable[[str | None], None], at: datetime
) -> bool:
    """Revoke a screen; returns False where it is not in use. Raises NotAllowed.

    The person who paired it may do so, and everyone whom `permit` lets pair one for its site; it
    raises NotAllowed.
    """
    screen = session.get(Screen, screen_id)
    if screen is None or screen.revoked_at is not None:
        return False
    if not outsiders.is_same(screen.paired_by, by):
        permit(screen.site)
    screen.revoked_at, screen.revoked_by = at, by
    session.flush()
    return True


def prune(session: Session, now: datetime) -> None:
    """Delete screens that were revoked or unused for longer than they are kept; expired tickets."""
    unused = Screen.seen_at < now - UNUSED_RETENTION
    session.execute(delete(Screen).where((Screen.revoked_at < now - RETENTION) | unused))
    session.execute(delete(ScreenTicket).where(ScreenTicket.expires_at <= now))


def _good(codes: Collection[str], at: datetime) -> ColumnElement[bool]:
    return ScreenTicket.digest.in_(codes) & (ScreenTicket.expires_at > at)
