"""A reader of the lines of texts: tables first, then lists with headings, then prose."""

import re
from collections.abc import Sequence
from dataclasses import replace

from infrastructure.text import normalize
from provisioning.imports.parsing.entries import (
    Entry,
    Item,
    ParseResult,
    Rejected,
    gather,
    with_doubt,
)
from provisioning.imports.parsing.grids.blocks import Lines, Placed
from provisioning.imports.parsing.grids.layouts import tables_in
from provisioning.imports.parsing.grids.records import records_at
from provisioning.imports.parsing.grids.remarks import COMMENTED, commented_serials
from provisioning.imports.parsing.grids.rows import read_rows
from provisioning.imports.parsing.grids.sections import SectionPlace
from provisioning.imports.parsing.names import Named, Names
from provisioning.imports.parsing.prose import (
    clauses,
    paragraphs,
    places,
    sections,
    sentences,
    strangers,
)
from provisioning.imports.parsing.prose.lines import (
    Line,
    common_place,
    ending_of,
    in_signature,
    told,
    unsigned,
)
from provisioning.imports.parsing.prose.reader import Reader
from provisioning.imports.parsing.prose.topics import closings
from provisioning.imports.parsing.tokens import labels, signs
from provisioning.imports.parsing.tokens.cells import short_doubted
from provisioning.imports.parsing.tokens.serial_shapes import SCANNED, serials_in
from provisioning.imports.parsing.vocabulary.headings import ColumnKind, meaning, rank
from provisioning.imports.parsing.vocabulary.words import pattern, whole

_SAME_CELL = re.compile(r'(?<![^\t])"(?![^\t])')  # a cell that holds one quotation mark
SENTENCE = 3  # words of a line that is more than a name
LONGEST_TOLD = 60  # characters of a line in a doubt
_FILES = re.compile(rf"{whole(pattern('attached'))},?", re.IGNORECASE)
_HERE = Named((), (), "")
_BLANK_LINE = Line((), _HERE)
# Other codes of a label that a scanner read: Apple's part number behind 1P, a product's number.
_OTHER_CODES = re.compile(r"(?<![A-Za-z0-9])(?:1P[A-Z0-9]{5,}|\(1P\)|0?\d{12,13})(?![A-Za-z0-9])")


def read(text: str, names: Names) -> ParseResult:
    """Return the serials in a text, each with its place, as `read_lines` does."""
    lines = signs.bare(text).split("\n")
    lines = [_SAME_CELL.sub("〃", line) if "\t" in line else line for line in lines]
    return read_lines([(f"line {n}", line) for n, line in enumerate(lines, start=1)], names)


def are_lines(rows: Sequence[Placed], names: Names) -> bool:
    """Return True if the rows of a file are lines, and no table.

    That is fields below each other, `Serial: …` above `Site: …`, or one column that ends with a
    place and does not begin with one, as it does where each stands below its Macs.
    """
    lines = [(where, "".join(cells)) for where, cells in rows]
    if records_at(lines, 0):
        return True
    said = [line for _, line in lines if line]
    are_places = [names.only_named_in(line) is not None for line in (*said[:1], *said[-1:])]
    return are_places == [False, True] and all(sum(map(bool, cells)) <= 1 for _, cells in rows)


def place_of(text: str, names: Names) -> SectionPlace:
    """Return the place that a mail names for the Macs in a file with it, such as `list for London`.

    None where another line names another. A name almost alone in its line may be that of its
    writer's office, but not behind a word such as *for*, or a label that is in no signature.
    """
    reader, said = Reader(names), list[Line]()
    lines = signs.bare(text).split("\n")
    for line, is_signed in zip(lines, in_signature(lines), strict=True):
        label = line.partition(":")[0]
        # In a signature `Office: …` is the writer's.
        is_labelled = meaning(label) in (ColumnKind.SITE, ColumnKind.BUILD)
        is_labelled = is_labelled and (rank(label) == 0 or not is_signed)
        if len(line.split()) >= SENTENCE or is_labelled or places.directs(line):
            # Not *attached is what our London office sent*.
            starts = [place.start for place in names.places_in(line)]
            is_told = any(places.TOWARDS.search(line[:start]) for start in starts)
            bare = _FILES.sub(" ", line) if is_told else line
            said.append(reader.read("", signs.QUOTES.sub(" ", bare)))
    standing = common_place([line.named for line in said if line.stands])
    named = common_place([line.named for line in said])
    return SectionPlace(*(a if a == b else None for a, b in zip(standing, named, strict=True)))


def read_lines(lines: Lines, names: Names, place: SectionPlace | None = None) -> ParseResult:
    """Return the serials in lines of text, each with its place; `signs.bare` has made them.

    `place` holds for the Macs that name none.
    """
    place = place or SectionPlace()
    return without_letter(placed(_mixed(lines, names), place), " ".join(line for _, line in lines))


def without_letter(result: ParseResult, text: str) -> ParseResult:
    """Return the result without the doubt about an S where `text` shows that a scanner wrote it."""
    are_scanned = [entry.doubt == SCANNED for entry in result.entries]
    if not any(are_scanned) or not _OTHER_CODES.search(text):
        return result
    both = zip(result.entries, are_scanned, strict=True)
    entries = (replace(entry, doubt=None) if is_scanned else entry for entry, is_scanned in both)
    return ParseResult(tuple(entries), result.rejected)


def _mixed(lines: Lines, names: Names) -> ParseResult:
    """The Macs in tables, and in the lines between them."""
    texts = [line for _, line in lines]
    reader, closing = Reader(names), closings(texts)
    tables = {table.start: table for table in tables_in(lines, names)}
    held = [number for number, line in enumerate(texts) if serials_in(line)]
    items = paragraphs.items(texts, held)
    commented = commented_serials(texts, held)
    sole = sum(bool(line.strip()) for line in texts) == 1
    said: list[Line] = []
    spoken: list[tuple[str, str]] = []
    rejected: list[Item] = []
    end = 0  # of the last table or item
    for at, (where, line) in enumerate(lines):
        if at < end:
            continue
        table = tables.get(at)
        above = reader.machine if at and texts[at - 1].strip() else None
        place = SectionPlace(machine=closing.get(at, (above,))[0])
        result = read_rows(table.rows, names, place) if table else None
        if table and result and (result.entries or result.rejected):
            end = table.end
            doubted = tuple(with_doubt(entry, reader.doubt) for entry in result.entries)
            reader.go_on()
            said.append(Line(doubted, _HERE, text=line))
            rejected += result.rejected
        elif line.strip():
            end, whole = items.get(at, (end, line))
            for part in clauses.parts(whole, names, is_only=held == [at]):
                text = signs.QUOTES.sub(" ", labels.quoted_whole(part))
                spoken.append((where, text))
                heard = reader.read(where, text, sole=sole, closing=closing.get(at))
                said.append(heard.doubted(COMMENTED) if at in commented else heard)
        elif said and said[-1] is not _BLANK_LINE:
            said.append(_BLANK_LINE)
    return _told_of(said, spoken, rejected, names)


def _told_of(
    said: Sequence[Line],
    spoken: Sequence[tuple[str, str]],
    rejected: Sequence[Item],
    names: Names,
) -> ParseResult:
    """The Macs in what lines and tables said, in their order; `spoken` are the lines alone."""
    said = unsigned(said)
    silent = (at for at, line in enumerate(said) if not line.items)
    end = max((at for at in silent if sections.takes_back(said[at].text)), default=0)
    said = [*(line.doubted(_meant_by(said[end].text)) for line in said[:end]), *said[end:]]
    ending = bracketed = None
    ends_with = next((line for line in reversed(said) if line.text), None)
    keys = [entry.serial.key for line in said for entry in line.entries]
    is_said_again = keys.count(keys[-1]) > 1 if keys else False
    if spoken and ends_with and ends_with.named is not _HERE and not is_said_again:
        ending, bracketed = ending_of(spoken[-1][1], ends_with, names)
    read = [*strangers.as_places(paragraphs.headed(said, names), names)]
    broken = list(sentences.wrapped(spoken))
    halves = {half for _, both in broken for half in both}
    whole = [entry for entry in told(read, ending, bracketed) if entry.serial.text not in halves]
    if (line := _about_some(said)) is not None:
        whole = [with_doubt(entry, _meant_by(line)) for entry in whole]
    end = max((at for at, line in enumerate(said) if line.entries), default=len(said)) + 1
    below = [line.text for line in said[end:]]
    site, build = common_place([line.named for line in read])
    joined = [replace(entry, site=site, build=build) for entry, _ in broken]
    entries = [*_contradicted(whole, below, names), *joined]
    found = (item for line in read for item in line.items if isinstance(item, Rejected))
    return gather([*short_doubted([*entries]), *rejected, *found])


def _about_some(said: Sequence[Line]) -> str | None:
    """The last line that names a place for some of the Macs in others; it heads none below it.

    Or for some of its own, which stand before what it says of them.
    """
    may_head = False
    for line in reversed(said):
        may_head = may_head or bool(line.entries)
        is_other = not (line.items or (line.stands and may_head))
        is_named = line.named.sites or line.named.builds
        macs = [] if places.several(line.named) else line.entries
        own = line.text.upper().rpartition(macs[-1].serial.key)[2] if len(macs) > 1 else ""
        if is_named and clauses.is_about_some(line.text if is_other else own):
            return line.text
    return None


def _contradicted(macs: Sequence[Entry], below: Sequence[str], names: Names) -> Sequence[Entry]:
    """The Macs, in doubt by the last line below them that names a place which none of them has.

    Such as `no, all to Berlin`. Signatures, and what else is said of a place, are none.
    """
    had = {normalize(name) for mac in macs for name in (mac.site, mac.build) if name}
    for text in reversed(below):
        named = places.named_anew(text, names)
        sites, builds = named.sites, named.builds
        if not had.issuperset(map(normalize, (*sites, *builds))):
            are_meant = [(sites and mac.site) or (builds and mac.build) for mac in macs]
            both = zip(macs, are_meant, strict=True)
            return [
                with_doubt(mac, _meant_by(text) if is_meant else None) for mac, is_meant in both
            ]
    return macs


def _meant_by(text: str) -> str:
    return f"may be meant by the line {' '.join(text.replace(';', ',').split())[:LONGEST_TOLD]!r}"


def placed(result: ParseResult, place: SectionPlace) -> ParseResult:
    """Return the result with a place for the Macs that name none."""
    if not (place.site or place.build):
        return result
    entries = (
        replace(each, site=each.site or place.site, build=each.build or place.build)
        for each in result.entries
    )
    return ParseResult(tuple(entries), result.rejected)
