"""Calls of programs that are done once, whatever is lost on the way and sent again.

A call is claimed by its key, then done; its answer is kept in the transaction of what it does. So
what was done has an answer, which is given again to who repeats the call.
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

from infrastructure.database.engine import Database, changed, upsert
from infrastructure.errors import RollcallError
from provisioning.access.programs.models import ApiCall

KEPT = timedelta(hours=24)  # of an answer
RUNNING = timedelta(seconds=60)  # for which an attempt is waited for; it may have died


class KeyUsed(RollcallError):
    """A key that came before with another call."""

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key came before with another call.")


class StillRunning(RollcallError):
    """A call with a key whose first attempt is not done yet."""

    def __init__(self) -> None:
        super().__init__("The first call with this Idempotency-Key is not done yet.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A call as it came: of a token, by the key that the program chose, with a digest of it."""

    credential_id: int
    key: str
    digest: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it is sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class OneTransaction:
    """A database for one call: the first transaction that is begun stays open until its end.

    All that follows takes part in it, and reads what it has written; what fails halfway leaves
    nothing, also where the call goes on. It is committed at the end, and rolled back where the call
    fails.
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
    def reading(self, *, at_length: bool = False) -> Iterator[Session]:
        """A session for reads: that of the transaction once it is begun."""
        if self._session is not None:
            self._session.flush()
            self._session.expire_all()
            yield self._session
            return
        with self.database.reading(at_length=at_length) as session:
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


def find(session: Session, asked: Asked, now: datetime) -> Answer | None:
    """Return the answer of a call that is done; None for one that is not. Raises KeyUsed."""
    call = session.get(ApiCall, (asked.credential_id, asked.key))
    if call is None or now - call.claimed_at >= KEPT:
        return None
    if call.digest != asked.digest:
        raise KeyUsed
    if call.status is None:
        return None
    return Answer(call.status, call.headers or {}, call.body or b"")


def claim(session: Session, asked: Asked, now: datetime) -> str:
    """Claim a call that `find` has no answer to, and return the claim.

    Raises StillRunning where another attempt has it, KeyUsed.
    """
    session.execute(delete(ApiCall).where(ApiCall.claimed_at <= now - KEPT))
    new = secrets.token_hex(8)
    values = {"digest": asked.digest, "claim": new, "claimed_at": now}
    insert = upsert(session, ApiCall).values(
        credential_id=asked.credential_id, key=asked.key, **values
    )
    if changed(session, insert.on_conflict_do_nothing()):
        return new
    is_left = ApiCall.status.is_(None) & (ApiCall.claimed_at <= now - RUNNING)
    is_same = ApiCall.digest == asked.digest
    retaken = update(ApiCall).where(_is(asked), is_left, is_same).values(**values)
    if not changed(session, retaken):
        raise StillRunning
    return new


def keep(session: Session, asked: Asked, claimed: str, answer: Answer) -> None:
    """Keep the answer, in the transaction of what was done.

    Raises StillRunning where another attempt took the call over meanwhile.
    """
    mine = update(ApiCall).where(_is(asked), ApiCall.claim == claimed, ApiCall.status.is_(None))
    values = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
    if not changed(session, mine.values(**values)):
        raise StillRunning


def release(session: Session, asked: Asked, claimed: str) -> None:
    """Give up a claim: nothing was done, so the same key may be sent again."""
    mine = delete(ApiCall).where(_is(asked), ApiCall.claim == claimed, ApiCall.status.is_(None))
    session.execute(mine)


def _is(asked: Asked) -> ColumnElement[bool]:
    return (ApiCall.credential_id == asked.credential_id) & (ApiCall.key == asked.key)
