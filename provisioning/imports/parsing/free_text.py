"""A parser of texts as people paste and type them: answers of programs, pages, lists, commands."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioning.imports.parsing import texts
from provisioning.imports.parsing.entries import (
    Entry,
    Item,
    ParseResult,
    Rejected,
    gather,
    with_doubt,
    without_doubts,
)
from provisioning.imports.parsing.formats import pages
from provisioning.imports.parsing.formats.objects import rows_of
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.names import KnownNames, Names
from provisioning.imports.parsing.tokens import others, signs
from provisioning.imports.parsing.tokens.computer_names import is_host
from provisioning.imports.parsing.tokens.serial_shapes import (
    OTHER_FORM,
    doubt_of,
    looks_serial,
    lost_from,
    reason_against,
)
from provisioning.imports.parsing.tokens.words import COUNTED
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.serials import InvalidSerial, Serial

_MARKED_UP = re.compile(r"\s*<[?!a-zA-Z](?=[^<]*<)[\s\S]*</\w+>\s*$")  # HTML or XML
_BETWEEN = re.compile(r"[\s,;]+")
_HAS_DIGIT = re.compile(r"\d")


def read(text: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the serials in any text, with the sites and builds that it names for them.

    A table with headings is read as one. Elsewhere a name belongs to the serials in its line. A
    name alone in a line is a heading for the serials below it; a single heading, or a name at the
    end of the text, holds for all. Texts that are nearly serials get a doubt or are rejected.
    Raises nothing.
    """
    names = Names.of(sites, builds)
    if (objects := _objects(text, names)) is not None:
        return objects
    text = pages.text_of(text) if _MARKED_UP.match(text) else text
    return texts.read(text, names)


def _objects(text: str, names: Names) -> ParseResult | None:
    """The Macs in a pasted answer of a programming interface; None for other texts."""
    text = text.strip("` \n")
    rows = rows_of(text) if text[:1] in {"[", "{"} else None
    result = read_rows(rows, names) if rows else None
    return result if result and result.entries else None


def read_typed(
    text: str, words: Sequence[str], sites: KnownNames, builds: KnownNames
) -> ParseResult:
    """Return the Macs in a typed `SERIAL… SITE BUILD`; any other text is read by `read_list`.

    `words` are those of the text, where a name may have a space. The form is recognised where the
    site or the build is known and the other words could be serials. It has only one of the two
    where the repo has only that.
    """
    names = Names.of(sites, builds)
    kinds = names.kinds.names
    serials, typed = words[: -len(kinds)], dict(zip(kinds, words[-len(kinds) :], strict=False))
    site = _named(typed.get(SITE), names.is_site, names.as_site)
    build = _named(typed.get(BUILD), names.is_build, names.as_build)
    is_known = names.is_site(site or "") or names.is_build(build or "")
    is_listed = bool(serials) and all(map(_HAS_DIGIT.search, serials))
    if is_known and is_listed and not {"\n", "?"} & {*text.strip()}:
        read_freely = read(text, sites, builds)
        return read_freely if _is_other(serials, read_freely) else _taken(serials, site, build)
    return read_list(text, sites, builds)


def _named(
    word: str | None, is_known: Callable[[str], bool], completed: Callable[[str], str]
) -> str | None:
    """A typed name: as the repo has it where it is known, without the brackets around it."""
    bare = word.strip(signs.AROUND) if word else ""
    return completed(bare) if is_known(bare) else word


def _is_other(serials: Sequence[str], read: ParseResult) -> bool:
    """Return True if words are no serials each: parts or several of them, or names of computers."""
    hosts = [word for word in serials if is_host(word.rpartition("=")[2])]
    keys = [entry.serial.key for entry in read.entries]
    are_groups = len(serials) > 1 and keys == ["".join(serials).upper()]
    are_written_so = all(reason_against(word.strip(signs.AROUND)) is None for word in serials)
    are_beside = hosts and (len(hosts) < len(serials) or any("=" in word for word in hosts))
    return are_groups or bool(keys and (are_beside or not are_written_so))


def read_list(text: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the Macs that `read` finds; where it finds none, every word counts as a serial.

    A serial that stands alone is meant as it is: a person typed it, or it comes from a program.
    """
    reading = read(text, sites, builds)
    if reading.entries and len(text.split()) > 1:
        return reading
    if reading.entries:
        meant = (without_doubts(each, lost_from(each.serial.text)) for each in reading.entries)
        return replace(reading, entries=tuple(meant))
    names = Names.of(sites, builds)
    words = [word for word in _BETWEEN.split(text) if word and not names.is_known(word)]
    if words and all(map(_HAS_DIGIT.search, words)):
        return _taken(words, None, None)
    return reading


def _taken(serials: Sequence[str], site: str | None, build: str | None) -> ParseResult:
    read = [_entry(text, site, build) for text in serials]
    if any(isinstance(one, Entry) and looks_serial(one.serial.key) for one in read):
        read = [_beside_macs(one) for one in read]
    return gather(read)


def _entry(text: str, site: str | None, build: str | None) -> Item:
    text = text.strip(signs.AROUND) or text
    try:
        serial = Serial.parse(text)
    except InvalidSerial as error:
        return Rejected(text, "", error.reason)
    return with_doubt(Entry(serial, site, build), doubt_of(Serial(serial.key)))


def _beside_macs(item: Item) -> Item:
    """An item that was typed beside Macs, with a doubt where it may be the tag of one of them."""
    if isinstance(item, Rejected) or looks_serial(item.serial.key):
        return item
    is_number = others.is_counted(item.serial.key)
    return with_doubt(item, f"may be none: {COUNTED}" if is_number else OTHER_FORM)
