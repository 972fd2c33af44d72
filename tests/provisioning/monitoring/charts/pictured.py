"""Figures of five days, and their picture."""

from datetime import date, timedelta

from provisioning.monitoring.charts import Picture, draw
from provisioning.monitoring.figures import Count, Figures, WaitingTimes

MONDAY = date(2026, 3, 2)
DAYS = tuple(MONDAY + timedelta(days=number) for number in range(5))


def figures_of(*counts: Count, overall: WaitingTimes | None = None) -> Figures:
    """Figures of these days."""
    waits = () if overall is None else (WaitingTimes(MONDAY, 3, overall.median, overall.ninetieth),)
    return Figures(DAYS, counts, waits, overall)


def confirmed(**numbers: int) -> Figures:
    """Figures of Macs that were all done on the first day, by their sites."""
    return figures_of(*(Count(MONDAY, site, number, number, 0) for site, number in numbers.items()))


def drawn(figures: Figures, title: str = "Last 5 days") -> Picture:
    """The picture of figures."""
    picture = draw(figures, title=title)
    assert picture
    return picture
