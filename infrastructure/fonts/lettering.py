"""Text for pictures: our font, and names of any text, cut to the width. Imports Pillow.

The font is DejaVu Sans, which lies beside this module with its licence.
"""

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont, Layout

from infrastructure.text import readable

FONTS = Path(__file__).parent
NO_CHARACTER = "\U0010ffff"  # no font has it, so it is drawn as what is missing is drawn


@cache
def font(size: int, *, bold: bool = False) -> FreeTypeFont:
    """Return our font in a size in pixels."""
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    # The other engine needs a library of the system: pictures would differ from machine to machine.
    return ImageFont.truetype(FONTS / name, size, layout_engine=Layout.BASIC)


def drawable(text: str, limit: int) -> str:
    """Return `text` in one line of 1 to `limit` characters, "?" where our font has none for it.

    Without marks, which are not drawn on their letters here.
    """
    line = "".join(c for c in readable(text, limit) if unicodedata.category(c)[0] != "M")
    return "".join(character if _is_drawable(character) else "?" for character in line) or "?"


def fit(
    text: str, size: int, room: float, *, smallest: int, bold: bool = False
) -> tuple[FreeTypeFont, str]:
    """Return a font and a text that are at most `room` pixels wide together.

    The letters get smaller, down to about `smallest` pixels; then the text gets shorter.
    """
    face = font(size, bold=bold)
    while face.size > smallest and face.getlength(text) > room:
        face = font(int(face.size * 0.95), bold=bold)
    while len(text) > 1 and face.getlength(text) > room:
        text = text.rstrip("…")[:-1].rstrip() + "…"
    return face, text


@lru_cache(maxsize=2048)
def _is_drawable(character: str) -> bool:
    return character.isspace() or _shape(character) != _shape(NO_CHARACTER)


def _shape(character: str) -> tuple[tuple[int, int], bytes]:
    mask = _plain_font().getmask(character)
    return mask.size, bytes(mask)


@cache
def _plain_font() -> FreeTypeFont:
    return ImageFont.truetype(FONTS / "DejaVuSans.ttf", 24, layout_engine=Layout.BASIC)
