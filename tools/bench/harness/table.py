"""The one table, in Markdown."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass

HEADINGS = ("Measured", "Rollcall", "Beside it", "Ratio", "Target", "Reached")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of it; `reached` is None where there is no target."""

    what: str
    ours: str
    beside: str
    ratio: str
    target: str
    reached: bool | None


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    verdicts = {True: "yes", False: "**no**", None: ""}
    cells = [HEADINGS, ("---",) * len(HEADINGS)]
    cells += [(*astuple(row)[:-1], verdicts[row.reached]) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
