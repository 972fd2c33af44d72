"""Years of a fleet as rows of a database: manifests that are edited, Macs that are moved."""

import json
import plistlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import count, cycle, islice, pairwise
from typing import Any

from sqlalchemy import Connection

from infrastructure.database.engine import Database
from provisioning.munki import DEFAULT_CATALOGS
from provisioning.munki.layout import DEFAULT
from provisioning.munki.layout.ownership import WrittenIncludes
from provisioning.munki.manifests.packing import pack
from tests.support.installation import CHANNEL
from tools.bench.harness.serials import registered

MONTH = timedelta(days=365) / 12
EDITS = 4  # of each Mac's manifest in a year; with one of them the Mac is moved, and boots again
TOGETHER = 25  # Macs that are moved by one operation
PLACES = (("london", "design"), ("paris", "basic"))
BUSY = "site_default"  # the manifest that is edited all the time
PACKAGES = 1_000  # in it: 37 kB
BY = "U0BENCH"
_WRITTEN = json.dumps(WrittenIncludes(DEFAULT.includes(*PLACES[0]), (), DEFAULT_CATALOGS).to_json())


class Fleet:
    """A fleet of so many Macs, each confirmed at `start`, in an empty SQLite database.

    Its busy manifest is edited `busy` times a month. Rows are what the product writes, by the
    driver: the product itself would take hours for them.
    """

    def __init__(self, database: Database, macs: int, busy: int, start: datetime) -> None:
        self._database, self._macs, self._busy, self.now = database, macs, busy, start
        self._next = count()  # a Mac to be changed; all take turns
        self._manifests = [pack(_of_mac(*place)) for place in PLACES]
        self._large = [pack(_large(number)) for number in range(12)]
        with database.begin() as session:
            self._register(session.connection())

    def live(self) -> None:
        """Live through a month."""
        with self._database.begin() as session:
            connection, begin = session.connection(), self.now
            changes = self._macs * EDITS // 12
            moves = changes // EDITS
            self._edit(connection, begin, changes - moves)
            self._move(connection, begin, moves)
            self._edit_busy(connection, begin)
        self.now = begin + MONTH

    def _register(self, connection: Connection) -> None:
        at, known = _stored(self.now), ("confirmed", BY, CHANNEL, 2)
        _insert(
            connection,
            "registrations",
            "serial reported_as site build state registered_by channel revision created_at "
            "changed_at confirmed_at heard_at includes",
            (
                (serial.text, serial.text, *PLACES[0], *known, *[at] * 4, _WRITTEN)
                for serial in registered(0, self._macs)
            ),
        )
        after = json.dumps({"site": "london", "build": "design"})
        for what in ("registered", "confirmed"):
            _insert(
                connection,
                "events",
                "registration_id what at after",
                ((mac, what, at, after) for mac in range(1, self._macs + 1)),
            )

    def _edit(self, connection: Connection, begin: datetime, number: int) -> None:
        """People edit manifests of Macs."""
        before, after = self._manifests
        rows = (
            (_serial(mac), BY, "MWA2 API", at, before, after)
            for mac, at in self._turns(begin, number)
        )
        _insert(connection, "revisions", "name by via at before after", rows)

    def _move(self, connection: Connection, begin: datetime, number: int) -> None:
        """People move Macs, which boot, are confirmed and told to Slack."""
        turns = list(self._turns(begin, number))
        first = int(connection.exec_driver_sql("SELECT max(id) FROM acts").scalar() or 0)
        acts = [first + 1 + index // TOGETHER for index in range(number)]
        begun = dict(zip(reversed(acts), (at for _, at in reversed(turns)), strict=True))
        columns = "id what by via at"
        _insert(
            connection,
            "acts",
            columns,
            ((act, "moved", BY, "command", at) for act, at in sorted(begun.items())),
        )
        state = [
            json.dumps({"site": site, "build": build, "state": "waiting", "confirmed_at": None})
            for site, build in PLACES
        ]
        digest = json.dumps({"site": "paris", "build": "basic", "digest": "0" * 12, "layout": None})
        moved = (
            (mac, act, "moved", BY, at, *state) for act, (mac, at) in zip(acts, turns, strict=True)
        )
        told = ((mac, None, "confirmed", None, at, state[1], digest) for mac, at in turns)
        for rows in (moved, told):
            _insert(connection, "events", "registration_id act_id what by at before after", rows)
        revised = ((_serial(mac), mac, "first boot", at, *self._manifests) for mac, at in turns)
        _insert(connection, "revisions", "name registration_id via at before after", revised)
        self._tell(connection, turns)
        connection.exec_driver_sql(
            "UPDATE registrations SET revision = revision + 2, changed_at = ?, confirmed_at = ? "
            "WHERE id = ?",
            [(at, at, mac) for mac, at in turns],
        )

    def _tell(self, connection: Connection, turns: Sequence[tuple[int, str]]) -> None:
        facts = json.dumps({"serial": "MAC0000000", "site": "paris", "build": "basic"})
        columns = "key channel kind registration_id facts occurred_at state settled_at ts"
        for kind, content in (("confirmation", facts), ("card", "{}"), ("card", "{}")):
            rows = (
                ("0" * 32, CHANNEL, kind, mac, content, at, "sent", at, "1767225600.000100")
                for mac, at in turns
            )
            _insert(connection, "notifications", columns, rows)

    def _edit_busy(self, connection: Connection, begin: datetime) -> None:
        large = [*self._large, self._large[0]]
        versions = [*pairwise(large)]
        rows = (
            (BUSY, BY, "MWA2 API", _stored(begin + MONTH * number / self._busy), *pair)
            for number, pair in enumerate(islice(cycle(versions), self._busy))
        )
        _insert(connection, "revisions", "name by via at before after", rows)

    def _turns(self, begin: datetime, number: int) -> Iterator[tuple[int, str]]:
        """The Macs whose turn it is, by the ids of their registrations, and the moments."""
        for turn in range(number):
            yield next(self._next) % self._macs + 1, _stored(begin + MONTH * turn / number)


def _insert(connection: Connection, table: str, columns: str, rows: Iterator[Any]) -> None:
    names = ", ".join(f'"{name}"' for name in columns.split())
    signs = ", ".join("?" * len(columns.split()))
    driver = connection.connection
    statement = f"INSERT INTO {table} ({names}) VALUES ({signs})"  # noqa: S608 - ours
    driver.cursor().executemany(statement, list(rows))


def _serial(mac: int) -> str:
    return f"MAC{mac - 1:07}"


def _stored(at: datetime) -> str:
    """A moment as SQLite keeps it."""
    return f"{at:%Y-%m-%d %H:%M:%S.%f}"


def _of_mac(site: str, build: str) -> bytes:
    includes = [include.path for include in DEFAULT.includes(site, build)]
    return plistlib.dumps(
        {
            "catalogs": [*DEFAULT_CATALOGS],
            "included_manifests": includes,
            "managed_installs": ["AcmePrinterDriver", "MunkiReport"],
            "notes": "Room 204, the one at the window",
        }
    )


def _large(number: int) -> bytes:
    names = [f"Package{index * 7919 % 100_003:06}" for index in range(PACKAGES)]
    names[number::12] = [f"{name}-{number}" for name in names[number::12]]
    return plistlib.dumps({"catalogs": [*DEFAULT_CATALOGS], "managed_installs": names})
