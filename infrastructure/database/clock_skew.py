"""Stored moments, compared with a clock that may have been set back since.

No wait is ever longer than the pause that was meant.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

SKEW = timedelta(minutes=1)  # that the clocks of two machines may differ

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


def passed(moment: Moment, now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """A condition: a stored moment has come, or is further ahead than a pause of `longest`."""
    return (moment <= now) | (moment > now + longest + SKEW)
