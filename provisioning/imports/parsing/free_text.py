"""A parser of pasted texts: lists, lines of a spreadsheet, packing slips, mails, scanner output."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from infrastructure.text import normalize
from provisioning.imports.parsing import words as tokens
from provisioning.imports.parsing.columns import count_serials, find_columns
from provisioning.imports.parsing.entries import Entry, ParseResult, Rejected, gather, with_doubt
from provisioning.imports.parsing.names import KnownNames, Named, Names
from provisioning.imports.parsing.rows import Placed, read_rows
from provisioning.imports.parsing.serial_shapes import doubt_of
from provisioning.values.kinds import BUILD, SITE
from provisioning.values.serials import InvalidSerial, Serial

_LINK = re.compile(r"<(?:https?|mailto|tel|ftp):[^<>|]{0,2000}\|([^<>]{0,2000})>")
_MENTION = re.compile(r"<[@#!][^<>]{0,200}>")
_UNSEEN = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff\ue000-\uf8ff]"
)
_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANK = re.compile(r"[^\S\t\n]")
_QUOTES = re.compile("[`\"'´‘’‚‛“”„‟«»‹›–—―…•·]")
_BETWEEN = re.compile(r"[\s,;]+")
_HAS_DIGIT = re.compile(r"\d")
# Words that may stand beside the names in a line that is about all the Macs.
_FILLER_WORDS = (
    "site build location office standort role type profile for to in at as the and with all both "
    "für nach pour please go goes going are is these they mac macs register"
)
_FILLERS = frozenset(_FILLER_WORDS.split())


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was read; `stands` for one with names only, which hold for other lines."""

    entries: tuple[Entry, ...]
    rejected: tuple[Rejected, ...]
    named: Named
    stands: bool


def read(text: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the serials in any text, with the sites and builds that it names for them.

    A name belongs to the serials in its line. A name alone in a line is a heading for the serials
    below it; a single heading, or a name at the end of the text, holds for all. Texts that are
    nearly serials get a doubt or are rejected. Raises nothing.
    """
    lines = plain(text).split("\n")
    return read_lines(
        [(f"line {n}", line) for n, line in enumerate(lines, start=1) if line.strip()],
        Names.of(sites, builds),
    )


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
    site, build = typed.get(SITE), typed.get(BUILD)
    is_known = names.is_site(site or "") or names.is_build(build or "")
    is_listed = bool(serials) and all(map(_HAS_DIGIT.search, serials))
    if is_known and is_listed and "\n" not in text.strip():
        return _taken(serials, site, build)
    return read_list(text, sites, builds)


def read_list(text: str, sites: KnownNames = (), builds: KnownNames = ()) -> ParseResult:
    """Return the Macs that `read` finds; where it finds none, every word counts as a serial."""
    reading = read(text, sites, builds)
    if reading.entries:
        return reading
    names = Names.of(sites, builds)
    words = [word for word in _BETWEEN.split(text) if word and not names.is_known(word)]
    if words and all(map(_HAS_DIGIT.search, words)):
        return _taken(words, None, None)
    return reading


def read_lines(lines: Sequence[tuple[str, str]], names: Names) -> ParseResult:
    """Return the serials in lines of plain text, each with its place; none of them is empty."""
    as_table = _read_table(lines, names)
    if as_table is not None:
        return as_table
    read = [_read_line(where, line, names, sole=len(lines) == 1) for where, line in lines]
    entries = _told(read, _ending(lines[-1][1], read[-1], names) if lines else None)
    return gather(entries, (rejected for line in read for rejected in line.rejected))


def plain(text: str) -> str:
    """Return `text` as lines of words: without Slack's mark-up, invisible characters and quotes.

    Tabs and line feeds stay, every other white space is a space.
    """
    text = _MENTION.sub(" ", _LINK.sub(r"\1", text))
    text = _UNSEEN.sub("", html.unescape(text))
    return _QUOTES.sub(" ", _BLANK.sub(" ", _BREAK.sub("\n", text)))


def _read_table(lines: Sequence[tuple[str, str]], names: Names) -> ParseResult | None:
    """The Macs in columns copied from a spreadsheet, None where the tabs only separate serials."""
    if 2 * sum("\t" in line for _, line in lines) < max(1, len(lines)):
        return None
    rows: list[Placed] = [
        (where, [cell.strip() for cell in line.split("\t")]) for where, line in lines
    ]
    if find_columns([cells for _, cells in rows], names).headings is None:
        count = max(count_serials(cells) for _, cells in rows)
        if count != 1:
            return None
    return read_rows(rows, names)


def _read_line(where: str, line: str, names: Names, *, sole: bool) -> Line:
    named = names.named_in(line)
    words = tokens.words(named.rest)
    if sole and len(words) == 1 and tokens.OTHER not in words[0]:
        words = [tokens.SERIAL + words[0]]  # a text of one word is meant to be a serial
    alone = tokens.may_be_alone(words)
    judged = [tokens.judge(word, where, alone=alone) for word in words]
    doubt = _several(named)
    entries = [
        with_doubt(replace(item, site=named.site, build=named.build), doubt)
        for item in judged
        if isinstance(item, Entry)
    ]
    stands = not entries and all(word.strip(".!-+=_").casefold() in _FILLERS for word in words)
    rejected = tuple(item for item in judged if isinstance(item, Rejected))
    return Line(tuple(entries), rejected, named, stands)


def _several(named: Named) -> str | None:
    """A doubt where the line of an entry names more than one site, or build."""
    for kind, names in (("sites", named.sites), ("builds", named.builds)):
        if len(names) > 1:
            return f"stands in a line that names {len(names)} {kind}: {' and '.join(names)}"
    return None


def _told(lines: Sequence[Line], ending: Named | None) -> Iterable[Entry]:
    """The entries, with the names from headings and from the end of the text."""
    standing = [line.named for line in lines if line.stands]
    ends = [ending] if ending else []
    site = _common(name for one in (*standing, *ends) for name in one.sites)
    build = _common(name for one in (*standing, *ends) for name in one.builds)
    headed = _is_headed(lines)
    for line in lines:
        if line.stands and headed:
            site, build = line.named.site or site, line.named.build or build
        for entry in line.entries:
            yield replace(entry, site=entry.site or site, build=entry.build or build)


def _common(names: Iterable[str]) -> str | None:
    """The one name among `names`, in any case; None where there are several."""
    names_by_key = {normalize(name): name for name in names}
    return next(iter(names_by_key.values())) if len(names_by_key) == 1 else None


def _is_headed(lines: Sequence[Line]) -> bool:
    """Tell if a heading stands above the first serial, so that headings hold for lines below."""
    first = next(
        (
            line
            for line in lines
            if line.entries or (line.stands and (line.named.sites or line.named.builds))
        ),
        None,
    )
    return first is not None and first.stands


def _ending(text: str, line: Line, names: Names) -> Named | None:
    """Return the names at the end of the whole text, after its last serial."""
    if not line.entries:
        return None
    last = line.entries[-1].serial.text
    behind = re.split(re.escape(last), text, flags=re.IGNORECASE)[-1]
    return names.named_in(behind)


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
