"""The statistics as a picture, with the same in words for who cannot see it.

Imports matplotlib, tens of megabytes: only what draws in the background imports this module.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from math import nan
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import MaxNLocator, NullLocator

from provisioning.figures import DAY, HOUR, MINUTE, Figures, by_site, describe
from provisioning.lettering import SMALL, Entries, drawable, explain, write_plainly

MOST_SITES = 8
LONGEST_NAME, LONGEST_TITLE = 18, 60
CLOSE = 62  # days from which on patterns and thick lines would run into each other
LARGE = 25  # points
INK, PALE = "#222222", "#DDDDDD"
# Okabe and Ito's colours, which nearly every eye tells apart, and patterns for every eye.
LOOKS = (
    *(("#0072B2", ""), ("#E69F00", "/"), ("#009E73", "."), ("#CC79A7", "x")),
    *(("#56B4E9", "\\"), ("#D55E00", "-"), ("#F0E442", "+"), ("#666666", "o")),
)
OTHERS = ("#C8C8C8", "|")


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of 1200 by 900 pixels, and what it shows in a sentence or three (plain text)."""

    png: bytes
    alt: str


def draw(figures: Figures, *, title: str) -> Picture | None:
    """Draw the Macs confirmed on each day by site, and how long they waited; None for no Macs.

    `title` names the time, and the site where it is one only: "Last 4 weeks". It and the sites
    may hold any text: what cannot be shown is left out or shown as a question mark. Safe to call
    from several threads at once.
    """
    if not any(count.registered or count.confirmed for count in figures.counts):
        return None
    figure = Figure(figsize=(12, 9), dpi=100, layout=ConstrainedLayoutEngine(h_pad=0.1, w_pad=0.15))
    FigureCanvasAgg(figure)
    figure.suptitle(drawable(title, LONGEST_TITLE), fontsize=LARGE, color=INK)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _tidy(upper)
    _tidy(lower)
    explain(figure, _draw_macs(upper, figures), columns=(3, 2, 1), loc="outside lower center")
    place = {"loc": "lower right", "bbox_to_anchor": (1, 1.03), "borderaxespad": 0, "borderpad": 0}
    explain(lower, _draw_waits(lower, figures), columns=(2,), **place)
    _label_days(lower, figures)
    write_plainly(figure)
    png = BytesIO()
    figure.savefig(png, format="png")
    return Picture(png.getvalue(), describe(figures, title=title))


def _draw_macs(axes: Axes, figures: Figures) -> Entries:
    """Stack the sites' Macs on each day; yields what to call each layer."""
    axes.set_title("Macs confirmed each day", fontsize=SMALL, color=INK, loc="left")
    tops = [0] * len(figures.days)
    for name, heights, look in _layers(figures):
        slots = [slot for slot, height in enumerate(heights) if height]
        bars = axes.bar(
            slots,
            [heights[slot] for slot in slots],
            bottom=[tops[slot] for slot in slots],
            width=0.84,
            **look,
        )
        yield name, bars.patches[0]
        tops = [top + height for top, height in zip(tops, heights, strict=True)]
    axes.set_ylim(0, max([*tops, 1]) * 1.08)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _layers(figures: Figures) -> Iterator[tuple[str, list[int], Mapping[str, Any]]]:
    """Name, height on each day and look: the sites, the largest at the bottom, and the rest."""
    total = by_site(figures)
    shown = [site for site, number in total.most_common(MOST_SITES) if number]
    others = {site for site, number in total.items() if number} - {*shown}
    close = len(figures.days) > CLOSE
    for (colour, hatch), site, name in zip(LOOKS, shown, _names(shown), strict=False):
        yield name, _confirmed(figures, {site}), _filled(colour, "" if close else hatch)
    if others:
        name = f"{len(others)} other {'site' if len(others) == 1 else 'sites'}"
        yield name, _confirmed(figures, others), _filled(OTHERS[0], "" if close else OTHERS[1])
    open_still = dict.fromkeys(figures.days, 0)
    for count in figures.counts:
        open_still[count.day] += count.unconfirmed
    if any(open_still.values()):
        outline = {
            "facecolor": "none",
            "edgecolor": INK,
            "linestyle": (0, (2, 1)),
            "linewidth": 1 if close else 2,
        }
        yield "not confirmed yet", [*open_still.values()], outline


def _names(sites: Iterable[str]) -> Iterator[str]:
    """What to call each; those that look the same here are numbered."""
    taken: Counter[str] = Counter()
    for site in sites:
        name = drawable(site, LONGEST_NAME)
        taken[name] += 1
        yield name if taken[name] == 1 else f"{name} ({taken[name]})"


def _confirmed(figures: Figures, sites: set[str]) -> list[int]:
    heights = dict.fromkeys(figures.days, 0)
    for count in figures.counts:
        heights[count.day] += count.confirmed if count.site in sites else 0
    return [*heights.values()]


def _filled(colour: str, hatch: str) -> Mapping[str, Any]:
    return {
        "facecolor": colour,
        "edgecolor": "white",
        "hatch": hatch,
        "linewidth": 0.5 if hatch else 0,
    }


def _draw_waits(axes: Axes, figures: Figures) -> Entries:
    """Draw the waits of each day that has any; yields what to call each line."""
    longest = max((wait.ninetieth for wait in figures.waits), default=0)
    unit, name = (MINUTE, "minutes") if longest < 2 * HOUR else (HOUR, "hours")
    unit, name = (unit, name) if longest < 3 * DAY else (DAY, "days")
    title = f"From registered to confirmed, in {name}" if figures.waits else "No waits to show"
    axes.set_title(title, fontsize=SMALL, color=INK, loc="left")
    size = 4 if len(figures.days) > CLOSE else 9
    waits = {wait.day: wait for wait in figures.waits}
    lines = (
        ("nine of ten within", "ninetieth", "^--", "#D55E00"),
        ("median", "median", "o-", "#0072B2"),
    )
    for label, which, look, colour in lines if waits else ():
        days = [getattr(waits.get(day), which, nan) / unit for day in figures.days]
        yield label, axes.plot(days, look, color=colour, linewidth=size / 3, markersize=size)[0]
    axes.set_ylim(0, max(longest / unit, 1) * 1.12)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True) if waits else NullLocator())


def _tidy(axes: Axes) -> None:
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(labelsize=SMALL, color=PALE, labelcolor=INK)
    axes.grid(axis="y", color=PALE)
    axes.set_axisbelow(True)


def _label_days(axes: Axes, figures: Figures) -> None:
    days = figures.days
    slots = range(0, len(days), len(days) // 7 + 1)
    axes.set_xticks(slots, [f"{days[slot].day} {days[slot]:%b}" for slot in slots])
    spare = max(0, 7 - len(days)) / 2  # or one day's bar is as wide as the picture
    axes.set_xlim(-0.6 - spare, len(days) - 0.4 + spare)
