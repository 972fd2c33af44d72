"""The open sessions of all people: admins list and end them, and so does a change of accounts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from provisioning.access.accounts.models import LINK, Account, BrowserSession, OutsideAccount
from provisioning.access.accounts.sessions import is_open
from provisioning.values import outsiders


@dataclass(frozen=True, slots=True)
class OpenSession:
    """An open session of any person, as admins see it."""

    id: int
    account_id: str
    name: str
    way: str
    agent: str
    made_at: datetime
    seen_at: datetime
    expires_at: datetime


def open_of_all(session: Session, at: datetime, *, text: str = "") -> Sequence[OpenSession]:
    """Return the open sessions of all people, the last seen first.

    `text` is looked for in names and ids of people, in any case.
    """
    name = func.coalesce(OutsideAccount.name, Account.name, BrowserSession.account_id)
    table = BrowserSession
    query = (
        select(table.id, table.account_id, name.label("name"), table.way, table.agent)
        .add_columns(table.made_at, table.seen_at, table.expires_at)
        .outerjoin(Account, Account.id == table.account_id)
        .outerjoin(OutsideAccount, OutsideAccount.id == table.account_id)
        .where(is_open(at))
        .order_by(table.seen_at.desc(), table.id.desc())
    )
    if text:
        sought = (column.icontains(text, autoescape=True) for column in (name, table.account_id))
        query = query.where(or_(*sought))
    return [OpenSession(*row) for row in session.execute(query)]


def end_one(session: Session, session_id: int, at: datetime) -> str | None:
    """End a session of any person; return the account, None where it is not open."""
    ended = _end(session, at, BrowserSession.id == session_id)
    return ended[0] if ended else None


def end_all_of(session: Session, account_id: str, at: datetime) -> int:
    """End all sessions of a person; returns their number."""
    return len(_end(session, at, BrowserSession.account_id == account_id))


def end_all(session: Session, at: datetime) -> int:
    """End the sessions of all people; returns their number."""
    return len(_end(session, at))


def _end(session: Session, at: datetime, *which: ColumnElement[bool]) -> list[str]:
    """End open sessions; returns their accounts, one for each."""
    ended = update(BrowserSession).where(is_open(at), *which).values(revoked_at=at)
    return list(session.scalars(ended.returning(BrowserSession.account_id)))


def end_all_but(
    session: Session, admitted: Collection[str], refused: Collection[str], at: datetime
) -> None:
    """End the sessions of people who are `refused`, and of those who are not `admitted`.

    The latter keep sessions that began by a link: an admin may be missing in Slack's list.
    Outsiders are in no list: their sessions are short instead.
    """
    columns = (BrowserSession.id, BrowserSession.account_id, BrowserSession.way)
    rows = session.execute(select(*columns).where(is_open(at)))
    lost = [
        number
        for number, account_id, way in rows
        if not outsiders.is_outsider(account_id)
        and (account_id in refused or (account_id not in admitted and way != LINK))
    ]
    if lost:
        ended = update(BrowserSession).where(BrowserSession.id.in_(lost))
        session.execute(ended.values(revoked_at=at))
