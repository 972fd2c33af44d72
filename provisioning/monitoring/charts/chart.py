"""The chart of the statistics as a PNG, with a description in words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

from infrastructure.fonts.lettering import drawable, fit
from provisioning.monitoring.charts import waits
from provisioning.monitoring.charts.axes import (
    GAP,
    HEADING,
    INK,
    SMALL,
    Axes,
    label_width,
    write_heading,
)
from provisioning.monitoring.charts.fills import OUTLINE, Fill
from provisioning.monitoring.charts.legend import LINE, LegendEntry, fitting
from provisioning.monitoring.figures import EVERYWHERE, Figures, by_site, describe

MAX_SITES = 8
LONGEST_NAME, LONGEST_TITLE = 18, 60
CLOSE = 62  # days from which on patterns and thick lines would run into each other
WIDTH, HEIGHT, MARGIN = 1200, 900, 20
LARGE = 35  # pixels
STEPS = 6  # of the scale of Macs
# Okabe and Ito's colours, which nearly every eye tells apart, and patterns for every eye.
# White would not be seen on the light ones.
LOOKS = (
    *(Fill("#0072B2"), Fill("#E69F00", "/", INK), Fill("#009E73", "."), Fill("#CC79A7", "x", INK)),
    *(Fill("#56B4E9", "\\", INK), Fill("#D55E00", "-"), Fill("#F0E442", "+", INK)),
    Fill("#666666", "o"),
)
OTHERS = Fill("#C8C8C8", "|", INK)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of 1200 by 900 pixels, and its description in up to three sentences (plain text)."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Layer:
    """The Macs of one look, as many on each day as `heights` has."""

    name: str
    heights: list[int]
    fill: Fill


def draw(figures: Figures, *, title: str) -> Picture | None:
    """Draw the Macs confirmed on each day by site, and how long they waited; None for no Macs.

    `title` names the time, and the site where it is one only: "Last 4 weeks". It and the sites
    may be any text: characters without a glyph are left out, or become question marks. Safe to call
    from several threads at once.
    """
    if not any(count.registered or count.confirmed for count in figures.counts):
        return None
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    _write_title(picture, title)
    layers = [*_layers(figures)]
    legend = fitting(
        [LegendEntry(each.name, each.fill.paint) for each in layers], WIDTH - 2 * MARGIN
    )
    bottom = HEIGHT - MARGIN - legend.rows * LINE
    legend.draw(picture, (WIDTH - legend.width) / 2, bottom)
    upper, lower = _axes(figures, layers, bottom - GAP)
    _draw_macs(picture, upper, layers)
    waits.draw(picture, lower, figures, close=_is_close(figures))
    lower.label_days(ImageDraw.Draw(picture), figures.days, WIDTH)
    png = BytesIO()
    picture.save(png, "PNG")
    return Picture(png.getvalue(), describe(figures, title=title))


def _write_title(picture: Image.Image, title: str) -> None:
    room = WIDTH - 2 * MARGIN
    face, line = fit(drawable(title, LONGEST_TITLE), LARGE, room, smallest=SMALL)
    at = (WIDTH / 2, MARGIN + LARGE - 4)
    ImageDraw.Draw(picture).text(at, line, fill=INK, font=face, anchor="ms")


def _axes(figures: Figures, layers: list[Layer], bottom: int) -> tuple[Axes, Axes]:
    """The axes of the Macs, and below those of the waits, down to `bottom`."""
    highest = max(map(sum, zip(*(layer.heights for layer in layers), strict=True)), default=1)
    macs = max(highest, 1) * 1.08
    scale = waits.scale_of(figures)
    labels = max(label_width(macs, STEPS), label_width(scale.top, scale.steps))
    left, right, days = MARGIN + round(labels) + GAP, WIDTH - MARGIN, len(figures.days)
    first, last = MARGIN + LARGE + GAP + HEADING, bottom - SMALL - GAP
    between = first + (last - first - GAP - HEADING) * 3 // 5
    return (
        Axes(left, first, right, between, days, macs, STEPS),
        Axes(left, between + GAP + HEADING, right, last, days, scale.top, scale.steps),
    )


def _draw_macs(picture: Image.Image, axes: Axes, layers: list[Layer]) -> None:
    """Stack the sites' Macs on each day."""
    pencil = ImageDraw.Draw(picture)
    write_heading(pencil, axes, "Macs confirmed each day", axes.right - axes.left)
    axes.draw(pencil)
    bottoms = [0] * axes.days
    # In few pixels, a gap between two days would be seen here and not there.
    half_width = axes.slot_width * (0.5 if axes.days > CLOSE else 0.42)
    for layer in layers:
        for slot, height in enumerate(layer.heights):
            if height:
                x, bottom = axes.x(slot), bottoms[slot]
                box = (x - half_width, axes.y(bottom + height), x + half_width, axes.y(bottom))
                left, top, right, ground = (round(edge) for edge in box)
                layer.fill.paint(picture, (left, min(top, ground - 1), right, ground))
                bottoms[slot] += height
    axes.draw_ground(pencil)


def _layers(figures: Figures) -> Iterator[Layer]:
    """The sites, the largest at the bottom; the rest; and the Macs that are not confirmed."""
    total = by_site(figures)
    largest = [site for site, number in total.most_common(MAX_SITES) if number]
    others = {site for site, number in total.items() if number} - {*largest}
    close = _is_close(figures)
    for fill, site, name in zip(LOOKS, largest, _names(largest), strict=False):
        yield Layer(name, _confirmed(figures, {site}), fill.narrow() if close else fill)
    if others:
        name = f"{len(others)} other {'site' if len(others) == 1 else 'sites'}"
        yield Layer(name, _confirmed(figures, others), OTHERS.narrow() if close else OTHERS)
    open_still = dict.fromkeys(figures.days, 0)
    for count in figures.counts:
        open_still[count.day] += count.unconfirmed
    if any(open_still.values()):
        yield Layer(
            "not confirmed yet", [*open_still.values()], OUTLINE.narrow() if close else OUTLINE
        )


def _names(sites: Iterable[str]) -> Iterator[str]:
    """A name for each site; those that look the same here are numbered."""
    used: Counter[str] = Counter()
    for site in sites:
        name = drawable(site or EVERYWHERE, LONGEST_NAME)
        used[name] += 1
        yield name if used[name] == 1 else f"{name} ({used[name]})"


def _confirmed(figures: Figures, sites: set[str]) -> list[int]:
    heights = dict.fromkeys(figures.days, 0)
    for count in figures.counts:
        heights[count.day] += count.confirmed if count.site in sites else 0
    return [*heights.values()]


def _is_close(figures: Figures) -> bool:
    return len(figures.days) > CLOSE
