"""A parser of texts as people paste and type them: answers of programs, pages, lists, commands."""

import re
from collections.abc import Callable, Iterable, Sequence
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
from provisioning.imports.parsing.names import KnownNames, Named, Names
from provisioning.imports.parsing.prose import places
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
_WORD = re.compile(r"[^\s,;]*\w[^\s,;]*")
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
    is_known = any(map(names.is_site, site)) or any(map(names.is_build, build))
    is_listed = bool(serials) and all(map(_HAS_DIGIT.search, serials))
    if is_known and is_listed and not {"\n", "?"} & {*text.strip()}:
        read_freely = read(text, sites, builds)
        if _is_other(serials, read_freely):
            return read_freely
        return _taken((serial, Named(site, build, "")) for serial in serials)
    return read_list(text, sites, builds)


def _named(
    word: str | None, is_known: Callable[[str], bool], completed: Callable[[str], str]
) -> tuple[str, ...]:
    """A typed name, if there is one: as the repo has it where it is known, without its brackets."""
    if not word:
        return ()
    bare = word.strip(signs.AROUND)
    return (completed(bare) if is_known(bare) else word,)


def _is_other(serials: Sequence[str], read: ParseResult) -> bool:
    """Return True if words are no serials each: parts or several of them, or names of computers."""
    hosts = [word for word in serials if is_host(word.rpartition("=")[2])]
    keys = [entry.serial.key for entry in read.entries]
    are_groups = len(serials) > 1 and keys == ["".join(serials).upper()]
    are_written_so = all(reason_against(word.strip(signs.AROUND)) is None for word in serials)
    are_beside = hosts and (len(hosts) < len(serials) or any("=" in word for word in hosts))
    return are_groups or bool(keys and (are_beside or not are_written_so))


def read_list(text: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the Macs that `read` finds; where it finds none, every word but names is a serial.

    A serial that stands alone is meant as it is: a person typed it, or it comes from a program.
    """
    reading = read(text, sites, builds)
    if reading.entries and len(text.split()) > 1:
        return reading
    if reading.entries:
        meant = (without_doubts(each, lost_from(each.serial.text)) for each in reading.entries)
        return replace(reading, entries=tuple(meant))
    taken = _placed(text, Names.of(sites, builds))
    if taken and all(_HAS_DIGIT.search(word) for word, _ in taken):
        return _taken(taken)
    return reading


def _placed(text: str, names: Names) -> list[tuple[str, Named]]:
    """Return each word of lines that is no name, with what its line names.

    A line of names alone holds for the lines below it, where the text begins so, and a single such
    line for all of them.
    """
    found: list[tuple[str, Named, int]] = []
    headings: list[Named] = []
    for line in text.splitlines():
        here = names.places_in(line)
        words = _WORD.findall(places.without(line, here))
        if here and not words:
            headings.append(places.named_in(here))
        found += [(word, places.named_in(here), len(headings)) for word in words]
    if len(headings) > 1 and not all(above for _, _, above in found):
        headings = []  # it may be that each stands below its Macs
    return [
        (word, _within(named, headings[max(above, 1) - 1]) if headings else named)
        for word, named, above in found
    ]


def _within(named: Named, heading: Named) -> Named:
    """The names of a line, and those of its heading for what the line leaves out."""
    return Named(named.sites or heading.sites, named.builds or heading.builds, "")


def _taken(serials: Iterable[tuple[str, Named]]) -> ParseResult:
    read = [_entry(text, named) for text, named in serials]
    if any(isinstance(one, Entry) and looks_serial(one.serial.key) for one in read):
        read = [_beside_macs(one) for one in read]
    return gather(read)


def _entry(text: str, named: Named) -> Item:
    text = text.strip(signs.AROUND) or text
    try:
        serial = Serial.parse(text)
    except InvalidSerial as error:
        return Rejected(text, "", error.reason)
    entry = with_doubt(Entry(serial), doubt_of(Serial(serial.key)))
    if several := places.several(named):
        return with_doubt(entry, several)
    return replace(entry, site=named.site, build=named.build)


def _beside_macs(item: Item) -> Item:
    """An item that was typed beside Macs, with a doubt where it may be the tag of one of them."""
    if isinstance(item, Rejected) or looks_serial(item.serial.key):
        return item
    is_number = others.is_counted(item.serial.key)
    return with_doubt(item, f"may be none: {COUNTED}" if is_number else OTHER_FORM)
