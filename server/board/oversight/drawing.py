"""The shapes of charts, for a template that writes them as SVG; they differ without colours."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from provisioning.monitoring.figures import DAY, HOUR, MINUTE, Count, WaitingTimes
from provisioning.values.language import _, figure

WIDTH, HEIGHT = 720, 240
LEFT, TOP, BOTTOM = 84, 12, 36  # room for labels, which are larger on a phone
STEPS = 4  # of a scale
ROUND = (1, 2, 3, 4, 5, 6, 8)  # of tens, hundreds and so on: a step
MAX_LABELS = 8  # of days


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of one day: the height of the confirmed Macs, and on top of it that of the others."""

    x: float
    width: float
    count: Count
    confirmed_top: float
    confirmed: float
    unconfirmed: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A label at a place of a scale."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of WIDTH by HEIGHT: its bars or lines, and the labels of its scales."""

    rows: Sequence[Mark]
    days: Sequence[Mark]
    bars: Sequence[Bar] = ()
    medians: Sequence[Sequence[tuple[float, float]]] = ()
    ninetieths: Sequence[Sequence[tuple[float, float]]] = ()
    unit: str = ""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    ground: int = HEIGHT - BOTTOM


def macs(days: Sequence[date], counts: Mapping[date, Count]) -> Chart:
    """Return the chart of the Macs of each day, confirmed and not yet confirmed."""
    highest = max((each.confirmed + each.unconfirmed for each in counts.values()), default=0)
    top = _top(highest)
    slot = (WIDTH - LEFT) / len(days)
    bars = []
    for number, day in enumerate(days):
        if count := counts.get(day):
            done, still = (_height(each, top) for each in (count.confirmed, count.unconfirmed))
            x, width = LEFT + slot * (number + 0.1), slot * 0.8
            bars.append(Bar(x, width, count, HEIGHT - BOTTOM - done, done, still))
    return Chart(_rows(top), _labels(days), bars=bars)


def waits(days: Sequence[date], times: Sequence[WaitingTimes]) -> Chart:
    """Return the chart of the waiting times: the median, and the ninetieth percentile."""
    longest = max((wait.ninetieth for wait in times), default=0)
    unit, name = (MINUTE, _("minutes")) if longest < 2 * HOUR else (HOUR, _("hours"))
    unit, name = (unit, name) if longest < 3 * DAY else (DAY, _("days"))
    top = _top(int(longest / unit + 1))
    of_day = {wait.day: wait for wait in times}
    points: dict[str, list[list[tuple[float, float]]]] = {"median": [[]], "ninetieth": [[]]}
    for number, day in enumerate(days):
        wait = of_day.get(day)
        for quantile, parts in points.items():
            if wait is None:
                parts.append([])  # a day without Macs is a gap
                continue
            height = _height(getattr(wait, quantile) / unit, top)
            parts[-1].append((_middle(days, number), HEIGHT - BOTTOM - height))
    lines = {quantile: [line for line in parts if line] for quantile, parts in points.items()}
    return Chart(
        _rows(top), _labels(days), medians=lines["median"], ninetieths=lines["ninetieth"], unit=name
    )


def _top(highest: int) -> int:
    """The upper end of a scale of round numbers that reaches a number."""
    tens = 1
    while ROUND[-1] * tens * STEPS < highest:
        tens *= 10
    return next(digit * tens * STEPS for digit in ROUND if digit * tens * STEPS >= highest)


def _height(number: float, top: int) -> float:
    return (HEIGHT - BOTTOM - TOP) * number / top


def _middle(days: Sequence[date], number: int) -> float:
    return LEFT + (WIDTH - LEFT) * (number + 0.5) / len(days)


def _rows(top: int) -> list[Mark]:
    return [
        Mark(HEIGHT - BOTTOM - _height(number, top), figure(number))
        for number in range(0, top + 1, top // STEPS)
    ]


def _labels(days: Sequence[date]) -> list[Mark]:
    """The labels of some days, as many as have room."""

    def marks() -> Iterator[Mark]:
        every = -(-len(days) // MAX_LABELS)
        for number in range(0, len(days), every):
            yield Mark(_middle(days, number), f"{days[number]:%m-%d}")

    return list(marks())
