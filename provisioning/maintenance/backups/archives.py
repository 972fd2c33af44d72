"""The file of a backup: gzip around lines of JSON. docs/how-to/backup.md describes it for people.

First the header; for each table a line that names its columns and then a line for each row; at
the end the number of rows of each table, and the SHA-256 of all lines before. Reader and writer
hold one line at a time. A file is hostile until it has been read to its end.
"""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any, Protocol, TypeAlias

import orjson

from infrastructure.errors import RollcallError
from provisioning.maintenance.backups import value_types
from provisioning.maintenance.backups.value_types import Row

FORMAT = "rollcall-backup"
VERSION = 1
LONGEST = 256 * 1024 * 1024  # bytes of a line; the longest holds a picture or an exported list
LONGEST_HEADER = 4096  # bytes
LEVEL = 5  # of gzip's compression: nearly as small as 9, twice as fast
_BUFFER = 1024 * 1024

JSON: TypeAlias = dict[str, Any]


class UnusableBackup(RollcallError):
    """A file that is not a backup, or one that is damaged, too new or not for this database."""


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a backup: the schema's revision, the kind of database, when it began."""

    revision: str
    database: str
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table: its columns, and the kind of each."""

    table: str
    columns: Mapping[str, str]


Rows: TypeAlias = tuple[TableSection, Iterable[Row]]


class Sink(Protocol):
    """A file that bytes can be written to."""

    def write(self, content: object, /) -> int:
        """Write `content`."""

    def flush(self) -> None:
        """Flush the buffers."""


def write(file: Sink, header: Header, tables: Iterable[Rows]) -> dict[str, int]:
    """Write a backup, and return the number of rows of each table in it."""
    counts: dict[str, int] = {}
    with gzip.GzipFile("", "wb", LEVEL, file) as packed:
        lines = _Lines(packed)
        lines.write(_head(header))
        for section, rows in tables:
            lines.write({"table": section.table, "columns": dict(section.columns)})
            dumped = value_types.dumping(list(section.columns.values()))
            number = -1
            for number, row in enumerate(rows):  # noqa: B007 - it is counted
                lines.write(dumped(row))
            counts[section.table] = number + 1
        lines.write({"rows": counts, "sha256": lines.digest})
        lines.flush()
    return counts


def _head(header: Header) -> JSON:
    return {
        "format": FORMAT,
        "version": VERSION,
        "revision": header.revision,
        "database": header.database,
        "taken_at": header.taken_at.isoformat(),
    }


class _Lines:
    """A writer of lines into a file, with the digest of the lines so far."""

    def __init__(self, packed: gzip.GzipFile) -> None:
        self._file = io.BufferedWriter(packed, _BUFFER)
        self._hash = hashlib.sha256()

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def write(self, value: JSON | list[Any]) -> None:
        line = orjson.dumps(value) + b"\n"
        if len(line) > LONGEST:
            raise UnusableBackup(f"A row is larger than {LONGEST >> 20} MiB: it cannot be kept.")
        self._hash.update(line)
        self._file.write(line)

    def flush(self) -> None:
        self._file.flush()


class Archive:
    """A backup that is read: its `header`, then its tables, once and in their order.

    Every method raises UnusableBackup, and OSError where the file cannot be read at all. The rows
    are to be trusted only once `sections` has ended.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = io.BufferedReader(gzip.GzipFile(fileobj=file), _BUFFER)
        self._hash = hashlib.sha256()
        self._last = b""
        self._next: object = None  # the line after those that were taken
        self.counts: dict[str, int] = {}
        self.header = _header(self._first())

    def _first(self) -> object:
        """The first line; None where the file is not ours."""
        try:
            return orjson.loads(self._taken(LONGEST_HEADER))
        except orjson.JSONDecodeError:
            return None
        except UnusableBackup as error:
            if isinstance(error.__cause__, gzip.BadGzipFile):
                return None
            raise

    def sections(self) -> Iterator[Rows]:
        """Yield each table with its rows, which are to be read before the next table."""
        self._next = self._line()
        while isinstance(self._next, dict) and "table" in self._next:
            section = _section(self._next)
            if section.table in self.counts:
                raise UnusableBackup(f"It is damaged: it has the table {section.table!r} twice.")
            self.counts[section.table] = 0
            yield section, self._rows(section)
        self._check_end(self._next)

    def _rows(self, section: TableSection) -> Iterator[Row]:
        loaded = value_types.loading(list(section.columns.values()))
        while isinstance(row := self._line(), list):
            try:
                yield loaded(row)
            except (ValueError, RecursionError) as error:
                place = f"row {self.counts[section.table] + 1} of the table {section.table!r}"
                raise UnusableBackup(f"It is damaged: {place} holds {error}.") from error
            self.counts[section.table] += 1
        self._next = row

    def _check_end(self, end: object) -> None:
        if not isinstance(end, dict) or end.get("sha256") != self._hash.hexdigest():
            raise UnusableBackup("It is damaged: its checksum does not fit what is in it.")
        if end.get("rows") != self.counts:
            raise UnusableBackup("It is damaged: it has not as many rows as it says.")
        if self._read(1):
            raise UnusableBackup("It is damaged: it goes on after its end.")

    def _line(self) -> object:
        line = self._taken(LONGEST)
        if not line.endswith(b"\n"):
            reason = "a line is too long" if len(line) == LONGEST else "it ends too early"
            raise UnusableBackup(f"It is damaged: {reason}.")
        try:
            return orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise UnusableBackup("It is damaged: a line is no JSON.") from error

    def _taken(self, limit: int) -> bytes:
        line = self._read(limit)
        self._hash.update(self._last)  # so that it never covers the last line, which has it
        self._last = line
        return line

    def _read(self, limit: int) -> bytes:
        try:
            return self._file.readline(limit)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            reason = "it ends too early" if isinstance(error, EOFError) else str(error)
            raise UnusableBackup(f"It is damaged: {reason}.") from error


def _header(line: object) -> Header:
    if not isinstance(line, dict) or line.get("format") != FORMAT:
        raise UnusableBackup("This is no backup of Rollcall.")
    if line.get("version") != VERSION:
        raise UnusableBackup(
            f"The backup has the format {line.get('version')!r}; this Rollcall reads {VERSION}. "
            "Restore it with the Rollcall that made it, or with a newer one."
        )
    revision, database = line.get("revision"), line.get("database")
    try:
        taken_at = datetime.fromisoformat(str(line.get("taken_at"))).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnusableBackup("It is damaged: its header does not say when it was made.") from error
    if not isinstance(revision, str) or not isinstance(database, str):
        raise UnusableBackup("It is damaged: its header does not say what it is of.")
    return Header(revision, database, taken_at)


def _section(line: JSON) -> TableSection:
    table, columns = line.get("table"), line.get("columns")
    if (
        not isinstance(table, str)
        or not isinstance(columns, dict)
        or not all(map(value_types.is_known, columns.values()))
    ):
        raise UnusableBackup("It is damaged: it does not say what a table has.")
    return TableSection(table, columns)
