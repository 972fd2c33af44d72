"""Serials that somebody typed on purpose, however short they are."""

import re
from collections.abc import Collection, Sequence

from infrastructure.text import folded
from provisioning.imports.parsing import text as texts
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, gather
from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.serial_shapes import doubt_of
from provisioning.values.serials import InvalidSerial, Serial

_BETWEEN = re.compile(r"[\s,;]+")
_HAS_DIGIT = re.compile(r"\d")


def read(
    text: str, words: Sequence[str], sites: Collection[str], builds: Collection[str]
) -> ParseResult:
    """Return what `texts.read` finds, but take `SERIAL… SITE BUILD` at its word.

    `words` are those of the text, where a name may have a space. They are taken so where one of
    the last two is known and the others could be serials.
    """
    names = Names(sites, builds)
    *serials, site, build = words if len(words) > len(("site", "build")) else ("", "", "")
    known = names.is_site(site) or names.is_build(build)
    if known and "\n" not in text.strip() and all(map(_HAS_DIGIT.search, serials)):
        return _taken(serials, site, build)
    return read_list(text, sites, builds)


def read_list(text: str, sites: Collection[str] = (), builds: Collection[str] = ()) -> ParseResult:
    """Return what `texts.read` finds; where that is nothing, every word is one that is meant."""
    reading = texts.read(text, sites, builds)
    if reading.entries:
        return reading
    named = {folded(name) for name in (*sites, *builds)}
    words = [word for word in _BETWEEN.split(text) if word and folded(word) not in named]
    if words and all(map(_HAS_DIGIT.search, words)):
        return _taken(words, None, None)
    return reading


def _taken(serials: Sequence[str], site: str | None, build: str | None) -> ParseResult:
    read = [_entry(text, site, build) for text in serials]
    return gather(
        (one for one in read if isinstance(one, Entry)),
        (one for one in read if isinstance(one, Rejected)),
    )


def _entry(text: str, site: str | None, build: str | None) -> Entry | Rejected:
    try:
        serial = Serial.parse(text)
    except InvalidSerial as error:
        return Rejected(text, "", error.reason)
    return Entry(serial, site, build, doubt=doubt_of(Serial(serial.key)))
