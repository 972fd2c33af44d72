"""Builders of tables: narrow cells, the name of a row first.

Limits by docs.slack.dev/reference/block-kit/blocks/table-block, as of September 2026: one table in
a message, of 100 rows and 20 columns, with 10,000 characters in all its cells. It stands in
messages and on the Home, and in no window. The first row is its heading.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from slack_sdk.models.blocks import TableBlock

from provisioning.registrations.models import ADOPTED
from provisioning.values import board_pages
from provisioning.values.language import _, hour
from provisioning.values.outsiders import shown
from provisioning.values.slack import is_user_id

FEWEST = 3  # rows: fewer are read as sentences
LONGEST_CELL = 64  # characters, as many as a serial may have; 30 rows of 5 such cells fit
EMPTY = "–"  # Slack takes no cell without a character

Cell = Sequence[dict[str, Any]]  # elements of rich text; none of them are an empty cell


class TableColumn(NamedTuple):
    """A column: its title and its cells, one a row."""

    title: str
    cells: Sequence[Cell]


def table(*columns: TableColumn) -> TableBlock:
    """Return a table of these columns; one whose cells are all empty is left out."""
    filled = [column for column in columns if any(column.cells)]
    heading = [words(column.title, bold=True) for column in filled]
    rows = [heading, *zip(*(column.cells for column in filled), strict=True)]
    # A serial is copied in one piece; what follows breaks its lines, which keeps a phone's
    # screen from being pushed sideways.
    settings = [{"is_wrapped": position > 0} for position in range(len(filled))]
    return TableBlock(
        rows=[[_drawn(cell) for cell in row] for row in rows], column_settings=settings
    )


def words(text: str, **style: bool) -> Cell:
    """A cell of plain words, which are no markup; `style` as Slack names it, such as `bold`."""
    if not text:
        return ()
    if len(text) > LONGEST_CELL:
        text = text[: LONGEST_CELL - 1] + "…"
    return [{"type": "text", "text": text, **({"style": style} if style else {})}]


def code(text: str) -> Cell:
    """A cell of code, such as a serial."""
    return words(text, code=True)


def serial(name: str) -> Cell:
    """A cell of a serial, which leads to the Mac's page where there is a board."""
    address = board_pages.of_mac(name)
    if address is None:
        return code(name)
    return [{**element, "type": "link", "url": address} for element in code(name)]


def destination(site: str, build: str) -> Cell:
    """A cell of the names of a place."""
    return words(" / ".join(filter(None, (site, build))))


def who(user: str | None) -> Cell:
    """A cell of a Slack user; another name as it is, because Slack takes no element of it."""
    if user is not None and is_user_id(user):
        return [{"type": "user", "user_id": user}]
    return words(_("an admin") if user == ADOPTED else shown(user or ""))


def when(at: datetime | None) -> Cell:
    """A cell of a time in the reader's own zone."""
    if at is None:
        return ()
    date = {"type": "date", "timestamp": int(at.timestamp()), "fallback": hour(at)}
    return [{**date, "format": "{date_short_pretty} {time}"}]


def joined(*cells: Cell) -> Cell:
    """A cell of several ones that are not empty, with spaces between them."""
    space = words(" ")
    parts = [cell for cell in cells if cell]
    return [element for cell in parts for element in (*space, *cell)][1:]


def length(block: dict[str, Any]) -> int:
    """Return the number of characters in the cells of a table, as a dict; 0 for other blocks."""
    cells = [cell for row in block.get("rows", ()) for cell in row]
    return sum(
        len(element.get("text", ""))
        for cell in cells
        for section in cell["elements"]
        for element in section["elements"]
    )


def _drawn(cell: Cell) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": list(cell or words(EMPTY))}
    return {"type": "rich_text", "elements": [section]}
