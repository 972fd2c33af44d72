"""How long something lasts, as people type it."""

import re
from collections.abc import Sequence
from datetime import timedelta

from bot.commands.grammar import Misunderstood

_HOURS = r"(?:(?P<hours>[0-9]{1,4})h(?:(?:ou)?rs?)?)?"
_MINUTES = r"(?:(?P<minutes>[0-9]{1,4})m(?:in(?:ute)?s?)?)?"
_DURATION = re.compile(_HOURS + _MINUTES)


def duration_in(words: Sequence[str], shortest: timedelta, longest: timedelta) -> timedelta:
    """Return the duration in words such as `2h`, `90 min` or `1h 30m`, in any case.

    Raises Misunderstood for anything else, and for what is shorter or longer than it may be.
    """
    found = _DURATION.fullmatch("".join(words).casefold())
    if not words or found is None or found.lastgroup is None:
        raise Misunderstood("How long is written as 2h, 90m or 1h 30m")
    given = {unit: int(number) for unit, number in found.groupdict().items() if number}
    duration = timedelta(**given)
    if not shortest <= duration <= longest:
        raise Misunderstood(
            f"Not shorter than {_said(shortest)} and not longer than {_said(longest)}"
        )
    return duration


def _said(duration: timedelta) -> str:
    hours, seconds = divmod(int(duration.total_seconds()), 3600)
    return f"{hours} hours" if not seconds else f"{seconds // 60} minutes"
