"""Connections to PostgreSQL that wait for answers for a limited time.

The system reports a host that is gone, but not a server that hangs, or a lock that another session
never releases.
"""

from collections.abc import Generator
from contextlib import suppress
from typing import Any, TypeVar

from psycopg import Connection, Error, OperationalError, capabilities
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

from infrastructure.execution.patience import OutOfPatience, Patience, Waiting

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
        """The same operation, which ends in time; the driver says ten times a second "nothing"."""
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
        except OutOfPatience as error:
            self._give_up()
            raise OperationalError(str(error)) from None
        finally:
            waiting.end()

    def _give_up(self) -> None:
        """Close the connection, and ask the server to cancel the statement."""
        with suppress(Error):
            if capabilities.has_cancel_safe():  # without it, the driver would wait for ever
                self.cancel_safe(timeout=CANCELLING)
        self.close()


def _begun(patience: Patience, seconds: float | None = None) -> Waiting:
    try:
        return patience.begin(seconds)
    except OutOfPatience as error:
        raise OperationalError(str(error)) from None
