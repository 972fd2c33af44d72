"""An index of serials by their parts of three characters: a search reads few of a million.

It follows the registrations. A periodic task adds those that have been there for a while, and a
search looks through the newer ones itself, so that no Mac's call waits for an index. A serial never
changes, and no registration is deleted, so nothing in it is ever out of date.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    column,
    insert,
    select,
    table,
)
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import take_turns
from provisioning.registrations.models import Registration
from provisioning.values.serials import LONGEST

SHORTEST = 3  # characters of a part that it finds
# PostgreSQL gives a number to a registration before its commit, and a later one may commit first.
MAX_DELAY = timedelta(hours=1)  # no transaction takes so long
ADDED = 2000  # serials a run: some 30 ms, for which others that write to SQLite wait

# In SQLite a table of its extension FTS5, which calls the key so and keeps the parts itself.
INDEX = table(
    "serial_parts", column("rowid", Integer), column("serial", Text), column("parts", ARRAY(Text))
)


def containing(session: Session, part: str) -> Sequence[Select[int]]:
    """Return queries for the ids of registrations whose serial contains a part, in upper case.

    Together they find all of these, each once.
    """
    if len(part) > LONGEST:
        return []  # the extension of SQLite takes seconds for a long text
    contains = Registration.serial.contains(part, autoescape=True)
    if len(part) < SHORTEST or not (part.isascii() and part.isprintable()):
        return [select(Registration.id).where(contains)]
    has_part = _on_postgresql if _is_postgresql(session) else _on_sqlite
    return [
        select(INDEX.c.rowid.label("id")).where(has_part(part)),
        select(Registration.id).where(Registration.id > _last(session), contains),
    ]


def follow(session: Session, now: datetime) -> int:
    """Add the next registrations that the index lacks, at most ADDED; returns their number."""
    take_turns(session, INDEX.name)
    rows = session.execute(
        select(Registration.id, Registration.serial, Registration.created_at)
        .where(Registration.id > _last(session))
        .order_by(Registration.id)
        .limit(ADDED)
    )
    settled = takewhile(lambda row: row.created_at <= now - MAX_DELAY, rows.all())
    added = [row_of(session, row.id, row.serial) for row in settled]
    if added:
        session.execute(insert(INDEX), added)
    return len(added)


def row_of(session: Session, registration_id: int, serial: str) -> dict[str, object]:
    """Return the row of a registration, with its parts where the database does not make them."""
    row: dict[str, object] = {"rowid": registration_id, "serial": serial}
    return {**row, "parts": _parts(serial)} if _is_postgresql(session) else row


def _last(session: Session) -> int:
    """The id of the last registration that is in it, 0 for none."""
    newest = select(INDEX.c.rowid).order_by(INDEX.c.rowid.desc()).limit(1)
    return session.scalar(newest) or 0


def _on_sqlite(part: str) -> ColumnElement[bool]:
    """The condition for the rows of the index that contain a part: a phrase of FTS5."""
    quoted = part.replace('"', '""')
    return INDEX.c.serial.op("MATCH", is_comparison=True)(f'"{quoted}"')


def _on_postgresql(part: str) -> ColumnElement[bool]:
    """The condition for the rows of the index that contain a part: by its parts, then by all."""
    # As a literal: PostgreSQL's plan for any part would read all that share a frequent one.
    parts: BindParameter[list[str]] = bindparam(None, _parts(part), literal_execute=True)
    has_all = INDEX.c.parts.op("@>", is_comparison=True)(parts)
    return has_all & INDEX.c.serial.contains(part, autoescape=True)


def _parts(text: str) -> list[str]:
    """The parts of a text: each three characters that stand together."""
    return [text[start : start + SHORTEST] for start in range(len(text) - SHORTEST + 1)]


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
