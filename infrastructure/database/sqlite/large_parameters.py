"""Large parameters, which SQLite's driver keeps: the last ones of each statement that it caches.

A list of 10,000 Macs would stay in each thread's connection, several times, for as long as that is
open. So a connection that had large parameters is closed after its use; opening another one takes
a millisecond.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.pool import ConnectionPoolEntry

LARGE = 64 * 1024  # characters, or bytes
_HAD_SOME = "large parameters"  # in a connection's `info`


def prepare(engine: Engine, give_back: Callable[[], None] = lambda: None) -> None:
    """Have an engine close each connection that had large parameters, once it is given back.

    `give_back` is called while the statement is executed, where the connection would be kept.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def look(connection: Connection, _: Any, __: str, given: Any, *___: object) -> None:
        last = given[-1] if isinstance(given, list) else given  # of many
        if any(isinstance(each, str | bytes) and len(each) > LARGE for each in last):
            connection.info[_HAD_SOME] = True
            give_back()

    @event.listens_for(engine, "checkin")
    def close(_: Any, entry: ConnectionPoolEntry) -> None:
        if _HAD_SOME in entry.info:
            entry.invalidate()
