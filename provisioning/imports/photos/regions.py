"""A search for the regions of a picture that are striped like a linear barcode, with their angles.

A linear code can only be read along a line that crosses all of its bars. Turning the whole picture
through every angle takes seconds and hits none exactly. Finding parallel edges and their direction
first takes some hundredths of a second, and also finds a second label at another angle.
"""

import math
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageFilter

from provisioning.imports.photos.strips import Strip

SOFTER = 1.2  # pixels: sharper, the grid of the pixels shows as a direction of its own
BLOCK = 12  # pixels that are looked at together
LEAST = 6  # blocks make a code
SHORTEST = 130  # pixels: a serial of ten is 145 bars and spaces of the thinnest kind
TALLEST = 2.5  # times its length
MAX_CODES = 60  # codes in a photo: a dozen boxes
ALIKE = 12.0  # degrees between neighbours of one code
STRIPED = 0.5  # 0: no direction at all, 1: nothing but parallel edges
CONTRAST = 1.0  # the least energy of a block, in _SQUARES
_SQUARES = [min(255, difference * difference // 32) for difference in range(256)]
_NEIGHBOURS = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]

Blocks = dict[tuple[int, int], float]


def strips(picture: Image.Image, width: int) -> list[Strip]:
    """Return the striped strips of a grey picture, the largest first.

    `width` is of the smaller picture in which they are looked for, in pixels: the bars of a code
    must be about one pixel wide in it.
    """
    scale = max(1.0, max(picture.size) / width)
    size = (
        max(2 * BLOCK, round(picture.width / scale)),
        max(2 * BLOCK, round(picture.height / scale)),
    )
    small = picture.resize(size, Image.Resampling.BOX)
    blocks = _striped(small.filter(ImageFilter.GaussianBlur(SOFTER)))
    groups = sorted((group for group in _groups(blocks) if len(group) >= LEAST), key=len)
    around = [_around(group, scale * BLOCK) for group in reversed(groups)]
    return [strip for strip in around if _could_hold_a_code(strip)][:MAX_CODES]


def _could_hold_a_code(strip: Strip) -> bool:
    """Return False for the edge of paper. Close codes are one strip, so it may be high."""
    return strip.length >= SHORTEST and strip.height <= TALLEST * strip.length


def _striped(small: Image.Image) -> Blocks:
    """Return the angle, in degrees, of every block with parallel edges.

    The structure tensor, made of squared differences between neighbours: across, down, and the
    two diagonals, whose difference is the product of the first two.
    """
    across, down, falling, rising = (
        _energies(small, shifts)
        for shifts in (((0, 0), (1, 0)), ((0, 0), (0, 1)), ((0, 0), (1, 1)), ((1, 0), (0, 1)))
    )
    columns = (small.width - 1) // BLOCK
    angles: Blocks = {}
    for at, (xx, yy, plus, minus) in enumerate(zip(across, down, falling, rising, strict=True)):
        xy = (plus - minus) / 4
        if xx + yy >= CONTRAST and math.hypot(xx - yy, 2 * xy) >= STRIPED * (xx + yy):
            angles[at % columns, at // columns] = math.degrees(math.atan2(2 * xy, xx - yy)) / 2
    return angles


def _energies(small: Image.Image, shifts: tuple[tuple[int, int], tuple[int, int]]) -> bytes:
    width, height = ((side - 1) // BLOCK * BLOCK for side in small.size)
    first, second = (small.crop((x, y, x + width, y + height)) for x, y in shifts)
    return ImageChops.difference(first, second).point(_SQUARES).reduce(BLOCK).tobytes()


def _groups(blocks: Blocks) -> Iterator[Blocks]:
    """Yield the blocks that touch each other and are striped alike."""
    left = dict(blocks)
    while left:
        first, angle = left.popitem()
        group, edge = {first: angle}, [first]
        while edge:
            x, y = edge.pop()
            for dx, dy in _NEIGHBOURS:
                beside = x + dx, y + dy
                if beside in left and abs(_between(left[beside], blocks[x, y])) <= ALIKE:
                    group[beside] = left.pop(beside)
                    edge.append(beside)
        yield group


def _between(angle: float, other_angle: float) -> float:
    """The angle between two lines, -90 to 90 degrees."""
    return (angle - other_angle + 90) % 180 - 90


def _around(group: Blocks, side: float) -> Strip:
    reference = next(iter(group.values()))
    angle = reference + sum(_between(angle, reference) for angle in group.values()) / len(group)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    along = [((x + 0.5) * c + (y + 0.5) * s) * side for x, y in group]
    beside = [((y + 0.5) * c - (x + 0.5) * s) * side for x, y in group]
    u, v = (max(along) + min(along)) / 2, (max(beside) + min(beside)) / 2
    return Strip(
        centre=(u * c - v * s, u * s + v * c),
        angle=angle,
        length=max(along) - min(along) + side,
        height=max(beside) - min(beside) + side,
    )
