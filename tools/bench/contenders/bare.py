"""The rows that `registrations.register` leaves in a database, written by the driver alone."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import Select, Table, select
from sqlalchemy.engine import make_url

from infrastructure.database.engine import Database
from provisioning.outbox.models import BATCH, Card, Notification
from provisioning.registrations.models import Event, Operation, Registration
from tests.support.installation import CHANNEL
from tools.bench.contenders.contenders import BY, LONDON
from tools.bench.harness.serials import registered

TABLES = {
    "acts": "id what by via at",
    "cards": "id key kind channel site build registered_by note created_at",
    "registrations": "id serial site build state registered_by channel card_id revision created_at"
    " changed_at",
    "events": "registration_id act_id what by at after",
    "notifications": "key channel kind card_id facts occurred_at",
}
# By nature never the same in two databases.
OWN = {"key", "created_at", "changed_at", "occurred_at", "at"}


@dataclass(frozen=True, slots=True)
class DriverConnection:
    """A driver's connection in autocommit, and how its SQL marks a parameter."""

    connection: Any
    mark: str

    def insert(self, rows: dict[str, Sequence[tuple[object, ...]]]) -> None:
        """Insert rows into these tables in one transaction."""
        cursor = self.connection.cursor()
        cursor.execute("BEGIN")
        for table, columns in TABLES.items():
            cursor.executemany(_statement(table, columns.split(), self.mark), rows[table])
        cursor.execute("COMMIT")


@contextmanager
def connected(url: str) -> Iterator[DriverConnection]:
    """Connect the driver, with the settings that Rollcall promises with."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        connection = sqlite3.connect(target.database or "", isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield DriverConnection(connection, "?")
        connection.close()
    else:
        with psycopg.connect(url, autocommit=True) as line:
            yield DriverConnection(line, "%s")


def inserting(line: DriverConnection, number: int, macs: int) -> Callable[[], None]:
    """Make the rows of one batch; return the function that inserts them."""
    rows = _rows(number, macs)
    return lambda: line.insert(rows)


def contents(database: Database) -> list[list[tuple[Any, ...]]]:
    """Everything that is in a database, but for keys and moments."""
    with database.reading() as session:
        return [
            [tuple(row) for row in session.execute(_compared(model.__table__))]
            for model in (Operation, Card, Registration, Event, Notification)
        ]


def _compared(table: Table) -> Select[*tuple[Any, ...]]:
    return select(*(column for column in table.c if column.name not in OWN)).order_by(table.c.id)


def _rows(number: int, macs: int) -> dict[str, Sequence[tuple[object, ...]]]:
    first, card, at = number * macs, number + 1, str(datetime.now(UTC).replace(tzinfo=None))
    site, build = LONDON.site, LONDON.build
    after = json.dumps({"site": site, "build": build})
    serials = [str(serial) for serial in registered(first, first + macs)]
    return {
        "acts": [(card, "registered", BY, "command", at)],
        "cards": [(card, uuid4().hex, BATCH, CHANNEL, site, build, BY, "", at)],
        "registrations": [
            (key, serial, site, build, "waiting", BY, CHANNEL, card, 1, at, at)
            for key, serial in enumerate(serials, first + 1)
        ],
        "events": [
            (key, card, "registered", BY, at, after) for key in range(first + 1, first + macs + 1)
        ],
        "notifications": [(uuid4().hex, CHANNEL, "card", card, "{}", at)],
    }


def _statement(table: str, columns: list[str], mark: str) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join([mark] * len(columns))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - the names above
