"""Limits of what is read in one file."""

from collections.abc import Sequence

from infrastructure.text import Sentence
from provisioning.imports.parsing.entries import UnreadableFile
from provisioning.imports.parsing.grids.blocks import Placed

MAX_BYTES = 5_000_000
MAX_ROWS = 20_000  # with something in them
MAX_COLUMNS = 200  # the others are not looked at


def limited(rows: Sequence[Placed], name: str, limit: int = MAX_ROWS) -> list[Placed]:
    """Return the rows with something in them, cut to the columns that are looked at.

    Raises UnreadableFile where there are more than `limit`.
    """
    used = [(where, cells[:MAX_COLUMNS]) for where, cells in rows if any(cells)]
    if len(used) > limit:
        raise UnreadableFile(
            name, Sentence("it has more than {most} rows; send it in parts", most=f"{MAX_ROWS:,}")
        )
    return used
