"""The lower plot of the chart: how long Macs waited, as two lines by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from provisioning.monitoring.charts.antialiasing import Box, Point, Stencil
from provisioning.monitoring.charts.axes import GAP, Axes, write_heading
from provisioning.monitoring.charts.legend import Legend, LegendEntry
from provisioning.monitoring.figures import DAY, HOUR, MINUTE, Figures

MARKER, STROKE, DASH = 12, 4, 14  # pixels
STEPS = 5  # of the scale


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit of time with its name, in seconds, and the end of the axis in that unit."""

    unit: int
    name: str
    top: float
    steps: int


@dataclass(frozen=True, slots=True)
class WaitLine:
    """A line through the waits of each day; `quantile` is the field of Wait that it shows."""

    name: str
    quantile: str
    colour: str
    is_dashed: bool

    def draw(self, stencil: Stencil, points: list[Point | None], size: float) -> None:
        """Draw markers of this size at the points, and lines between neighbours."""
        dash = DASH if self.is_dashed else 0
        for start, end in pairwise(points):
            if start and end:
                stencil.line(start, end, size * STROKE / MARKER, dash)
        mark = stencil.triangle if self.is_dashed else stencil.disc
        for point in points:
            if point:
                mark(point, size)

    def paint_sample(self, picture: Image.Image, box: Box) -> None:
        """Paint a short piece with one marker into a box of the picture."""
        left, top, right, bottom = box
        middle, y = (left + right) / 2, (top + bottom) / 2
        stencil = Stencil(box)
        stencil.line((left, y), (right, y), STROKE, DASH if self.is_dashed else 0)
        self.draw(stencil, [(middle, y)], MARKER)
        stencil.paint(picture, self.colour)


LINES = (
    WaitLine("nine of ten within", "ninetieth", "#D55E00", is_dashed=True),
    WaitLine("median", "median", "#0072B2", is_dashed=False),
)


def scale_of(figures: Figures) -> Scale:
    """Return the scale that all waits fit on."""
    longest_wait = max((wait.ninetieth for wait in figures.waits), default=0)
    unit, name = (MINUTE, "minutes") if longest_wait < 2 * HOUR else (HOUR, "hours")
    unit, name = (unit, name) if longest_wait < 3 * DAY else (DAY, "days")
    return Scale(unit, name, max(longest_wait / unit, 1) * 1.12, STEPS if figures.waits else 0)


def draw(picture: Image.Image, axes: Axes, figures: Figures, *, close: bool) -> None:
    """Draw the waits of each day that has any; thinner where the days are `close`."""
    pencil = ImageDraw.Draw(picture)
    scale = scale_of(figures)
    heading = f"From registered to confirmed, in {scale.name}"
    if figures.waits:
        legend = Legend(
            [LegendEntry(line.name, line.paint_sample) for line in LINES], 2, picture.width
        )
        left = axes.right - legend.width
        legend.draw(picture, left, axes.heading_top)
        write_heading(pencil, axes, heading, left - GAP - axes.left)
    else:
        write_heading(pencil, axes, "No waits to show", axes.right - axes.left)
    axes.draw(pencil)
    box = (axes.left, axes.upper - MARKER, axes.right, axes.lower + MARKER)
    for line in LINES if figures.waits else ():
        stencil = Stencil(box)
        line.draw(stencil, [*_points(axes, figures, line, scale.unit)], 5 if close else MARKER)
        stencil.paint(picture, line.colour)


def _points(axes: Axes, figures: Figures, line: WaitLine, unit: int) -> Iterator[Point | None]:
    waits = {wait.day: wait for wait in figures.waits}
    for slot, day in enumerate(figures.days):
        wait = waits.get(day)
        yield (axes.x(slot), axes.y(getattr(wait, line.quantile) / unit)) if wait else None
