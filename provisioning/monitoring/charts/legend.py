"""A chart's legend: a sample of each fill, and its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from PIL import Image, ImageDraw

from infrastructure.fonts.lettering import fit, font
from provisioning.monitoring.charts.antialiasing import Box
from provisioning.monitoring.charts.axes import INK, SMALL

SAMPLE, LINE = 54, 38  # pixels: the width of a sample, and the height of a row
BETWEEN, BEFORE_NAME = 40, 14


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A name, and a function that paints a sample of its fill into a box of a picture."""

    name: str
    sample: Callable[[Image.Image, Box], None]


@dataclass(frozen=True, slots=True)
class Legend:
    """Entries in columns, filled one after the other, at most `room` pixels wide."""

    entries: Sequence[LegendEntry]
    columns: int
    room: float

    @property
    def rows(self) -> int:
        """The number of rows of the longest column."""
        return ceil(len(self.entries) / self.columns)

    @property
    def widths(self) -> list[float]:
        """The widths of the columns in pixels, without the space between them."""
        return [
            SAMPLE + BEFORE_NAME + max(font(SMALL).getlength(entry.name) for entry in column)
            for column in self._in_columns()
        ]

    @property
    def width(self) -> float:
        """The width in pixels, within the room."""
        return min(self.room, sum(width + BETWEEN for width in self.widths) - BETWEEN)

    def draw(self, picture: Image.Image, left: float, top: float) -> None:
        """Draw the legend; a name that is too long is shortened."""
        pencil = ImageDraw.Draw(picture)
        end = left + self.room
        for column, width in zip(self._in_columns(), self.widths, strict=True):
            name_left = left + SAMPLE + BEFORE_NAME
            for row, entry in enumerate(column):
                y = round(top + row * LINE)
                entry.sample(picture, (round(left), y + 6, round(left) + SAMPLE, y + LINE - 8))
                face, name = fit(entry.name, SMALL, end - name_left, smallest=SMALL)
                baseline = (name_left, y + LINE - 10)
                pencil.text(baseline, name, fill=INK, font=face, anchor="ls")
            left += width + BETWEEN

    def _in_columns(self) -> list[Sequence[LegendEntry]]:
        starts = range(0, len(self.entries), max(1, self.rows))
        return [self.entries[start : start + self.rows] for start in starts]


def fitting(entries: Sequence[LegendEntry], room: float) -> Legend:
    """Return a legend of as many columns as fit, up to three."""
    legends = (Legend(entries, columns, room) for columns in (3, 2))
    return next((legend for legend in legends if legend.width < room), Legend(entries, 1, room))
