"""Connections to PostgreSQL: their waits are limited, they read every moment and know a pooler.

The system reports a host that is gone, but not a server that hangs, or a lock that another session
never releases.
"""

from collections.abc import Generator
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from psycopg import Connection, DataError, Error, OperationalError, adapters, capabilities
from psycopg.adapt import Loader
from sqlalchemy import Dialect, Engine, ExceptionContext, event
from sqlalchemy.pool import ConnectionPoolEntry

from infrastructure.execution.patience import Patience, ThreadWait, WaitedTooLong

CANCELLING = 1.0  # seconds to tell a server to cancel

Value = TypeVar("Value")


def wait_with(patience: Patience, engine: Engine) -> None:
    """Have all connections that an engine opens wait with `patience`."""

    @event.listens_for(engine, "do_connect")
    def connect(_: Dialect, __: ConnectionPoolEntry, places: Any, options: Any) -> Any:
        waiting = _begun(patience)
        try:
            connection = _PatientConnection.connect(*places, **options)
        except OperationalError:  # after the seconds of connect_timeout, or at once
            patience.note_silence(patience.clock())
            raise
        finally:
            waiting.end()
        connection.patience = patience
        return connection

    @event.listens_for(engine, "handle_error")
    def look(context: ExceptionContext) -> None:
        # A trial of a connection without an answer ends the wait: a new one would wait as long.
        if context.is_pre_ping and isinstance(context.original_exception, _AnswerTooLate):
            context.is_disconnect = False


def read_all_moments(engine: Engine) -> None:
    """Have connections read `infinity`, which Python lacks, and years beyond its own, as its last.

    The driver's error would be one of the whole answer, with all its rows. Nor does it read the
    styles of dates other than ISO that an admin may have given a role or a database.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: ConnectionPoolEntry) -> None:
        connection.adapters.register_loader("timestamp", _TimestampLoader)
        if not (connection.info.parameter_status("DateStyle") or "").startswith("ISO"):
            connection.execute("SET DateStyle TO ISO")  # a pooler keeps it for this client
            connection.commit()


def prepare_nothing_behind_a_pooler(engine: Engine) -> None:
    """Have connections prepare no statements where a pooler such as PgBouncer is between.

    Between two transactions it may hand a session to others, with all that is prepared there: a
    name then means another statement.
    """

    @event.listens_for(engine, "connect")
    def look(connection: Any, _: ConnectionPoolEntry) -> None:
        if is_behind_a_pooler(connection):
            connection.prepare_threshold = None
        connection.rollback()


def is_behind_a_pooler(connection: Any) -> bool:
    """True where a connection of the driver leads to a pooler, which tells a process id of its own.

    Raises psycopg's errors.
    """
    (process,) = connection.execute("SELECT pg_backend_pid()").fetchone()
    return bool(process != connection.info.backend_pid)


class _TimestampLoader(Loader):
    """A loader of timestamps, by that of the driver."""

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        kind = adapters.get_loader(oid, self.format)
        assert kind is not None  # noqa: S101 - for the type checker
        self._load = kind(oid, context).load

    def load(self, data: Any) -> Any:
        """Return a moment; one beyond the years 1 to 9999 as the first or the last of them."""
        try:
            return self._load(data)
        except DataError:
            text = bytes(data)
            is_past = text.startswith(b"-") or text.endswith(b"BC")
            return datetime(1, 1, 1) if is_past else datetime(9999, 12, 31)  # noqa: DTZ001 - as all


class _AnswerTooLate(OperationalError):
    """An answer that did not come in time."""


class _PatientConnection(Connection[Any]):
    """A connection that is closed where an answer does not come in time.

    `seconds` are how long it waits, where that is not what the patience says.
    """

    patience: Patience | None = None
    seconds: float | None = None

    def wait(self, gen: Generator[Any, Any, Value], *limits: Any, **others: Any) -> Value:
        """Run an operation of the driver to its end. Raises OperationalError."""
        if self.patience is not None:
            gen = self._patiently(gen, self.patience)
        return super().wait(gen, *limits, **others)

    def _patiently(
        self, operation: Generator[Any, Any, Value], patience: Patience
    ) -> Generator[Any, Any, Value]:
        """An operation of the driver that ends in time: ten times a second it is looked at."""
        try:
            waiting = _begun(patience, self.seconds)
        except OperationalError:
            self.close()  # or its pool would ask for a rollback, in vain
            raise
        try:
            wish = next(operation)
            while True:
                ready = yield wish
                if not ready:
                    waiting.go_on()
                wish = operation.send(ready)
        except StopIteration as end:
            patience.note_answer()
            answer: Value = end.value
            return answer
        except WaitedTooLong as error:
            self._give_up()
            raise _AnswerTooLate(str(error)) from None
        finally:
            waiting.end()

    def _give_up(self) -> None:
        """Close the connection, and ask the server to cancel the statement."""
        with suppress(Error):
            if capabilities.has_cancel_safe():  # without it, the driver would wait forever
                self.cancel_safe(timeout=CANCELLING)
        self.close()


def _begun(patience: Patience, seconds: float | None = None) -> ThreadWait:
    try:
        return patience.begin(seconds)
    except WaitedTooLong as error:
        raise OperationalError(str(error)) from None
