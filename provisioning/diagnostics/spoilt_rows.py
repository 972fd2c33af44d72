"""The doctor's findings about rows with values that no release writes, such as by a hand.

They are read as nothing (`infrastructure.database.base`, `Instant`), so that no one else notices
them. A row that names one that is gone is noticed by the one who asks for it.
"""

from collections.abc import Iterator
from types import NoneType

from sqlalchemy import Column, ForeignKey, LargeBinary, Table, text
from sqlalchemy.orm import Session

from infrastructure.database.base import Flag, Json, Whole
from infrastructure.database.instants import FIRST, LAST, Instant
from infrastructure.findings import Finding
from infrastructure.text import readable
from provisioning.maintenance.tables import Base

NEWEST = 100_000  # rows of each table that are looked at
MAX_ROWS = 5  # rows of each table that are named
_SPOILT = "has something in {columns} that Rollcall never writes; it is taken for nothing"
_GONE = "names a row in {columns} that is gone; what needs that one is answered with an error"
LONGEST = 60  # characters of a key
_KINDS = {dict: "object", list: "array", NoneType: "null"}
# As the library writes a moment into SQLite.
_MOMENT = "[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9].*"


def findings(session: Session) -> Iterator[Finding]:
    """Yield a finding for each of the newest rows with a value that cannot be read."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for table in Base.metadata.sorted_tables:
        faults = {
            column.name: fault
            for column in table.columns
            if (fault := _fault(column, is_sqlite=is_sqlite)) is not None
        }
        if faults:
            yield from _of_table(session, table, faults, _SPOILT)
        if gone := {key.parent.name: _gone(key) for key in table.foreign_keys}:
            yield from _of_table(session, table, gone, _GONE)


def _of_table(
    session: Session, table: Table, faults: dict[str, str], sentence: str
) -> Iterator[Finding]:
    keys = [column.name for column in table.primary_key.columns]
    named = ", ".join(f'"{name}"' for name in dict.fromkeys((*keys, *faults)))
    order = ", ".join(f'"{key}" DESC' for key in keys)
    newest = f'SELECT {named} FROM "{table.name}" ORDER BY {order} LIMIT {NEWEST}'  # noqa: S608 - ours
    flags = ", ".join(f'({fault}) AS "is {name}"' for name, fault in faults.items())
    shown = ", ".join(f'{_as_text(column)} AS "{column.name}"' for column in table.primary_key)
    condition = " OR ".join(faults.values())
    query = f"SELECT {shown}, {flags} FROM ({newest}) AS newest WHERE {condition}"  # noqa: S608 - ours
    for row in session.execute(text(f"{query} LIMIT {MAX_ROWS}")).mappings():
        columns = ", ".join(name for name in faults if row[f"is {name}"])
        key = " ".join(readable(str(row[key]), LONGEST) for key in keys)
        yield Finding(
            "the database",
            f"The row {key} of the table {table.name} {sentence.format(columns=columns)}.",
            "Write it as it was, or bring back a backup.",
        )


def _as_text(column: Column[object]) -> str:
    name = f'"{column.name}"'
    if isinstance(column.type, LargeBinary):
        return "'(bytes)'"  # which are no text everywhere
    return f"CAST({name} AS text)"


def _gone(key: ForeignKey) -> str:
    """The condition of SQL by which a row names one that is not there."""
    named = f'"{key.column.table.name}" AS named WHERE named."{key.column.name}"'
    name = f'newest."{key.parent.name}"'
    return f"({name} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {named} = {name}))"  # noqa: S608 - ours


def _fault(column: Column[object], *, is_sqlite: bool) -> str | None:
    """The condition of SQL by which a value cannot be read; None where all can."""
    name = f'"{column.name}"'
    if isinstance(column.type, Instant):
        fault = f"{name} < '{FIRST:%Y-%m-%d}' OR {name} >= '{LAST:%Y-%m-%d}'"
        if is_sqlite:
            fault += f" OR typeof({name}) <> 'text' OR {name} NOT GLOB '{_MOMENT}'"
    elif isinstance(column.type, Json):
        kinds = ", ".join(f"'{_KINDS[kind]}'" for kind in column.type.kinds)
        fault = f"json_typeof({name}) NOT IN ({kinds})"
        if is_sqlite:
            fault = (
                f"CASE WHEN typeof({name}) = 'text' AND json_valid({name}) "
                f"THEN json_type({name}) NOT IN ({kinds}) ELSE 1 END"
            )
    elif isinstance(column.type, Whole) and is_sqlite:
        fault = f"typeof({name}) <> 'integer'"
    elif isinstance(column.type, Flag) and is_sqlite:
        fault = f"{name} NOT IN (0, 1)"
    else:
        return None
    return f"({name} IS NOT NULL AND ({fault}))"
