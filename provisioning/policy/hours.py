"""Hours of the day as people write them: quiet hours of a site, and the time of the digest."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as datetime.weekday() counts
DAY = timedelta(days=1)
_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SPAN = re.compile(r"([0-9:]+)\s*[-–]\s*([0-9:]+)")


class NeverOpen(ValueError):
    """Quiet hours that leave no moment of the week."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hours of each day, as distances from midnight by the clock on the wall.

    `end` is not part of it. Where it is not after `start`, it is the next day's.
    """

    start: timedelta
    end: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the hours in `text`, such as `19:00-07:30`. Raises ValueError."""
        match = _SPAN.fullmatch(text)
        if match is None:
            raise ValueError("these are no hours")
        start = _since_midnight(parse_time(match[1]))
        end = DAY if match[2] == "24:00" else _since_midnight(parse_time(match[2]))
        if start == end:
            raise ValueError("hours that end when they begin")
        return cls(start, end)

    def ending(self, since: timedelta) -> timedelta | None:
        """Return the end of these hours for a moment `since` midnight; None where it is outside."""
        if self.start < self.end:
            return self.end if self.start <= since < self.end else None
        if since >= self.start:
            return self.end + DAY
        return self.end if since < self.end else None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of every day, and whole days of the week (Monday is 0), without mentions of people."""

    spans: tuple[Span, ...] = ()
    days: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Return the quiet hours in `texts`, each hours (`19:00-07:30`) or a day (`Sat`).

        Raises ValueError; NeverOpen where no moment of the week would be left.
        """
        texts = [text.strip() for text in texts]
        days = {text for text in texts if text.casefold() in WEEKDAYS}
        parsed = cls(
            tuple(Span.parse(text) for text in texts if text not in days),
            frozenset(WEEKDAYS.index(day.casefold()) for day in days),
        )
        openings = [timedelta(0), *(span.end % DAY for span in parsed.spans)]
        if len(parsed.days) == len(WEEKDAYS) or all(map(parsed._endings, openings)):
            raise NeverOpen("no moment of the week is left")
        return parsed

    def holds(self, local: datetime) -> bool:
        """True if it is quiet when the clock on the wall shows `local` (naive)."""
        return bool(self.rest(local))

    def rest(self, local: datetime) -> timedelta:
        """Return a time, by the clock on the wall, for which it stays quiet; 0 where it is not."""
        midnight = datetime.combine(local.date(), time())
        endings = self._endings(local - midnight)
        if local.weekday() in self.days:
            endings.append(DAY)
        return midnight + max(endings) - local if endings else timedelta(0)

    def _endings(self, since: timedelta) -> list[timedelta]:
        return [end for span in self.spans if (end := span.ending(since)) is not None]


def parse_time(text: str) -> time:
    """Return the time of the day in `text`, such as `08:30`. Raises ValueError."""
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("this is no time of the day")
    return time(int(match[1]), int(match[2]))


def next_open(quiet: QuietHours, zone: ZoneInfo, at: datetime) -> datetime:
    """Return the first moment at or after `at` (aware) that is not quiet in `zone`, in UTC."""
    moment = at.astimezone(UTC)
    while rest := quiet.rest(wall(moment, zone)):
        moment = _forward(moment, rest, zone)
    return moment


def daily(due: time, zone: ZoneInfo, after: datetime, now: datetime) -> list[datetime]:
    """Return the moments after `after` and up to `now` when it is `due` in `zone`, in UTC.

    One for each day: where the clock shows the time twice the first, where it leaps over it an
    hour later (by the length of the leap).
    """
    first = after.astimezone(zone).date() - DAY
    days = (now.astimezone(zone).date() - first).days + 1
    moments = {
        datetime.combine(first + n * DAY, due, tzinfo=zone).astimezone(UTC) for n in range(days)
    }
    return sorted(moment for moment in moments if after < moment <= now)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the local time in `zone`, naive."""
    return moment.astimezone(zone).replace(tzinfo=None)


def _forward(moment: datetime, rest: timedelta, zone: ZoneInfo) -> datetime:
    """Add `rest`, but go no further than the moment at which the clocks are changed."""
    ahead = moment + rest
    offset = moment.astimezone(zone).utcoffset()
    if ahead.astimezone(zone).utcoffset() == offset:
        return ahead
    seconds = range(math.floor(moment.timestamp()), math.ceil(ahead.timestamp()))
    changed = bisect_left(
        seconds, x=True, key=lambda s: datetime.fromtimestamp(s, zone).utcoffset() != offset
    )
    return datetime.fromtimestamp(seconds.start + changed, UTC)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute)
