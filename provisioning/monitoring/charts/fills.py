"""Fills of a bar: a colour with a pattern, or a dashed outline."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from provisioning.monitoring.charts.antialiasing import Box, pattern
from provisioning.monitoring.charts.axes import INK

DASH, STROKE = 5, 2  # pixels


@dataclass(frozen=True, slots=True)
class Fill:
    """A colour, and a pattern in the colour `mark` on it; without a pattern where that is ""."""

    colour: str
    pattern: str = ""
    mark: str = "white"

    def narrow(self) -> "Fill":
        """Return the fill for bars that are too narrow for a pattern."""
        return Fill(self.colour)

    def paint(self, picture: Image.Image, box: Box) -> None:
        """Fill a box of the picture."""
        left, top, right, bottom = box
        top += bottom - top > 2 * STROKE  # a white line, between it and what stands on it
        picture.paste(self.colour, (left, top, right, bottom))
        if self.pattern:
            mask = pattern(self.pattern, (left, top, right, bottom))
            picture.paste(self.mark, (left, top), mask)


class Outline(Fill):
    """A dashed outline."""

    def narrow(self) -> Fill:
        """Return stripes, for bars that are too narrow for an outline."""
        return Fill("white", "//", self.colour)

    def paint(self, picture: Image.Image, box: Box) -> None:
        """Draw the outline along the inner edges of a box of the picture."""
        left, top, right, bottom = box
        pencil = ImageDraw.Draw(picture)
        for x in range(left, right, DASH + STROKE):
            end = min(x + DASH, right) - 1
            pencil.rectangle((x, top, end, top + STROKE - 1), fill=self.colour)
            pencil.rectangle((x, max(top, bottom - STROKE), end, bottom - 1), fill=self.colour)
        for y in range(top, bottom, DASH + STROKE):
            end = min(y + DASH, bottom) - 1
            pencil.rectangle((left, y, left + STROKE - 1, end), fill=self.colour)
            pencil.rectangle((right - STROKE, y, right - 1, end), fill=self.colour)


OUTLINE = Outline(INK)
