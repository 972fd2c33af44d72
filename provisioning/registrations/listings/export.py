"""CSV files of registrations, of all or of one card; no cell is run as a formula."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import StringIO
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from infrastructure.text import counted
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations.models import Registration, name_at
from provisioning.registrations.queries import MAX_ON_A_CARD

EXPORT = "export"  # the job
HEADER = (
    "serial", "site", "build", "state", "registered by", "note",
    "registered at", "confirmed at", "closed at", "name",
)  # fmt: skip
PAGE = 2000  # rows read at a time
BOM = b"\xef\xbb\xbf"  # without it Excel does not read the file as UTF-8

# The signs that begin a formula, in plain and in wide letters, also after characters that a
# spreadsheet skips. A semicolon begins a cell in countries that write decimals with a comma.
_FORMULA = re.compile(r"(^|;)(?=[\s\x00-\x20\x7f-\xa0\ufeff\u200b'\"]*[=+\-@＝＋－＠]|[\t\r\n])")


def csv_of(
    database: Transactions, *, site: str | None = None, where: ColumnElement[bool] | None = None
) -> Iterator[bytes]:
    """Yield the registrations (of `site`, those that meet `where`) as a CSV file, in pieces.

    UTF-8 with a byte order mark, quoted as RFC 4180 says, in the order of registering; moments
    are ISO 8601 in UTC. A cell that a spreadsheet would run as a formula begins with an
    apostrophe. Each piece of PAGE rows is read by itself, in the thread that asks for it: so no
    read lasts long, and nothing is open while a slow client receives one. A registration that
    changes meanwhile is shown as before or as after the change.
    """
    yield BOM + _csv_bytes([HEADER])
    after = 0
    page = _rows(site) if where is None else _rows(site).where(where)
    while True:
        with database.reading(long=True) as session:
            rows = session.execute(page.where(Registration.id > after)).all()
        if not rows:
            return
        after = rows[-1].id
        yield _csv_bytes(map(_cells, rows))


def file_of(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a CSV file in the same form as `csv_of`, with every cell made harmless."""
    return BOM + _csv_bytes(chain([header], (map(harmless, row) for row in rows)))


def harmless(cell: str) -> str:
    """Return `cell` with an apostrophe before anything that a spreadsheet would run."""
    if cell.isalnum():  # a fast check that nearly all cells pass
        return cell
    return _FORMULA.sub(r"\1'", cell)


def _rows(site: str | None) -> Select[*tuple[object, ...]]:
    page = (
        select(
            Registration.id,
            func.coalesce(Registration.reported_as, Registration.serial),
            Registration.site,
            Registration.build,
            Registration.state,
            Registration.registered_by,
            Card.note,
            func.coalesce(Card.created_at, Registration.created_at),
            Registration.confirmed_at,
            Registration.closed_at,
            Registration.computer_name,
            Registration.named_for,
        )
        .outerjoin(Card, Card.id == Registration.card_id)
        .order_by(Registration.id)
        .limit(PAGE)
    )
    if site is not None:
        page = page.where(Registration.site == site)
    return page


def _cells(row: Sequence[Any]) -> list[str]:
    """The cells of a row of `_rows`; a name that was made for another destination is left out."""
    _id, serial, site, build, *others, name, named_for = row
    called = name_at(Destination(site, build), name, named_for)
    return [_cell(value) for value in (serial, site, build, *others, called)]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")[:19] + "Z"  # the database keeps UTC
    return harmless(str(value))


def _csv_bytes(lines: Iterable[Iterable[str]]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows(lines)
    return text.getvalue().encode()


def enqueue_where_long(session: Session, card: Card, *, at: datetime) -> bool:
    """Enqueue a CSV file of a card's Macs to its thread if it has more than MAX_ON_A_CARD.

    Returns True where the file was enqueued.
    """
    number = session.scalar(select(func.count()).where(Registration.card_id == card.id)) or 0
    if number <= MAX_ON_A_CARD:
        return False
    name = func.coalesce(Registration.reported_as, Registration.serial)
    macs = session.execute(
        select(name, Registration.site, Registration.build)
        .where(Registration.card_id == card.id)
        .order_by(Registration.serial)
        .execution_options(yield_per=PAGE)
    )
    outbox.enqueue_file(
        session,
        channel=card,
        name=f"macs-{card.id}.csv",
        content=file_of(("serial", "site", "build"), map(tuple, macs)),
        sentence=counted(
            "All {number} Mac of this card, as it was registered.",
            "All {number} Macs of this card, as they were registered.",
            number,
        ),
        at=at,
    )
    return True
