"""The table of measurements, in Markdown."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("Measured", "Rollcall", "Beside it", "Ratio", "Target", "Reached")


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; `reached` is None where there is no target.

    `beside` is the result of another program, or of Rollcall with fewer Macs.
    """

    what: str
    ours: str
    target: str = ""
    reached: bool | None = None
    beside: str = ""
    ratio: str = ""


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a Markdown table."""
    verdicts = {True: "yes", False: "**no**", None: ""}
    cells = [HEADINGS, ("---",) * len(HEADINGS)]
    cells += [
        (row.what, row.ours, row.beside, row.ratio, row.target, verdicts[row.reached])
        for row in rows
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)
