"""Axes of a chart: the scale, the lines behind it and the days below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from PIL import ImageDraw

from infrastructure.fonts.lettering import fit, font

INK, GREY, PALE = "#222222", "#767676", "#DDDDDD"
SMALL = 26  # pixels; a phone shows a picture 1200 pixels wide at about a third of its size
USUAL_DAYS = 7  # fewer would have bars as wide as the picture
GAP = 12  # pixels between the labels and the lines
HEADING = SMALL + 2 * GAP  # pixels: the row above the axes


@dataclass(frozen=True, slots=True)
class Axes:
    """A plot's area in pixels with a slot for each of `days`; its scale begins at 0, ends at `top`.

    `steps` is the most steps that the scale is labelled in, 0 for a scale without labels.
    """

    left: int
    upper: int
    right: int
    lower: int
    days: int
    top: float
    steps: int

    def x(self, slot: float) -> float:
        """Return the middle of a day's slot; slots count from 0."""
        spare = max(0, USUAL_DAYS - self.days) / 2
        return self.left + (slot + 0.5 + spare) * self.slot_width

    @property
    def slot_width(self) -> float:
        """The width of one day in pixels."""
        return (self.right - self.left) / max(USUAL_DAYS, self.days)

    def y(self, value: float) -> float:
        """Return the height of a value, in pixels from the top."""
        return self.lower - value / self.top * (self.lower - self.upper)

    @property
    def heading_top(self) -> int:
        """The top of the row for the heading above, in pixels."""
        return self.upper - HEADING

    def draw(self, pencil: ImageDraw.ImageDraw) -> None:
        """Draw the lines behind the values, with their numbers, and the ground."""
        for number in ticks(self.top, self.steps):
            y = round(self.y(number))
            pencil.rectangle((self.left, y, self.right - 1, y + 1), fill=PALE)
            at = (self.left - GAP, y + 1)
            pencil.text(at, f"{number:,}", fill=INK, font=font(SMALL), anchor="rm")
        self.draw_ground(pencil)

    def draw_ground(self, pencil: ImageDraw.ImageDraw) -> None:
        """Draw the line that the values stand on."""
        pencil.rectangle((self.left, self.lower, self.right - 1, self.lower + 1), fill=GREY)

    def label_days(self, pencil: ImageDraw.ImageDraw, days: Sequence[date], width: int) -> None:
        """Write about seven of the days below the axes, within a picture of this width."""
        for slot in range(0, len(days), len(days) // USUAL_DAYS + 1):
            label = f"{days[slot].day} {days[slot]:%b}"
            half_width = font(SMALL).getlength(label) / 2
            x = min(max(self.x(slot), half_width + GAP), width - half_width - GAP)
            at = (x, self.lower + GAP)
            pencil.text(at, label, fill=INK, font=font(SMALL), anchor="ma")


def write_heading(pencil: ImageDraw.ImageDraw, axes: Axes, text: str, room: float) -> None:
    """Write one line above the axes, at most `room` pixels wide."""
    face, line = fit(text, SMALL, room, smallest=SMALL * 3 // 4)
    pencil.text((axes.left, axes.heading_top + SMALL + 2), line, fill=INK, font=face, anchor="ls")


def ticks(top: float, limit: int) -> list[int]:
    """Return the round whole numbers from 0 to `top`, in at most `limit` steps; none for 0."""
    if not limit:
        return []
    power = 1
    while True:
        for factor in (1, 2, 5):
            if top / (step := factor * power) <= limit:
                return [*range(0, int(top) + 1, step)]
        power *= 10


def label_width(top: float, limit: int) -> float:
    """Return the width of the numbers of a scale, in pixels."""
    return max((font(SMALL).getlength(f"{number:,}") for number in ticks(top, limit)), default=0)
