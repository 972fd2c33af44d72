"""Changes between a reading of a dry run and the transaction in which it is used."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.imports.parsing.entries import Entry, ParseResult, to_json
from provisioning.munki import Destination
from provisioning.policy import NotAllowed
from provisioning.values.serials import Serial
from tests.support import acting

MINE, NEXT = "C02XG0FDJGH5", "C02XG0FDJGH6"
NOW = datetime.now(UTC)


class Meanwhile:
    """A database in which something happens between a reading and the next transaction.

    `is_open` as long as a transaction is, for which others wait.
    """

    def __init__(self, database: Database) -> None:
        self._database, self.is_open = database, False
        self.happens: Callable[[], object] = lambda: None

    def reading(self, *, long: bool = False) -> AbstractContextManager[Session]:
        return self._database.reading(long=long)

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self.happens()
        with self._database.begin() as session:
            self.is_open = True
            try:
                yield session
            finally:
                self.is_open = False


def permit_no_paris(*sites: str) -> None:
    """Permit all sites but one."""
    if "paris" in sites:
        raise NotAllowed("register Macs for Paris")


def add_a_mac(database: Database, import_id: int) -> None:
    """Have a dry run hold another Mac besides."""
    with database.begin() as session:
        session.get_one(Import, import_id).reading = to_json(
            ParseResult(tuple(Entry(Serial(each), None, None) for each in (MINE, "FVFAAAAAAAA1")))
        )


def take(database: Database, serial: str, site: str = "paris") -> None:
    """Have another person register a Mac."""
    acting.register(database, serial, to=Destination(site, "basic"), by="U0BOB")
