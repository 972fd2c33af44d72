"""Connections that threads keep, because a Mac's call needs one for microseconds only."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Thread, current_thread, local

from sqlalchemy import URL, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session


class ThreadConnections:
    """Sessions, one for each thread, in autocommit, on a connection that the thread keeps.

    Taking a connection from a pool and returning it costs ten times what a small read does.
    """

    def __init__(self, target: URL) -> None:
        # Each is tried when a thread takes it, which is once: those that ended threads gave back
        # may be of before a restart.
        self.engine = create_engine(
            target, max_overflow=-1, isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )
        self._mine = local()
        self._opening = Lock()
        self._all: dict[Thread, Session] = {}
        self._failures = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The session of this thread, without loaded objects before and after.

        After a failure all threads get new sessions: a restarted database, for example, breaks all
        connections.
        """
        session = self._kept()
        try:
            yield session
        except BaseException as error:
            session.expunge_all()  # also new objects, which it would write later
            if isinstance(error, SQLAlchemyError):
                self._failures += 1
            raise
        finally:
            if session.identity_map:
                session.expunge_all()

    def _kept(self) -> Session:
        if getattr(self._mine, "failures", None) != (failures := self._failures):
            self._mine.session = self._opened()
            self._mine.failures = failures
        session: Session = self._mine.session
        return session

    def _opened(self) -> Session:
        """Open a session for this thread, and close those of threads that have ended."""
        session = Session(self.engine, expire_on_commit=False, autoflush=False)
        with self._opening:
            failed = self._all.pop(current_thread(), None)
            if failed is not None:
                failed.invalidate()
            for thread in [thread for thread in self._all if not thread.is_alive()]:
                self._all.pop(thread).close()
            self._all[current_thread()] = session
        return session

    def close(self) -> None:
        """Give all connections back."""
        with self._opening:
            for session in self._all.values():
                session.close()
            self._all.clear()
        self._failures += 1
        self.engine.dispose()
