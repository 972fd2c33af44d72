"""A comparison of stored moments with a clock that may have been set back since.

So no wait is longer than the intended pause.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

SKEW = timedelta(minutes=1)  # that the clocks of two machines may differ

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


def passed(moment: Moment, now: datetime, max_pause: timedelta) -> ColumnElement[bool]:
    """A condition: a stored moment has come, or is further ahead than a pause of `max_pause`."""
    return (moment <= now) | (moment > too_late(now, max_pause))


def too_late(now: datetime, max_pause: timedelta) -> datetime:
    """The latest moment that a pause of `max_pause` can end at, by any right clock."""
    return now + max_pause + SKEW
