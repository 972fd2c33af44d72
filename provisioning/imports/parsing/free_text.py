"""A parser of texts as people paste them: tables first, then lists with headings, then prose."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from provisioning.imports.parsing.entries import (
    Entry,
    ParseResult,
    Rejected,
    gather,
    with_doubt,
    without_doubts,
)
from provisioning.imports.parsing.formats import pages
from provisioning.imports.parsing.formats.objects import rows_of
from provisioning.imports.parsing.grids.blocks import Lines, Placed, Table
from provisioning.imports.parsing.grids.columns import find_columns
from provisioning.imports.parsing.grids.heads import Head
from provisioning.imports.parsing.grids.layouts import tables_in, turned
from provisioning.imports.parsing.grids.remarks import (
    COMMENTED,
    commented_serials,
    lines_with_serials,
)
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.grids.sections import MOST_BESIDE, SectionPlace
from provisioning.imports.parsing.names import KnownNames, Named, Names
from provisioning.imports.parsing.prose import clauses, sentences, strangers
from provisioning.imports.parsing.prose.lines import Line, bracketed_in, ending_of, placed, told
from provisioning.imports.parsing.prose.reader import Reader
from provisioning.imports.parsing.prose.topics import closings
from provisioning.imports.parsing.scanners import without_letter
from provisioning.imports.parsing.serial_shapes import (
    count_serials,
    doubt_of,
    looks_serial,
    lost_from,
    reason_against,
)
from provisioning.imports.parsing.tokens import labels, signs
from provisioning.imports.parsing.tokens.computer_names import is_host
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.serials import InvalidSerial, Serial

_MARKED_UP = re.compile(r"\s*<[?!a-zA-Z](?=[^<]*<)[\s\S]*</\w+>\s*$")  # HTML or XML
_QUOTES = re.compile("[`\"'´‘’‚‛“”„‟«»‹›–—―…•·]")
_BETWEEN = re.compile(r"[\s,;]+")
_SAME_CELL = re.compile(r'(?<![^\t])"(?![^\t])')  # a cell that holds one quotation mark
_HAS_DIGIT = re.compile(r"\d")
AROUND = "()[]{}<>«»「」.,;:!?"  # a serial that is typed
LONGEST_TOLD = 60  # characters of a line in a doubt
_HERE = Named((), (), "")
_BLANK_LINE: strangers.Said = ("", Line((), _HERE))


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
    lines = enumerate(signs.bare(text).split("\n"), start=1)
    return read_lines([(f"line {n}", line) for n, line in lines], names)


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
    if is_known and is_listed and "\n" not in text.strip():
        read_freely = read(text, sites, builds)
        return read_freely if _is_other(serials, read_freely) else _taken(serials, site, build)
    return read_list(text, sites, builds)


def _named(
    word: str | None, is_known: Callable[[str], bool], completed: Callable[[str], str]
) -> str | None:
    """A typed name: as the repo has it where it is known, without the brackets around it."""
    bare = word.strip(AROUND) if word else ""
    return completed(bare) if is_known(bare) else word


def _is_other(serials: Sequence[str], read: ParseResult) -> bool:
    """Return True if words are no serials each: parts or several of them, or names of computers."""
    hosts = [word for word in serials if is_host(word.rpartition("=")[2])]
    keys = [entry.serial.key for entry in read.entries]
    are_groups = len(serials) > 1 and keys == ["".join(serials).upper()]
    are_written_so = all(reason_against(word.strip(AROUND)) is None for word in serials)
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


def read_lines(lines: Lines, names: Names, place: SectionPlace | None = None) -> ParseResult:
    """Return the serials in lines of text, each with its place; `signs.bare` has made them.

    `place` holds for the Macs that name none.
    """
    place = place or SectionPlace()
    whole = _pasted_columns(lines, names)
    read = whole if whole is not None else _mixed(lines, names)
    return without_letter(_placed(read, place), " ".join(line for _, line in lines))


def _mixed(lines: Lines, names: Names) -> ParseResult:
    """The Macs in tables, and in the lines between them."""
    texts = [line for _, line in lines]
    reader, closing = Reader(names), closings(texts)
    tables = {table.start: table for table in tables_in(lines, names)}
    held = lines_with_serials(texts)
    commented = commented_serials(texts, held)
    sole = sum(bool(line.strip()) for line in texts) == 1
    said: list[strangers.Said] = []
    spoken: list[tuple[str, str]] = []
    rejected: list[Rejected] = []
    end = 0  # of the last table
    for at, (where, line) in enumerate(lines):
        if at < end:
            continue
        table = tables.get(at)
        above = reader.machine if at and texts[at - 1].strip() else None
        result = _in_table(table, names, closing.get(at, (above,))[0]) if table else None
        if table and result:
            end = table.end
            doubted = tuple(with_doubt(entry, reader.doubt) for entry in result.entries)
            said.append((line, Line(doubted, _HERE)))
            rejected += result.rejected
        elif line.strip():
            parts = [line] if held == [at] else clauses.apart(line, names)
            for part in clauses.excepted(line, names) or parts:
                text = _QUOTES.sub(" ", labels.quoted_whole(part))
                spoken.append((where, text))
                heard = reader.read(where, text, sole=sole, closing=closing.get(at))
                said.append((text, heard.doubted(COMMENTED) if at in commented else heard))
        elif said and said[-1] is not _BLANK_LINE:
            said.append(_BLANK_LINE)
    return _told_of(said, spoken, rejected, names)


def _in_table(table: Table, names: Names, machine: str | None) -> ParseResult | None:
    """The Macs in a table below the heading of a machine; None where it holds no Mac."""
    rows = turned(table.rows) or table.rows
    result = read_rows(rows, names, SectionPlace(machine=machine))
    return result if result and result.entries else None


def _told_of(
    said: Sequence[strangers.Said],
    spoken: Sequence[tuple[str, str]],
    rejected: Sequence[Rejected],
    names: Names,
) -> ParseResult:
    """The Macs in what lines and tables said, in their order; `spoken` are the lines alone."""
    ending = bracketed = None
    ends_with = next((one for text, one in reversed(said) if text), None)
    if spoken and ends_with and ends_with.named is not _HERE:
        last = spoken[-1][1]
        ending = ending_of(last, ends_with, names)
        bracketed = bracketed_in(last, ends_with, names)
    read = [*strangers.as_places(said, names)]
    broken = list(sentences.wrapped(spoken))
    halves = {half for _, both in broken for half in both}
    whole = [entry for entry in told(read, ending, bracketed) if entry.serial.text not in halves]
    if (line := _about_some(said)) is not None:
        whole = [with_doubt(entry, f"may be meant by the line {line!r}") for entry in whole]
    entries = [*whole, *placed(read, (entry for entry, _ in broken))]
    found = (item for line in read for item in line.items if isinstance(item, Rejected))
    return gather(entries, [*rejected, *found])


def _about_some(said: Sequence[strangers.Said]) -> str | None:
    """The last line that names a place for some of the Macs in others; it heads none below it."""
    may_head = False
    for text, line in reversed(said):
        may_head = may_head or bool(line.entries)
        is_other = not (line.items or (line.stands and may_head))
        is_named = line.named.sites or line.named.builds
        if is_other and is_named and clauses.is_about_some(text):
            return " ".join(text.replace(";", ",").split())[:LONGEST_TOLD]
    return None


def _pasted_columns(lines: Lines, names: Names) -> ParseResult | None:
    """The Macs in columns copied from a spreadsheet, None where the tabs only separate serials."""
    used: Lines = [(where, line) for where, line in lines if line.strip()]
    if 2 * sum("\t" in line for _, line in used) < max(1, len(used)):
        return None
    above, used = _above(used, names)
    closing = _closing(used, names)
    rows = _split_at_tabs(used[:-1] if closing else used)
    rows = turned(rows) or rows
    cells = [row for _, row in rows]
    if not Head.of(cells, names).is_known and max(map(count_serials, cells)) != 1:
        return None
    if not find_columns(cells, names).groups:
        return None
    result = read_rows(rows, names, above)
    return _placed(result, closing) if result and closing else result


def _above(lines: Lines, names: Names) -> tuple[SectionPlace, Lines]:
    """The place that sentences above columns name for all rows, and the lines without these."""
    first = next(number for number, (_, line) in enumerate(lines) if "\t" in line)
    reader, place, kept = Reader(names), SectionPlace(), list[tuple[str, str]]()
    for where, line in lines[:first]:
        read = reader.read(where, _QUOTES.sub(" ", line))
        is_one = len(read.named.sites) <= 1 and len(read.named.builds) <= 1
        if read.stands and is_one:
            place = SectionPlace(read.named.site or place.site, read.named.build or place.build)
        elif read.items or read.named.sites or read.named.builds:
            kept.append((where, line))
    return place, [*kept, *lines[first:]]


def _closing(lines: Lines, names: Names) -> SectionPlace | None:
    """The place that the line below columns names for all of them; None where it says more."""
    text = lines[-1][1] if len(lines) > 1 else "\t"
    named = names.named_in(text)
    words = re.findall(r"\w+", named.rest)
    is_one = len(named.sites) <= 1 and len(named.builds) <= 1 and (named.sites or named.builds)
    if "\t" in text or not is_one or len(words) > MOST_BESIDE or any(map(looks_serial, words)):
        return None
    return SectionPlace(named.site, named.build)


def _split_at_tabs(lines: Lines) -> list[Placed]:
    """The rows of lines, of which a quoted cell may take several."""
    lines = [(where, _SAME_CELL.sub("〃", line)) for where, line in lines]
    if not any(line.count('"') % 2 for _, line in lines):
        return [(where, [cell.strip() for cell in line.split("\t")]) for where, line in lines]
    reader = csv.reader((f"{line}\n" for _, line in lines), delimiter="\t")
    rows: list[Placed] = []
    begun = 0
    for cells in reader:
        rows.append((lines[begun][0], [cell.strip() for cell in cells]))
        begun = min(reader.line_num, len(lines) - 1)
    return rows


def _placed(result: ParseResult, place: SectionPlace) -> ParseResult:
    if not (place.site or place.build):
        return result
    entries = (
        replace(each, site=each.site or place.site, build=each.build or place.build)
        for each in result.entries
    )
    return ParseResult(tuple(entries), result.rejected)


def _taken(serials: Sequence[str], site: str | None, build: str | None) -> ParseResult:
    read = [_entry(text, site, build) for text in serials]
    return gather(
        (one for one in read if isinstance(one, Entry)),
        (one for one in read if isinstance(one, Rejected)),
    )


def _entry(text: str, site: str | None, build: str | None) -> Entry | Rejected:
    text = text.strip(AROUND) or text
    try:
        serial = Serial.parse(text)
    except InvalidSerial as error:
        return Rejected(text, "", error.reason)
    return with_doubt(Entry(serial, site, build), doubt_of(Serial(serial.key)))
