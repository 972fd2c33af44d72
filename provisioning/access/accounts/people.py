"""A copy of Slack's list of people, for the board: the server never asks Slack."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.query_cache import QueryCache
from infrastructure.database.statements.bulk import is_among
from infrastructure.database.statements.dialects import add_new
from infrastructure.text import Sentence, readable
from provisioning.access.accounts import open_sessions
from provisioning.access.accounts.models import Account, Directory, UserGroup

INTERVAL = timedelta(minutes=1)  # between two readings
COPY_MAX_AGE = timedelta(minutes=5)  # of a copy by which a new person is let in
LONGEST_NAME = 80  # characters
MAX_AGE, STALE = 1.0, 1.8  # seconds for which groups hold, and after which a request waits for them
_ONLY = 1  # the id of the only directory


@dataclass(frozen=True, slots=True)
class Member:
    """A person as Slack describes them; `refusal` is the reason why they may not use Rollcall."""

    id: str
    name: str
    language: str
    refusal: Sentence | None

    def as_row(self) -> dict[str, object]:
        """The columns of their account."""
        return {
            "id": self.id,
            "name": readable(self.name, LONGEST_NAME) or self.id,
            "language": self.language,
            "refusal": self.refusal.to_json() if self.refusal else None,
        }


@dataclass(frozen=True, slots=True)
class PeopleReading:
    """A reading of a workspace: its `team`, its people, and the members of groups."""

    team: str
    members: tuple[Member, ...]
    groups: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class PeopleDifference:
    """The changes that a reading makes in the copy: rows of accounts, ids of deleted ones.

    `admitted` and `refused` are the ids of all people in the reading.
    """

    new: list[dict[str, object]]
    changed: list[dict[str, object]]
    gone: list[str]
    admitted: frozenset[str]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True)
class PeopleEntry:
    """A person's entry in the copy; `account` is None where it has none.

    `is_fresh`: the copy is recent enough to let a new person in.
    """

    account: Account | None
    team: str | None
    is_fresh: bool

    @property
    def refusal(self) -> Sentence | None:
        """The reason why this person may not use Rollcall."""
        if self.account is None or self.account.refusal is None:
            return None
        return Sentence.from_json(self.account.refusal)


def claim(session: Session, now: datetime) -> bool:
    """Return True if a reading is due, and this caller has claimed it."""
    add_new(session, Directory, id=_ONLY)
    directory = session.get_one(Directory, _ONLY, with_for_update=True)
    claimed_at = directory.claimed_at
    if claimed_at is not None and claimed_at <= now < claimed_at + INTERVAL:
        return False
    directory.claimed_at = now
    return True


def compare(session: Session, reading: PeopleReading) -> PeopleDifference:
    """Return the difference between a reading and the copy; reads only."""
    table = Account.__table__.c
    columns = (table.id, table.name, table.language, table.refusal)
    known = {row.id: row._asdict() for row in session.execute(select(*columns))}
    rows = {str(row["id"]): row for row in map(Member.as_row, reading.members)}
    refused = frozenset(name for name, row in rows.items() if row["refusal"] is not None)
    return PeopleDifference(
        new=[row for name, row in rows.items() if name not in known],
        changed=[row for name, row in rows.items() if known.get(name, row) != row],
        gone=sorted(known.keys() - rows.keys()),
        refused=refused,
        admitted=frozenset(rows.keys() - refused),
    )


def record(
    session: Session, reading: PeopleReading, difference: PeopleDifference, now: datetime
) -> None:
    """Record a reading, and end the sessions of people who may no longer use Rollcall."""
    if difference.gone:
        gone = is_among(session, difference.gone, Account.id)
        session.execute(delete(Account).where(gone))
    if difference.new:
        session.execute(insert(Account), difference.new)
    for row in difference.changed:
        session.execute(update(Account).where(Account.id == row["id"]).values(**row))
    session.execute(delete(UserGroup))
    groups = [{"id": name, "members": sorted(ids)} for name, ids in reading.groups.items()]
    if groups:
        session.execute(insert(UserGroup), groups)
    open_sessions.end_all_but(session, difference.admitted, difference.refused, now)
    values = {"team": reading.team, "read_at": now}
    session.execute(update(Directory).where(Directory.id == _ONLY).values(**values))


def standing(session: Session, account_id: str, now: datetime) -> PeopleEntry:
    """Return a person's entry in the copy."""
    directory = session.get(Directory, _ONLY)
    read_at = directory.read_at if directory else None
    is_fresh = read_at is not None and abs(now - read_at) <= COPY_MAX_AGE
    account = session.get(Account, account_id)
    return PeopleEntry(account, directory.team if directory else None, is_fresh)


def _groups(session: Session) -> dict[str, frozenset[str]]:
    """Return the members of the user groups of a reading, by the ids of the groups."""
    return {group.id: frozenset(group.members) for group in session.scalars(select(UserGroup))}


class Groups:
    """A cache of the user groups, read again from the database every second.

    Threads share it: hundreds of boards may be loaded at once.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = QueryCache(
            database,
            _groups,
            name="groups of people",
            max_age=MAX_AGE,
            max_stale_age=STALE,
            clock=clock,
        )

    def of(self, account_id: str) -> frozenset[str]:
        """Return the ids of a person's groups, at most two seconds old.

        Raises SQLAlchemyError where the database could never be read.
        """
        members_of = self._read.current()
        return frozenset(group for group, members in members_of.items() if account_id in members)


def names(session: Session, account_ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of people by their ids; those whom the copy lacks are left out.

    None and an empty id stand for nobody.
    """
    ids = sorted({each for each in account_ids if each})
    if not ids:
        return {}
    query = select(Account).where(is_among(session, ids, Account.id))
    return {account.id: account.name for account in session.scalars(query)}
