"""Calls of programs, each carried out once, even where it is sent again.

A call is claimed by its key, then carried out; its answer is stored in the same transaction. So
each call that was carried out has an answer, which is given again where it is repeated.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from sqlalchemy import ColumnElement, delete, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.database.statements.dialects import add_new, changed
from infrastructure.errors import Conflict, RollcallError
from provisioning.access.programs.models import ApiCall

RETENTION = timedelta(hours=24)  # of an answer
ATTEMPT_TIMEOUT = timedelta(seconds=60)  # for which an attempt is waited for; it may have died


class KeyUsed(RollcallError):
    """A key that was used before for another call."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came before with another call.")


class StillRunning(Conflict):
    """A call with a key whose first attempt is not finished."""

    def __init__(self) -> None:
        super().__init__("The first call with this Idempotency-Key is not done yet.")


@dataclass(frozen=True, slots=True)
class ProgramCall:
    """A call as it arrived: its token, the key that the program chose, and a digest of the call."""

    credential_id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer to a call."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class OneTransaction:
    """A database for one call: the first transaction that is begun stays open until its end.

    Later ones are savepoints in it: one that fails leaves nothing, even where the call goes on. It
    is committed at the end, and rolled back where the call fails.
    """

    database: Database
    _opened: AbstractContextManager[Session] | None = None
    _session: Session | None = field(default=None)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """The session of the transaction, behind a savepoint."""
        if self._session is None:
            self._opened = self.database.begin()
            self._session = self._opened.__enter__()
        with self._session.begin_nested():
            yield self._session

    @contextmanager
    def reading(self, *, long: bool = False) -> Iterator[Session]:
        """A session for reads: that of the transaction once it is begun."""
        if self._session is not None:
            self._session.flush()
            self._session.expire_all()
            yield self._session
            return
        with self.database.reading(long=long) as session:
            yield session

    def __enter__(self) -> Self:
        """Begin nothing yet."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Commit, or roll back where an error is raised."""
        if self._opened is not None:
            self._opened.__exit__(kind, error, traceback)


def find(session: Session, call: ProgramCall, now: datetime) -> StoredAnswer | None:
    """Return the answer to a finished call; None for another one. Raises KeyUsed."""
    stored = session.get(ApiCall, (call.credential_id, call.key))
    if stored is None or now - stored.claimed_at >= RETENTION:
        return None
    if stored.digest != call.digest:
        raise KeyUsed
    if stored.status is None:
        return None
    return StoredAnswer(stored.status, stored.headers or {}, stored.body or b"")


def claim(session: Session, call: ProgramCall, now: datetime) -> str:
    """Claim a call that has no answer yet, and return the claim.

    Raises KeyUsed, and StillRunning where another attempt has it.
    """
    session.execute(delete(ApiCall).where(ApiCall.claimed_at <= now - RETENTION))
    new = secrets.token_hex(8)
    values = {"digest": call.digest, "claim": new, "claimed_at": now}
    if add_new(session, ApiCall, credential_id=call.credential_id, key=call.key, **values):
        return new
    is_left = ApiCall.status.is_(None) & (ApiCall.claimed_at <= now - ATTEMPT_TIMEOUT)
    is_same = ApiCall.digest == call.digest
    retaken = update(ApiCall).where(_is(call), is_left, is_same).values(**values)
    if not changed(session, retaken):
        raise StillRunning
    return new


def keep(session: Session, call: ProgramCall, claimed: str, answer: StoredAnswer) -> None:
    """Store the answer, in the transaction of the call.

    Raises StillRunning where another attempt has taken over the call.
    """
    mine = update(ApiCall).where(_is(call), ApiCall.claim == claimed, ApiCall.status.is_(None))
    values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    if not changed(session, mine.values(**values)):
        raise StillRunning


def release(session: Session, call: ProgramCall, claimed: str) -> None:
    """Give up a claim after a failure, so that the same key may be sent again."""
    mine = delete(ApiCall).where(_is(call), ApiCall.claim == claimed, ApiCall.status.is_(None))
    session.execute(mine)


def _is(call: ProgramCall) -> ColumnElement[bool]:
    return (ApiCall.credential_id == call.credential_id) & (ApiCall.key == call.key)
