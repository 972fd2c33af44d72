"""Text in pictures that others wrote: names that may hold anything. Imports matplotlib."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib import get_data_path
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.legend import Legend
from matplotlib.text import Text

from provisioning.names import readable

SMALL = 19  # points; a phone shows a picture 1200 pixels wide at about a third of its size
FONT = Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")  # the one matplotlib brings along
Entries = Iterable[tuple[str, Artist]]


def drawable(text: str, most: int) -> str:
    """Return `text` in one line of at most `most` signs, "?" where our font has none for it.

    Matplotlib would draw a box and warn.
    """
    signs = _signs()
    return "".join(sign if ord(sign) in signs else "?" for sign in readable(text, most)) or "?"


def write_plainly(artist: Artist) -> None:
    """Write all texts in `artist` in our font; a dollar is a dollar and begins no formula."""
    for text in artist.findobj():
        if isinstance(text, Text):
            font = text.get_fontproperties().copy()
            font.set_file(str(FONT))
            text.set_fontproperties(font)
            text.set_parse_math(False)


def explain(
    where: Axes | Figure, entries: Entries, *, columns: Iterable[int], **place: Any
) -> None:
    """Add a legend of the drawn entries, in the first of `columns` that fits into the picture."""
    drawn, figure = [*entries], where.get_figure(root=True)
    if not drawn or figure is None:
        return
    legend: Legend | None = None
    for number in columns:
        if legend is not None:
            legend.remove()
        legend = _legend(where, drawn, ncols=number, **place)
        if legend.get_window_extent().width < 0.97 * figure.bbox.width:
            return


def _legend(where: Axes | Figure, drawn: Sequence[tuple[str, Artist]], **place: Any) -> Legend:
    # Numbers first: a legend leaves out a name that begins with an underscore.
    labels = [str(number) for number, _ in enumerate(drawn)]
    artists = [artist for _, artist in drawn]
    legend = where.legend(artists, labels, fontsize=SMALL, frameon=False, **place)
    for text, (name, _) in zip(legend.get_texts(), drawn, strict=True):
        text.set_text(name)
    write_plainly(legend)
    return legend


@cache
def _signs() -> frozenset[int]:
    return frozenset(FT2Font(str(FONT)).get_charmap())
