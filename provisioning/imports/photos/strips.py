"""Strips of a picture, turned level, in several lengths and sharpnesses."""

import math
from dataclasses import dataclass

from PIL import Image, ImageFilter

QUIET = 0.25  # of a strip's length on either side: faint ends of the code, and white
SHARPENING = 150  # per cent

Coefficients = tuple[float, float, float, float, float, float]


@dataclass(frozen=True, slots=True)
class Strip:
    """A turned rectangle of a picture in pixels; `angle` is that of its length, downwards."""

    centre: tuple[float, float]
    angle: float
    length: float
    height: float

    def covers(self, point: tuple[float, float]) -> bool:
        """Return True if the point of the picture is in this strip."""
        c, s = math.cos(math.radians(self.angle)), math.sin(math.radians(self.angle))
        x, y = point[0] - self.centre[0], point[1] - self.centre[1]
        return abs(x * c + y * s) < self.length / 2 and abs(y * c - x * s) < self.height / 2


@dataclass(frozen=True, slots=True)
class View:
    """A view of a strip: its length in pixels, and `turned` by more degrees.

    `rows` of them are averaged into one, because those of a linear code only differ in noise;
    `radius` is that of the sharpening in pixels, 0 for none.
    """

    length: int
    turned: float = 0
    rows: int = 1
    radius: float = 0


@dataclass(frozen=True, slots=True)
class Level:
    """A levelled strip, and the way back from its points to the picture's."""

    picture: Image.Image
    way: Coefficients
    rows: int

    def back(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the whole picture that is at (x, y) here."""
        return _mapped(self.way, x, y * self.rows)


def levelled(picture: Image.Image, strip: Strip, view: View) -> Level:
    """Return the strip of a grey picture as the view has it, with white space beside it."""
    long, high = strip.length * (1 + 2 * QUIET) + 16, strip.height + strip.length / 16 + 8
    scale = strip.length / view.length
    size = max(8, round(long / scale)), max(8, round(high / max(1.0, scale)))
    wide, tall = long / size[0], high / size[1]
    rotation = math.radians(strip.angle + view.turned)
    c, s = math.cos(rotation), math.sin(rotation)
    x, y = strip.centre
    way = (
        *(wide * c, -tall * s, x - c * long / 2 + s * high / 2),
        *(wide * s, tall * c, y - s * long / 2 - c * high / 2),
    )
    flat = _transformed(picture, size, way, max(1, int(scale))).reduce((1, view.rows))
    if view.radius:
        flat = flat.filter(ImageFilter.UnsharpMask(view.radius, SHARPENING, 0))
    return Level(flat, way, view.rows)


def _mapped(way: Coefficients, x: float, y: float) -> tuple[float, float]:
    """The point to which a way leads from (x, y)."""
    a, b, c, d, e, f = way
    return a * x + b * y + c, d * x + e * y + f


def _transformed(
    picture: Image.Image, size: tuple[int, int], way: Coefficients, smaller: int
) -> Image.Image:
    """Cut out the strip; the picture is made smaller first where pixels would be skipped."""
    a, b, c, d, e, f = way
    corners = [_mapped(way, x, y) for x, y in ((0, 0), (size[0], 0), (0, size[1]), size)]
    left, upper = (max(0, math.floor(min(side)) - 4) for side in zip(*corners, strict=True))
    right, lower = (math.ceil(max(side)) + 4 for side in zip(*corners, strict=True))
    box = (
        left,
        upper,
        max(left + 1, min(right, picture.width)),
        max(upper + 1, min(lower, picture.height)),
    )
    part = picture.crop(box).reduce(smaller)
    inside = tuple(value / smaller for value in (a, b, c - left, d, e, f - upper))
    return part.transform(
        size, Image.Transform.AFFINE, inside, Image.Resampling.BILINEAR, fillcolor=_WHITE
    )


_WHITE = 200
