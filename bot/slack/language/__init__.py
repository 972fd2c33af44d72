"""The languages in which people are spoken to, and the texts, plurals and lists of each."""

from bot.slack.language.speaking import (
    ListenerExecutor,
    _,
    alternatives,
    capitalized,
    commas,
    conjunction,
    figure,
    hour,
    in_language,
    marked,
    ngettext,
    of_locale,
    series,
    speak,
    spoken,
    worded,
)

__all__ = [
    "ListenerExecutor",
    "_",
    "alternatives",
    "capitalized",
    "commas",
    "conjunction",
    "figure",
    "hour",
    "in_language",
    "marked",
    "ngettext",
    "of_locale",
    "series",
    "speak",
    "spoken",
    "worded",
]
