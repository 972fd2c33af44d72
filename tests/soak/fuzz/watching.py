"""Outcomes that no input may have: failures, tracebacks, secrets in what is read, and growth."""

import gc
import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import structlog
from sqlalchemy import func, select, union_all
from sqlalchemy.sql import literal
from structlog.testing import LogCapture
from werkzeug.wrappers import Response

from infrastructure.database.engine import Database
from provisioning.maintenance.tables import Base
from tests.soak.fuzz.house import SECRETS

FAILED = frozenset({"unexpected error", "database failed", "job given up", "job failed"})
# Slack's library and Bolt, of an answer to an address that nobody hears at.
UNHEARD = ("Failed to run an internal function", "Failed to send a request to Slack API server")
REDIRECTS = frozenset({301, 302, 303, 307, 308})  # which Macs and scripts do not follow
MIB = 1024 * 1024
MAX_ROWS, ROWS_OF_AN_INPUT = 1_100, 0.2  # in a table: refusals are forgotten beyond a thousand
MAX_GROWTH = 25  # MiB, of which most is the stand-in's, which remembers what was said
MAX_MORE = 40  # threads, and open files: pools that are not full at first


@dataclass(frozen=True)
class Size:
    """The sizes of this process and of its database."""

    rows: Mapping[str, int]
    threads: int
    files: int
    memory: float  # MiB

    @classmethod
    def of(cls, database: Database) -> "Size":
        """The present one."""
        gc.collect()
        process = psutil.Process()
        with database.reading() as session:
            counts = (
                select(literal(table.name), func.count()).select_from(table)
                for table in Base.metadata.sorted_tables
            )
            rows = {row[0]: row[1] for row in session.execute(union_all(*counts))}
        memory = process.memory_info().rss / MIB
        return cls(rows, threading.active_count(), process.num_fds(), memory)


@dataclass
class Watch:
    """The outcomes of many inputs."""

    findings: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    _lines: list[MutableMapping[str, Any]] = field(default_factory=list)
    _records: list[logging.LogRecord] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear all that is logged meanwhile, by us and by libraries."""
        capture, handler = LogCapture(), _Records(self._records)
        capture.entries = self._lines
        root, old = logging.getLogger(), structlog.get_config()["processors"][:]
        processors = structlog.get_config()["processors"]
        processors[:] = [structlog.contextvars.merge_contextvars, capture]
        root.addHandler(handler)
        try:
            yield
        finally:
            root.removeHandler(handler)
            processors[:] = old

    def look(self, name: str, response: Response | None, *, allowed: Collection[int] = ()) -> None:
        """Judge an answer, and what was logged since the last one; `name` is that of the input.

        `allowed` are its failures that are documented.
        """
        faults = [*self._faults_of(response, allowed)] if response else []
        for line in self._lines:
            faults += _faults_in(line)
        faults += [
            f"a library: {line.getMessage()[:300]}" for line in self._records if _is_fault(line)
        ]
        log = f"{self._lines}{[record.getMessage() for record in self._records]}"
        faults += [f"{secret} in the log" for secret in _secrets_in(log)]
        self._lines.clear()
        self._records.clear()
        self.findings += [f"{name}: {fault}" for fault in faults]

    def compare(self, before: Size, after: Size, inputs: int) -> None:
        """Note what grew by more than some inputs explain."""
        self.findings += [
            f"{name}: {rows} rows after {inputs} inputs"
            for name, rows in after.rows.items()
            if rows > MAX_ROWS + inputs * ROWS_OF_AN_INPUT
        ]
        grown = after.memory - before.memory
        if grown > MAX_GROWTH:
            self.findings.append(f"the memory grew by {grown:.1f} MiB")
        for name in ("threads", "files"):
            was, became = getattr(before, name), getattr(after, name)
            if became > was + MAX_MORE:
                self.findings.append(f"{name}: {was} became {became}")

    def _faults_of(self, response: Response, allowed: Collection[int]) -> Iterator[str]:
        status, text = response.status_code, response.get_data().decode(errors="replace")
        self.statuses[status] += 1
        if status == 503:
            self.reasons[text[:160]] += 1
        if (status >= 500 or status in REDIRECTS) and status not in allowed:
            yield f"{status} {text[:300]}"
        if "Traceback (most recent" in text:
            yield f"a traceback: {text[-300:]}"
        yield from (
            f"{secret} in the answer" for secret in _secrets_in(f"{response.headers}{text}")
        )


class _Records(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__(logging.WARNING)
        self._kept = records

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line of a library."""
        self._kept.append(record)


def _is_fault(record: logging.LogRecord) -> bool:
    """True for a library's error, unless Bolt only says that an answer came too late for Slack."""
    said = record.getMessage()
    unheard = said.startswith(UNHEARD)
    return (record.levelno >= logging.ERROR and not unheard) or bool(record.exc_info)


def _faults_in(line: Mapping[str, Any]) -> Sequence[str]:
    if line.get("exc_info"):
        return [f"a traceback: {line['event']}: {line['exc_info']!r}"[:400]]
    return [f"{line}"[:400]] if line["event"] in FAILED else []


def _secrets_in(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret.removeprefix("Basic ") in text]
