"""The route of the statistics: the numbers of `/mac stats`, as charts and as tables."""

from datetime import date

from flask import Response, request

from infrastructure.text import storable, whole_number
from provisioning.monitoring import statistics
from provisioning.monitoring.figures import Count, Figures, by_site
from provisioning.monitoring.statistics import MAX_WEEKS, WEEKS
from server.board import words
from server.board.oversight import drawing
from server.board.views import BoardPages, get

LONGEST = 255  # characters of a site
SPANS = (1, 4, 12, 26, MAX_WEEKS)  # weeks, to choose from


class StatisticsPages(BoardPages):
    """The view of the statistics."""

    @get("/statistics")
    def statistics(self) -> Response:
        """Macs registered and confirmed by day, and how long they waited, for browsers.

        Fields `site`, and `weeks` from 1 to 52.
        """
        weeks = min(max(whole_number(request.args.get("weeks", "")) or WEEKS, 1), MAX_WEEKS)
        site = storable(request.args.get("site", ""), LONGEST)
        with self._database.reading(long=True) as session:
            figures = statistics.of_weeks(
                session, self._policy.policy, weeks=weeks, site=site or None, now=self._clock()
            )
        days = _days(figures)
        return self._show(
            "oversight/statistics.html",
            figures=figures,
            days=days,
            waits={wait.day: wait for wait in figures.waits},
            by_site=by_site(figures),
            confirmed=sum(count.confirmed for count in days),
            still_open=sum(count.unconfirmed for count in days),
            macs_chart=drawing.macs(figures.days, {count.day: count for count in days}),
            waits_chart=drawing.waits(figures.days, figures.waits),
            duration=words.duration,
            weeks=weeks,
            site=site,
            spans=sorted({*SPANS, weeks}),
            sites=self._repo.now().sites(),
        )


def _days(figures: Figures) -> list[Count]:
    """The Macs of all sites on each day that had any, the newest day first."""
    total: dict[date, Count] = {}
    for count in figures.counts:
        before = total.get(count.day, Count(count.day, "", 0, 0, 0))
        total[count.day] = Count(
            count.day,
            "",
            before.registered + count.registered,
            before.confirmed + count.confirmed,
            before.unconfirmed + count.unconfirmed,
        )
    return [total[day] for day in sorted(total, reverse=True)]
