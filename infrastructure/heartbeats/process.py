"""The heartbeats of the present process, in a file and in the database."""

import os
import socket
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from infrastructure.errors import first_line
from infrastructure.execution.loop import unique_name
from infrastructure.heartbeats import files, store
from infrastructure.heartbeats.files import MAX_SILENCE, Beat, HeartbeatFile
from infrastructure.heartbeats.store import Missing

log = structlog.get_logger()

INTERVAL = 10.0  # seconds from one heartbeat to the next


class Pulse(Protocol):
    """A receiver of the heartbeats of a loop, called once in each round.

    `doing` is a phrase for an action that begins now and may take `seconds`.
    """

    def __call__(self, doing: str = "", seconds: float = 0) -> None:
        """Take a heartbeat. Raises SQLAlchemyError."""


def unheard(doing: str = "", seconds: float = 0) -> None:
    """Ignore the heartbeat of a loop."""


class Process:
    """The present process, which does `part`; its heartbeats lie in a file and in a database.

    `port` is where a server listens.
    """

    def __init__(self, part: str, database: Database, *, port: int | None = None) -> None:
        self._part, self._database, self._port = part, database, port
        self._host = socket.gethostname()
        self.name = unique_name()
        self._folder: Path | None = None
        self._file: HeartbeatFile | None = None
        self._written = self._noted = float("-inf")
        self._last_written: tuple[str, float] | None = None
        self._noted_patience = 0.0  # the patience that was noted last
        self._silent: Collection[Missing] = ()
        self._is_new, self._has_ended = True, False

    def start(self, folder: Path, doing: str = "") -> None:
        """Make the heartbeat file in `folder`, and remove those of dead ones. Raises nothing.

        `doing` is as in Pulse.
        """
        try:
            self._file = HeartbeatFile(folder, self._part, self.name)
            self._folder = folder
            files.remove_dead(folder, self._part)
        except OSError as error:
            log.warning("no heartbeat in a file", reason=str(error))
        self.write_file(doing)

    def beat(self, doing: str = "", seconds: float = 0) -> None:
        """Record a heartbeat; see Pulse. A repetition within INTERVAL writes nothing."""
        patience = MAX_SILENCE + seconds
        now = time.monotonic()
        if now - self._written >= INTERVAL or (doing, patience) != self._last_written:
            self.write_file(doing, seconds)
        if now - self._noted >= INTERVAL or patience > self._noted_patience:
            self._noted = now  # also where it fails: the loop has more to do than to wait for that
            with self._database.begin() as session:
                self.note(session, doing, seconds)

    def write_file(self, doing: str = "", seconds: float = 0) -> None:
        """Write a heartbeat to the file, without the database."""
        self._written, self._last_written = time.monotonic(), (doing, MAX_SILENCE + seconds)
        if self._file is not None:
            try:
                self._file.write(self._beat(doing, seconds))
            except OSError as error:
                log.warning("no heartbeat in a file", reason=str(error))

    def note(self, session: Session, doing: str = "", seconds: float = 0) -> None:
        """Write a heartbeat to the database, and log processes that fell silent or came back."""
        if not self._has_ended:
            self._record(session, doing, seconds)
            self._log_changes(session)

    def _record(self, session: Session, doing: str, seconds: float) -> None:
        """Write a heartbeat; the first one replaces those of dead processes on this machine."""
        if self._is_new and self._folder is not None:
            alive = {beat.process for beat in files.alive(self._folder)}
            store.replace(session, self._part, self._host, alive)
        store.note(session, self._beat(doing, seconds), self._host)
        self._is_new, self._noted_patience = False, MAX_SILENCE + seconds

    def peers(self) -> int:
        """Return the number of processes at work that do the same part, this one among them.

        Raises SQLAlchemyError.
        """
        with self._database.reading() as session:
            rows = [row for row in store.living(session) if row.part == self._part]
        return len({self.name, *(row.process for row in rows)})

    def end(self) -> None:
        """Remove all heartbeats, because the process ends on request. Raises nothing."""
        self._has_ended = True
        if self._file is not None:
            with suppress(OSError):
                self._file.remove()
            self._file = None
        if self._is_new:
            return
        try:
            with self._database.begin() as session:
                store.forget(session, self.name)
        except SQLAlchemyError as error:
            log.warning("heartbeat not taken back", reason=first_line(error))

    def _beat(self, doing: str, seconds: float) -> Beat:
        patience = MAX_SILENCE + seconds
        at = time.monotonic()
        return Beat(self._part, self.name, os.getpid(), at, patience, doing, self._port)

    def _log_changes(self, session: Session) -> None:
        """Log changes of the other processes; only the oldest of the working ones does so."""
        before, self._silent = self._silent, store.missing(session)
        living = store.living(session)
        gone = {each.process for each in before}
        witnesses = [row.process for row in living if row.process not in gone]
        if witnesses[:1] != [self.name]:
            return
        for each in self._silent:
            if each.process not in gone:
                since = str(each.since)
                log.error("process missing", part=each.part, host=each.host, since=since)
        for each in before:
            if any(row.process == each.process for row in living):
                log.warning("process back", part=each.part, host=each.host)
