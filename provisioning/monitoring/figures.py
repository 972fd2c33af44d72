"""Figures of the statistics: numbers about a span of days, and a text of them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from infrastructure.text import readable

MINUTE, HOUR, DAY = 60, 3600, 86400  # seconds
EVERYWHERE = "all"  # the name of the one row where the repo has no sites


@dataclass(frozen=True, slots=True)
class Count:
    """The Macs of one site on one day.

    `unconfirmed` is the number of `registered` ones that are open and not confirmed now.
    """

    day: date
    site: str
    registered: int
    confirmed: int
    unconfirmed: int


@dataclass(frozen=True, slots=True)
class WaitingTimes:
    """Waiting times of the Macs confirmed on `day` (None: all days), in seconds from registering.

    `count` is their number, at least one; nine of ten waited no longer than `ninetieth`.
    """

    day: date | None
    count: int
    median: float
    ninetieth: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a span of `days`: `counts` by day and site, `waits` by day.

    Only days with Macs are in `counts` and `waits`; `overall` is None where there was no wait.
    """

    days: tuple[date, ...]
    counts: tuple[Count, ...]
    waits: tuple[WaitingTimes, ...]
    overall: WaitingTimes | None


def describe(figures: Figures, *, title: str) -> str:
    """Return the figures in up to three sentences: the number, the main site, the waits.

    `title` names the time: "Last 4 weeks". The text is plain; a site's name may hold anything
    that can be printed.
    """
    confirmed = by_site(figures)
    sentences = [f"{readable(title, 80)}: {_macs(confirmed.total())} confirmed{_most(confirmed)}."]
    if open_still := sum(count.unconfirmed for count in figures.counts):
        verb = "is" if open_still == 1 else "are"
        sentences.append(f"{_macs(open_still)} registered in this time {verb} not confirmed yet.")
    if wait := figures.overall:
        sentences.append(
            f"Median wait {duration(wait.median)}, nine of ten at most {duration(wait.ninetieth)}."
        )
    return " ".join(sentences)


def by_site(figures: Figures) -> Counter[str]:
    """Return the number of Macs confirmed for each site, in the order of the names."""
    total: Counter[str] = Counter()
    for count in sorted(figures.counts, key=lambda count: count.site):
        total[count.site] += count.confirmed
    return total


def duration(seconds: float) -> str:
    """Return a wait in words, in its two largest units: "3 h 10 min"."""
    minutes = round(seconds / MINUTE)
    if seconds < MINUTE:
        return "under a minute"
    if minutes < HOUR // MINUTE:
        return f"{minutes} min"
    if minutes < DAY // MINUTE:
        return _two(*divmod(minutes, 60), "h", "min")
    return _two(*divmod(round(seconds / HOUR), 24), "d", "h")


def _two(large: int, small: int, singular: str, other: str) -> str:
    return f"{large} {singular} {small} {other}" if small else f"{large} {singular}"


def _macs(number: int) -> str:
    return "1 Mac" if number == 1 else f"{number:,} Macs" if number else "no Macs"


def _most(confirmed: Counter[str]) -> str:
    """The main site, if there is one, as the end of a sentence."""
    (site, number), *others = [*confirmed.most_common(2), ("", 0)]
    name = readable(site, 40) or "a site without a readable name"
    if not number or not site:
        return ""
    if number == confirmed.total():
        return f", all for {name}"
    return f", most for {name} ({number:,})" if number > others[0][1] else ""
