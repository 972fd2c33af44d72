"""Connections that threads keep, because a Mac's call needs one for microseconds only."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, RLock, Thread, current_thread, local

from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

CLOSE_TIMEOUT = 5.0  # seconds for which a statement under way is waited for
MAX_IDLE = 1.0  # seconds; after more, a server may have ended a connection: it is tried first


class KeptSession:
    """A session that one thread keeps. It is closed under the lock `use`, held while it works.

    SQLite crashes the process where a connection is closed while a thread executes a statement.
    """

    def __init__(self, engine: Engine) -> None:
        self.session = Session(engine, expire_on_commit=False, autoflush=False)
        self.use = RLock()
        self.uses = 0  # under way: one may be within another
        self.is_given_back = False  # after the present use
        self.used_at = time.monotonic()

    def close(self, patience: float = CLOSE_TIMEOUT) -> None:
        """Close its connection, unless it is in use for longer than `patience`, in seconds."""
        if self.use.acquire(timeout=patience):
            try:
                self.session.close()
            finally:
                self.use.release()


class ThreadConnections:
    """Sessions, one for each thread, in autocommit, on a connection that the thread keeps.

    Taking a connection from a pool and returning it costs ten times what a small read does.
    """

    def __init__(self, target: URL) -> None:
        # Each is tested when a thread takes it, once, or after a while without use: the server
        # may have restarted.
        self.engine = create_engine(
            target, max_overflow=-1, isolation_level="AUTOCOMMIT", pool_pre_ping=True
        )
        self._has_server = target.get_backend_name() != "sqlite"
        self._mine = local()
        self._opening = Lock()
        self._all: dict[Thread, KeptSession] = {}
        self._failures = 0

    @contextmanager
    def session(self) -> Iterator[Session]:
        """The session of this thread, without loaded objects before and after.

        After a failure all threads get new sessions: a restarted database, for example, breaks all
        connections.
        """
        kept = self._kept()
        session = kept.session
        with kept.use:
            kept.uses += 1
            try:
                if self._is_doubtful(kept):
                    session.close()  # the engine tries the connection when it is taken again
                yield session
            except BaseException as error:  # whatever it was, the next use must not see its objects
                session.expunge_all()  # also new objects, which it would write later
                if isinstance(error, SQLAlchemyError):
                    self._failures += 1
                raise
            finally:
                if session.identity_map:
                    session.expunge_all()
                kept.uses -= 1
                if kept.is_given_back and not kept.uses:
                    session.close()
                    kept.is_given_back = False
                kept.used_at = time.monotonic()

    def _is_doubtful(self, kept: KeptSession) -> bool:
        """True where a server may have ended a connection, and no other use of it is under way."""
        is_idle = time.monotonic() - kept.used_at > MAX_IDLE
        return self._has_server and is_idle and kept.uses == 1

    def give_back(self) -> None:
        """Have this thread give its connection back to the engine after the present use."""
        self._mine.session.is_given_back = True

    def _kept(self) -> KeptSession:
        if getattr(self._mine, "failures", None) != (failures := self._failures):
            self._mine.session = self._opened()
            self._mine.failures = failures
        kept: KeptSession = self._mine.session
        return kept

    def _opened(self) -> KeptSession:
        """Open a session for this thread, and close those of threads that have ended."""
        kept = KeptSession(self.engine)
        with self._opening:
            failed = self._all.pop(current_thread(), None)
            if failed is not None:
                failed.session.invalidate()
            for thread in [thread for thread in self._all if not thread.is_alive()]:
                self._all.pop(thread).close()
            self._all[current_thread()] = kept
        return kept

    def close(self, patience: float = CLOSE_TIMEOUT) -> None:
        """Close all connections, those in use after their use.

        `patience`, in seconds, is for all of them: the process may be killed soon after.
        """
        until = time.monotonic() + patience
        with self._opening:
            left = [*self._all.values()]
            self._all.clear()
        for kept in left:
            kept.close(max(0.0, until - time.monotonic()))
        self._failures += 1
        self.engine.dispose()
