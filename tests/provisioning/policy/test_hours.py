"""Quiet hours and the daily digest, by the clock on the wall, whatever is done to the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from provisioning.policy import Policy
from provisioning.policy.hours import WEEKDAYS, NeverOpen, QuietHours, daily, next_open, wall
from tests.support.tables import for_each

LONDON = ZoneInfo("Europe/London")  # 2026: an hour is left out on 29 March, added on 25 October
# Half an hour, at midnight, 45 minutes off the hour, and none at all.
ZONES = [
    ZoneInfo(name)
    for name in (
        "Europe/London",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Pacific/Chatham",
        "Asia/Tokyo",
        "UTC",
    )
]
NIGHTS = "19:00-07:30"
# Two thirds of the moments are within two days of a change of the clocks in one of these zones.
CHANGES = [
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 23, 22, tzinfo=UTC),
    datetime(2026, 10, 29, 21, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
]

seconds = st.integers(-2 * 86400, 2 * 86400).map(lambda n: timedelta(seconds=n))
near_changes = st.builds(lambda at, off: at + off, st.sampled_from(CHANGES), seconds)
any_time = st.integers(1_700_000_000, 1_900_000_000).map(lambda s: datetime.fromtimestamp(s, UTC))
moments = near_changes | near_changes | any_time
minutes = st.integers(0, 24 * 60 - 1)


def written(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def quiets(draw: st.DrawFn) -> tuple[list[tuple[int, int]], set[int]]:
    """Hours as minutes from midnight, and days, that leave some moment of the week."""
    spans = draw(st.lists(st.tuples(minutes, minutes), max_size=3))
    days = draw(st.sets(st.integers(0, 6), max_size=6))
    assume(all(start != end for start, end in spans))
    assume(len(covered(spans)) < 24 * 60)
    return spans, days


def covered(spans: list[tuple[int, int]]) -> set[int]:
    """The minutes of the day that are in any of these hours, found by walking through them."""
    found = set()
    for start, end in spans:
        walked = start
        while walked != end:
            found.add(walked)
            walked = (walked + 1) % (24 * 60)
    return found


def parsed(spans: list[tuple[int, int]], days: set[int]) -> QuietHours:
    hours = [f"{written(start)}-{written(end)}" for start, end in spans]
    return QuietHours.parse([*hours, *(WEEKDAYS[day].title() for day in days)])


def local(text: str, zone: ZoneInfo = LONDON, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@given(quiets(), moments, st.sampled_from(ZONES))
def test_quiet_hours_are_exactly_the_minutes_that_are_written(
    made: tuple[list[tuple[int, int]], set[int]], at: datetime, zone: ZoneInfo
) -> None:
    spans, days = made
    shown = at.astimezone(zone)

    said = parsed(spans, days).holds(wall(at, zone))

    minute = shown.hour * 60 + shown.minute
    assert said == (shown.weekday() in days or minute in covered(spans))


@given(quiets(), moments, st.sampled_from(ZONES))
def test_the_next_morning_is_the_first_moment_that_is_not_quiet(
    made: tuple[list[tuple[int, int]], set[int]], at: datetime, zone: ZoneInfo
) -> None:
    quiet = parsed(*made)

    morning = next_open(quiet, zone, at)

    assert morning >= at
    assert not quiet.holds(wall(morning, zone))
    moment = at  # all before it is quiet: looked at every quarter of an hour, and just before it
    while moment < morning:
        assert quiet.holds(wall(moment, zone))
        moment += timedelta(minutes=15)
    if morning > at:
        assert quiet.holds(wall(morning - timedelta(microseconds=1), zone))


@pytest.mark.parametrize(
    ("quiet", "at", "morning"),
    [
        pytest.param([NIGHTS], "2026-06-10T12:00", "2026-06-10T12:00", id="by day"),
        pytest.param([NIGHTS], "2026-06-10T19:00", "2026-06-11T07:30", id="in the evening"),
        pytest.param([NIGHTS], "2026-06-11T07:29:59.999", "2026-06-11T07:30", id="at its end"),
        pytest.param([NIGHTS, "Sat", "Sun"], "2026-06-12T20:00", "2026-06-15T07:30", id="weekend"),
        pytest.param(["Sat", "Sun"], "2026-06-13T09:00", "2026-06-15T00:00", id="days only"),
        pytest.param(["12:00-13:00"], "2026-06-10T12:59", "2026-06-10T13:00", id="at noon"),
        pytest.param(["22:00-24:00"], "2026-06-10T23:00", "2026-06-11T00:00", id="to midnight"),
        pytest.param([NIGHTS], "2026-03-28T20:00", "2026-03-29T07:30", id="an hour left out"),
        pytest.param([NIGHTS], "2026-10-24T20:00", "2026-10-25T07:30", id="an hour added"),
        pytest.param(["00:00-01:30"], "2026-03-29T00:10", "2026-03-29T02:00", id="ends in the gap"),
        pytest.param([], "2026-06-10T03:00", "2026-06-10T03:00", id="never quiet"),
    ],
)
def test_people_are_left_in_peace_until(quiet: list[str], at: str, morning: str) -> None:
    assert next_open(QuietHours.parse(quiet), LONDON, local(at)) == local(morning).astimezone(UTC)


def test_an_hour_that_the_clock_shows_twice_is_quiet_both_times() -> None:
    quiet = QuietHours.parse(["01:00-01:30"])
    first, second = local("2026-10-25T01:10"), local("2026-10-25T01:10", fold=1)

    assert quiet.holds(wall(second, LONDON))
    assert next_open(quiet, LONDON, first) == local("2026-10-25T01:30").astimezone(UTC)
    assert next_open(quiet, LONDON, second) == local("2026-10-25T01:30", fold=1).astimezone(UTC)


@for_each(
    "texts",
    [
        *(["7pm"], ["19:00"], ["19:00-"], ["24:00-07:00"], ["19:60-20:00"], ["25:00-26:00"]),
        *(["Sa"], ["weekend"], [""], ["08:00-08:00"], ["19:00-07:30,Sat"], ["1:2-3:4"]),
        ["٠١:00-02:00"],
    ],
)
def test_what_is_neither_hours_nor_a_day_is_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        QuietHours.parse(texts)
    assert not isinstance(caught.value, NeverOpen)


@for_each(
    "texts",
    [
        ["00:00-24:00"],
        ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
        ["08:00-20:00", "20:00-08:00"],
        ["12:00-12:30", "12:15-12:01"],
    ],
)
def test_hours_that_would_silence_the_whole_week_are_refused(texts: list[str]) -> None:
    with pytest.raises(NeverOpen):
        QuietHours.parse(texts)


def test_days_and_hours_may_be_written_in_any_case_and_with_a_dash() -> None:
    assert QuietHours.parse([" sat ", "7:00 – 8:00"]) == QuietHours.parse(["SAT", "07:00-08:00"])


@given(moments, st.integers(0, 60 * 86400), minutes, st.sampled_from(ZONES))
def test_a_digest_is_due_once_on_each_day_that_is_over(
    after: datetime, length: int, minute: int, zone: ZoneInfo
) -> None:
    due = time(minute // 60, minute % 60)
    now = after + timedelta(seconds=length)

    moments = daily(due, zone, after, now)

    days = [moment.astimezone(zone).date() for moment in moments]
    assert moments == sorted(moments)
    assert [moment for moment in moments if not after < moment <= now] == []
    assert len(days) == len(set(days))
    between = (now.astimezone(zone).date() - after.astimezone(zone).date()).days
    inner = {after.astimezone(zone).date() + timedelta(days=n) for n in range(1, between)}
    assert inner <= set(days)


@given(moments, st.lists(st.integers(0, 5 * 86400), max_size=8), st.sampled_from(ZONES))
def test_however_often_rollcall_is_restarted_the_same_digests_are_due(
    after: datetime, pauses: list[int], zone: ZoneInfo
) -> None:
    policy = Policy(digest=time(2, 30), timezone=zone)
    looked, seen = after, []
    for pause in pauses:
        now = looked + timedelta(seconds=pause)
        seen += policy.digest_due(looked, now)
        looked = now

    assert seen == policy.digest_due(after, looked)


def test_a_digest_at_an_hour_that_is_left_out_comes_an_hour_later() -> None:
    [moment] = daily(time(1, 30), LONDON, local("2026-03-29T00:00"), local("2026-03-29T12:00"))
    assert wall(moment, LONDON).isoformat() == "2026-03-29T02:30:00"


def test_a_digest_at_an_hour_that_comes_twice_is_due_the_first_time_only() -> None:
    due = daily(time(1, 30), LONDON, local("2026-10-25T00:00"), local("2026-10-25T12:00"))
    assert due == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


def test_a_day_that_a_place_never_had_brings_no_second_digest() -> None:
    apia = ZoneInfo("Pacific/Apia")  # went from 29 to 31 December 2011
    after = datetime(2011, 12, 29, 0, tzinfo=UTC)

    due = daily(time(8, 30), apia, after, after + timedelta(days=4))

    days = [moment.astimezone(apia).date() for moment in due]
    assert days == [date(2011, 12, day) for day in (29, 31)] + [date(2012, 1, 1), date(2012, 1, 2)]


def test_without_a_time_there_is_no_digest() -> None:
    now = datetime(2026, 6, 10, tzinfo=UTC)
    assert Policy.open().digest_due(now - timedelta(days=9), now) == []


def test_a_digest_is_due_at_its_very_moment_and_not_again_after_it() -> None:
    policy = Policy(digest=time(8, 30), timezone=LONDON)
    moment = local("2026-06-10T08:30").astimezone(UTC)
    hour = timedelta(hours=1)

    assert policy.digest_due(moment - hour, moment) == [moment]
    assert policy.digest_due(moment, moment + hour) == []
    assert policy.digest_due(moment + hour, moment - hour) == []
