"""Slack's date tokens, in the reader's own zone (docs.slack.dev, "Formatting message text")."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

Form = Callable[[datetime], str]


def _time(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at:%M %p}"


def _date(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at.year}"


def _short(at: datetime) -> str:
    return f"{at:%b} {at.day}, {at.year}"


def _long(at: datetime) -> str:
    return f"{at:%A}, {_date(at)}"


def _pretty(form: Form) -> Form:
    """The day by its name where it is near."""

    def shown(at: datetime) -> str:
        days = (datetime.now(UTC).astimezone(at.tzinfo).date() - at.date()) // timedelta(days=1)
        return {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days) or form(at)

    return shown


FORMS: Mapping[str, Form] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date": _date,
    "date_short": _short,
    "date_long": _long,
    "date_pretty": _pretty(_date),
    "date_short_pretty": _pretty(_short),
    "date_long_pretty": _pretty(_long),
    "time": _time,
    "time_secs": lambda at: f"{at.hour % 12 or 12}:{at:%M:%S %p}",
}


def moment(seconds: float, zone: tzinfo | None = None) -> datetime:
    """A time since 1970 in the reader's zone; in this machine's where none is given."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone)


def dated(token: str, zone: tzinfo | None = None) -> str:
    """The text shown for `date^SECONDS^FORMAT[^LINK]|FALLBACK`: the fallback if it is wrong."""
    says, _, fallback = token.partition("|")
    try:
        _, seconds, form, *_ = says.split("^")
        at = moment(int(seconds), zone)
        return re.sub(r"{(\w+)}", lambda found: FORMS[found[1]](at), form)
    except (ValueError, KeyError, OverflowError, OSError):
        return fallback
