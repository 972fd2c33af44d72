"""A reader of all barcodes in a picture that could hold a serial, in more than one way."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import zxingcpp
from PIL import Image
from zxingcpp import BarcodeFormat

from provisioning.imports.photos.regions import strips
from provisioning.imports.photos.strips import Level, Strip, View, levelled

LINEAR = zxingcpp.BarcodeFormats([BarcodeFormat.Code128, BarcodeFormat.Code39])
MATRIX = zxingcpp.BarcodeFormats([BarcodeFormat.QRCode, BarcodeFormat.DataMatrix])
# A strip that is one code of a serial has 145 to 180 of the thinnest bars in its length. The ways
# to look were chosen from 70 as those that together read most of blurred and of sharp photos.
FIRST = (View(560, rows=3, radius=3), View(360, turned=0.5))
MORE = (
    View(450, rows=3),
    View(700, rows=3, radius=3),
    View(560, turned=-1),
    View(900, rows=3, radius=3),
    View(1400, rows=3, radius=2),  # of several codes side by side
    View(1800),
)
# Of the pictures in which stripes are looked for: in narrow ones the codes of a pile become one.
WIDTHS = (1000, 2200, 4400)
MATRICES = (View(1600), View(1200, turned=30))  # some are missed between 30 and 45 degrees


@dataclass(frozen=True, slots=True)
class Read:
    """A barcode as it was read once; the centre and the length are in pixels of the picture."""

    text: str
    symbology: BarcodeFormat
    centre: tuple[float, float]
    length: float

    @property
    def checked(self) -> bool:
        """True if a misreading would be noticed: Code 39 on labels has no check digit."""
        return self.symbology != BarcodeFormat.Code39

    def is_beside(self, other: "Read") -> bool:
        """Return True if both may stand on one label: they are no farther apart than two codes."""
        return math.dist(self.centre, other.centre) < 2 * max(self.length, other.length)

    def overlaps(self, other: "Read") -> bool:
        """Return True if both are one code: their centres are nearer than two codes can be."""
        return math.dist(self.centre, other.centre) < min(self.length, other.length) / 8


def barcodes(picture: Image.Image) -> Iterator[list[Read]]:
    """Yield the codes of each pass over a grey picture; one code is found in several passes."""
    yield from _matrices(picture)
    seen: list[Read] = []
    for width in WIDTHS:
        if width > WIDTHS[0] and max(picture.size) <= width / 2:
            return
        for strip in strips(picture, width):
            if not any(strip.covers(read.centre) for read in seen):
                looks = list(_looks(picture, strip))
                seen += [read for look in looks for read in look]
                yield from looks


def _looks(picture: Image.Image, strip: Strip) -> Iterator[list[Read]]:
    """Pass over it twice; more often where the results differ, or are empty."""
    results = [_linear(levelled(picture, strip, view)) for view in FIRST]
    yield from results
    texts = [{read.text for read in reads} for reads in results]
    if not texts[0] or texts[0] != texts[1]:
        for view in MORE:
            yield _linear(levelled(picture, strip, view))


def _matrices(picture: Image.Image) -> Iterator[list[Read]]:
    size = float(picture.width), float(picture.height)
    whole_picture = Strip((size[0] / 2, size[1] / 2), 0, *size)
    for view in MATRICES:
        smaller = replace(view, length=min(view.length, picture.width))
        yield _reads(levelled(picture, whole_picture, smaller), MATRIX)


def _linear(level: Level) -> list[Read]:
    return _reads(level, LINEAR)


def _reads(level: Level, formats: zxingcpp.BarcodeFormats) -> list[Read]:
    codes = zxingcpp.read_barcodes(
        level.picture,
        formats,
        try_rotate=False,
        try_downscale=False,
        try_invert=formats is MATRIX,  # a screen in dark mode shows them white on black
        text_mode=zxingcpp.TextMode.Plain,
    )
    return [_read(code, level) for code in codes]


def _read(code: zxingcpp.Barcode, level: Level) -> Read:
    place = code.position
    corners = [
        level.back(corner.x, corner.y)
        for corner in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    ]
    x, y = (sum(side) / 4 for side in zip(*corners, strict=True))
    return Read(code.text, code.symbology, (x, y), math.dist(corners[0], corners[1]))
