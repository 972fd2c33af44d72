"""Connections that threads keep: a Mac's call needs one for microseconds, many times a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from weakref import WeakSet

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session


class Lines:
    """One session a thread, in autocommit, on a connection that is not given back between uses.

    Taking a connection from a pool and returning it costs ten times what a small read does.
    """

    def __init__(self, target: URL) -> None:
        self.engine = create_engine(target, max_overflow=-1, isolation_level="AUTOCOMMIT")
        self._mine = local()
        self._all: WeakSet[Session] = WeakSet()
        self._failures = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """This thread's session, holding no objects before and after.

        One that failed is thrown away, and those that the other threads keep with it: what
        broke it, such as a restarted database, has broken theirs too.
        """
        session = self._kept()
        try:
            yield session
        except SQLAlchemyError:
            self._failures += 1
            raise
        finally:
            if session.identity_map:
                session.expunge_all()

    def _kept(self) -> Session:
        if getattr(self._mine, "failures", None) != self._failures:
            if hasattr(self._mine, "session"):
                self._mine.session.invalidate()
            self._mine.session = Session(self.engine, expire_on_commit=False, autoflush=False)
            self._mine.failures = self._failures
            self._all.add(self._mine.session)
        session: Session = self._mine.session
        return session

    def close(self) -> None:
        """Give all connections back."""
        for session in list(self._all):
            session.close()
        self.engine.dispose()
