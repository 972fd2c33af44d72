"""Shapes with smooth edges, and patterns: masks through which a colour is painted.

Pillow draws without antialiasing, so shapes are drawn larger and made smaller.
"""

import math
from collections.abc import Iterator, Sequence
from functools import cache

from PIL import Image, ImageDraw

SCALE = 4
TILE = 24  # pixels; a pattern repeats after them
Point = tuple[float, float]
Segment = tuple[Point, Point]
Box = tuple[int, int, int, int]  # left, top, right, bottom; the last two are outside

# The lines of one tile, in its own units; those over the edges make it seamless.
_RISING: list[Segment] = [
    ((start, TILE), (start + TILE, 0)) for start in range(-TILE, TILE, TILE // 4)
]
_FALLING: list[Segment] = [
    ((start, 0), (start + TILE, TILE)) for start in range(-TILE, TILE, TILE // 4)
]
_LEVEL: list[Segment] = [((0, y), (TILE, y)) for y in (TILE / 4, TILE * 3 / 4)]
_UPRIGHT: list[Segment] = [((x, 0), (x, TILE)) for x in (TILE / 4, TILE * 3 / 4)]
_LINES: dict[str, list[Segment]] = {
    "//": _RISING,
    "/": _RISING[::4],
    "\\": _FALLING[::4],
    "x": _RISING[2::4] + _FALLING[2::4],
    "-": _LEVEL,
    "|": _UPRIGHT,
    "+": [_LEVEL[0], _UPRIGHT[0]],
}
_CENTRES = ((TILE / 4, TILE / 4), (TILE * 3 / 4, TILE * 3 / 4))


class Stencil:
    """A mask of a part of a picture, of shapes in the picture's pixels."""

    def __init__(self, box: Box) -> None:
        self._left, self._top, right, bottom = box
        size = ((right - self._left) * SCALE, (bottom - self._top) * SCALE)
        self._mask = Image.new("L", size)
        self._pencil = ImageDraw.Draw(self._mask)

    def line(self, start: Point, end: Point, width: float, dash: float = 0) -> None:
        """Draw a line; with a `dash`, of pieces as long as that, and gaps of half of it."""
        for piece in _pieces(start, end, dash):
            self._pencil.line([self._at(point) for point in piece], 255, round(width * SCALE))

    def disc(self, centre: Point, diameter: float) -> None:
        """Draw a filled circle."""
        self._pencil.circle(self._at(centre), diameter / 2 * SCALE, fill=255)

    def ring(self, centre: Point, diameter: float, width: float) -> None:
        """Draw a circle as a line."""
        radius = diameter / 2 * SCALE
        self._pencil.circle(self._at(centre), radius, outline=255, width=round(width * SCALE))

    def triangle(self, centre: Point, size: float) -> None:
        """Draw a filled triangle that points upwards."""
        x, y = centre
        corners = ((x, y - size / 2), (x + size / 2, y + size / 2), (x - size / 2, y + size / 2))
        self._pencil.polygon([self._at(corner) for corner in corners], fill=255)

    def paint(self, picture: Image.Image, colour: str) -> None:
        """Paint all that was drawn onto the picture."""
        picture.paste(colour, (self._left, self._top), self.mask())

    def mask(self) -> Image.Image:
        """Return the mask in the picture's own pixels."""
        return self._mask.reduce(SCALE)

    def _at(self, point: Point) -> Point:
        return (point[0] - self._left) * SCALE, (point[1] - self._top) * SCALE


def pattern(name: str, box: Box) -> Image.Image:
    """Return a mask for a box of a picture, filled with a pattern that goes on in its neighbours.

    A name is a sign that looks like the pattern.
    """
    left, top, right, bottom = box
    mask = Image.new("L", (right - left, bottom - top))
    for x in range(-(left % TILE), right - left, TILE):
        for y in range(-(top % TILE), bottom - top, TILE):
            mask.paste(_tile(name), (x, y))
    return mask


@cache
def _tile(name: str) -> Image.Image:
    tile = Stencil((0, 0, TILE, TILE))
    for start, end in _LINES.get(name, ()):
        tile.line(start, end, 2)
    for centre in _CENTRES:
        if name == ".":
            tile.disc(centre, 6)
        if name == "o":
            tile.ring(centre, 10, 2)
    return tile.mask()


def _pieces(start: Point, end: Point, dash: float) -> Iterator[Sequence[Point]]:
    length = math.dist(start, end)
    if not dash or not length:
        yield start, end
        return
    (x, y), (dx, dy) = start, ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    begin = 0.0
    while begin < length:
        stop = min(begin + dash, length)
        yield (x + dx * begin, y + dy * begin), (x + dx * stop, y + dy * stop)
        begin += dash * 1.5
