"""The words of the command that opens a bench: SITE BUILD 12 for 2h all."""

import re
from datetime import timedelta

from bot.commands.models import BenchCommand
from bot.commands.parsing.talk import BENCH_END
from bot.commands.parsing.words import ALL, Misunderstood
from infrastructure.text import Sentence, counted, whole_number
from provisioning.firstboot import benches
from provisioning.values.kinds import BUILD, SITE, Kinds

_PLACES = {
    (SITE, BUILD): Sentence("A site, a build"),
    (SITE,): Sentence("A site"),
    (BUILD,): Sentence("A build"),
}
_HOURS = r"(?:(?P<hours>[0-9]{1,4})h(?:(?:ou)?rs?)?)?"
_MINUTES = r"(?:(?P<minutes>[0-9]{1,4})m(?:in(?:ute)?s?)?)?"
_DURATION = re.compile(_HOURS + _MINUTES)
_ENDS = frozenset({"cancel", "close", "end", "off", "stop"})


def read(words: list[str], kinds: Kinds) -> BenchCommand:
    """Return the bench in the words behind its verb. Raises Misunderstood."""
    number = len(kinds.names)
    if len(words) == 1 and words[0].casefold() in _ENDS:
        raise Misunderstood(BENCH_END)
    if len(words) <= number:
        raise Misunderstood(
            "{places}, how many Macs, and for how long: {form} 12 for 2h",
            places=_PLACES[kinds.names],
            form=kinds.form,
        )
    count, *rest = words[number:]
    size = _size(count.strip("x×"), kinds)
    time = [word for word in rest if word.casefold() not in {ALL, "mac", "macs"}]
    # Macs whose script names a place too.
    takes_named = any(word.casefold() == ALL for word in rest)
    return BenchCommand(*kinds.pair(words[:number]), size, _time(time), takes_named)


def _size(count: str, kinds: Kinds) -> int:
    number = whole_number(count)
    if number is not None and benches.FEWEST <= number <= benches.MAX_MACS:
        return number
    raise Misunderstood(
        "{lack}{count} is not a number of Macs: {fewest} to {most} after {places}, such as "
        "{form} 12",
        lack=kinds.lack,
        count=repr(count[:40]),
        fewest=benches.FEWEST,
        most=benches.MAX_MACS,
        places=kinds.in_words("a"),
        form=kinds.form,
    )


def _time(words: list[str]) -> timedelta:
    """The duration in words such as `2h`, `90 min` or `1h 30m`. Raises Misunderstood."""
    if not words:
        return benches.USUAL
    if words[0].casefold() == "for":
        words = words[1:]
    match = _DURATION.fullmatch("".join(words).casefold())
    if not words or match is None or match.lastgroup is None:
        raise Misunderstood("Write a duration as 2h, 90m or 1h 30m")
    numbers = {unit: int(number) for unit, number in match.groupdict().items() if number}
    duration = timedelta(**numbers)
    if not benches.SHORTEST <= duration <= benches.LONGEST:
        raise Misunderstood(
            "At least {shortest} and at most {longest}",
            shortest=_in_words(benches.SHORTEST),
            longest=_in_words(benches.LONGEST),
        )
    return duration


def _in_words(duration: timedelta) -> Sentence:
    hours, seconds = divmod(int(duration.total_seconds()), 3600)
    if seconds:
        return counted("{number} minute", "{number} minutes", seconds // 60)
    return counted("{number} hour", "{number} hours", hours)
