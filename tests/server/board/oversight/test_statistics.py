"""Statistics on the board: the numbers of `/mac stats`, drawn, and in a table."""

import html
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from sqlalchemy import update

from infrastructure.database.engine import Database
from provisioning.monitoring import statistics
from provisioning.monitoring.figures import Count, WaitingTimes
from provisioning.policy import Policy
from provisioning.registrations.models import CONFIRMED, Registration
from server.board.oversight import drawing
from tests.server.board.conftest import Browser
from tests.server.board.registrations.test_table import HOSTILE, register_many


def confirm(database: Database, serial: str, after: timedelta) -> None:
    """Have a Mac confirmed so long after it was registered."""
    with database.begin() as session:
        at = datetime.now(UTC)
        values = {"state": CONFIRMED, "confirmed_at": at, "created_at": at - after, "revision": 2}
        session.execute(update(Registration).where(Registration.serial == serial).values(**values))


def test_the_numbers_are_those_of_slack(alice: Browser, database: Database) -> None:
    register_many(database, 3)
    confirm(database, "C02M00000", timedelta(minutes=30))
    confirm(database, "C02M00001", timedelta(minutes=90))

    text = alice.get("/board/statistics").text
    with database.reading() as session:
        figures = statistics.of_weeks(session, Policy(), weeks=4, site=None, now=datetime.now(UTC))

    assert figures.overall is not None
    assert (figures.overall.count, figures.overall.median) == (2, 3600)
    assert "<dd>2 Macs</dd>" in text
    assert "<dd>1 Mac</dd>" in text
    assert "<dd>1 h 0 min</dd>" in text
    (row,) = re.findall(r'<th scope="row">\d{4}-\d\d-\d\d</th>(.*?)</tr>', text, re.DOTALL)
    cells = re.findall(r'<td class="amount">(.*?)</td>', row)
    assert cells == ["3", "1", "2", "1 h 0 min", "1 h 24 min"]
    assert 'style="' not in text


def test_a_site_and_a_time_are_chosen_in_the_address(alice: Browser, database: Database) -> None:
    register_many(database, 1)

    assert "There were no Macs in this time." in alice.get("/board/statistics?site=paris").text
    assert "<dd>1 Mac</dd>" in alice.get("/board/statistics?site=london&weeks=1").text
    north = "Zu\u0308rich  Nord"
    with database.begin() as session:
        session.execute(update(Registration).values(site=north))
    assert "<dd>1 Mac</dd>" in alice.get(f"/board/statistics?site={quote(north)}").text
    for weeks in ("0", "53", "-1", "nonsense", "9" * 30):
        assert alice.get(f"/board/statistics?weeks={weeks}").status_code == 200


def test_a_chart_has_a_bar_a_day_and_a_gap_without_macs() -> None:
    days = [datetime(2026, 1, 1, tzinfo=UTC).date() + timedelta(days=n) for n in range(4)]
    counts = {days[1]: Count(days[1], "", 9, 6, 2)}
    waits = [WaitingTimes(day, 1, 60, 120) for day in (days[0], days[1], days[3])]

    (bar,) = drawing.macs(days, counts).bars
    lines = drawing.waits(days, waits).medians

    assert bar.confirmed == 3 * bar.unconfirmed
    assert bar.confirmed_top + bar.confirmed == drawing.HEIGHT - drawing.BOTTOM
    assert [len(line) for line in lines] == [2, 1]


def test_a_scale_has_round_numbers_that_are_written_as_the_reader_does() -> None:
    day = datetime(2026, 1, 1, tzinfo=UTC).date()

    rows = drawing.macs([day], {day: Count(day, "", 28_220, 28_000, 220)}).rows

    assert [row.text for row in rows] == ["0", "8,000", "16,000", "24,000", "32,000"]


def test_hostile_text_is_shown_and_does_nothing(alice: Browser, database: Database) -> None:
    register_many(database, 2)
    site = f"lon{HOSTILE}"
    with database.begin() as session:
        hostile = update(Registration).where(Registration.serial == "C02M00000")
        session.execute(hostile.values(site=site))
    confirm(database, "C02M00000", timedelta(minutes=1))

    for path in ("/board/statistics", f"/board/statistics?site={quote(site)}"):
        text = alice.get(path).text
        assert "<script>alert" not in text
        assert site in html.unescape(text)
