"""Names that stand where others of their text name a place, and are of none that is known."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

from provisioning.imports.parsing.names import Named, Names
from provisioning.imports.parsing.prose import places, sections, titles
from provisioning.imports.parsing.prose.lines import Line
from provisioning.imports.parsing.tokens.machines import machines_in
from provisioning.imports.parsing.tokens.serial_shapes import SERIAL_WORD, looks_serial
from provisioning.imports.parsing.vocabulary.headings import meaning
from provisioning.imports.parsing.vocabulary.words import known, pattern
from provisioning.values.kinds import BUILD, SITE

LONGEST = 60  # characters of a heading
MAX_FORMS = 20  # of headings in one text
FEWEST_BELOW = 2  # serials below the only known heading, where it is a name alone, without a colon
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*(?:[ /](?:[^\W\d_]|[.'’-])+){0,2}")
_SIGNS = (":", "-", "–", "—", "=")  # between a heading and the serials in its line
_GROUPS = known("group", "room", "a_room", "machine")
_ROOMS = known("room", "a_room")
_TITLED = re.compile(rf"(?:{pattern('title')})\b", re.IGNORECASE)
_OTHER = "\0"  # in place of a name of the other kind, which may be another one in the next heading

_Form: TypeAlias = tuple[str, str]  # the text before and behind the name of a place
_Found: TypeAlias = tuple[str, str | None, str | None]  # a heading, its known name, a strange one


def is_name(text: str) -> bool:
    """Return True if a text may name a place, and names no group, heading or machine."""
    is_group = all(word.casefold() in _GROUPS or places.is_filler(word) for word in _words(text))
    return may_be_name(text) and not (is_group or _TITLED.match(text))


def may_be_name(text: str) -> bool:
    """As `is_name`, also for the name of a group or a person."""
    return (
        len(text) <= LONGEST
        and _NAME.fullmatch(text) is not None
        and not all(map(places.is_filler, _words(text)))
        and not (machines_in(text) or meaning(text))
        and not (places.repeats(text) or sections.aside(text))
    )


def is_part_of_place(text: str) -> bool:
    """Return True if a name right below that of a place is one of its parts, as those after it are.

    A department or a person may as well stand between two places.
    """
    return is_name(text) or any(word.casefold() in _ROOMS for word in _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def as_places(lines: Sequence[Line], names: Names) -> Iterator[Line]:
    """Yield the lines; those that have the form of headings of sites, but a strange name, name it.

    Where none names a site, the same holds for headings of builds. Below `London:`, so does
    `Lodnon:`: its Macs are none of London's, and are asked about. One above the first Mac of a
    place is a part of that, and so are those after it; so is one that stands below several places.
    """
    if all(not (line.text and below.text) for line, below in pairwise(lines)):
        lines = [line for line in lines if line.text]  # blank ones between all mean nothing
    texts = _headings(lines)
    both = zip(lines, texts, strict=True)
    lines = [titles.titled(line, names) if text else line for line, text in both]
    kind, found = _found(lines, texts, names)
    are_parts = _are_parts(lines, found)
    departments = _departments(found)
    alone = sum(line.stands and bool(each[1]) for line, each in zip(lines, found, strict=True))
    since = FEWEST_BELOW  # serials since the last heading
    for line, (heading, place, name), is_part in zip(lines, found, are_parts, strict=True):
        is_apart = (
            alone > 1
            or since >= FEWEST_BELOW
            or heading.endswith(_SIGNS)
            or bool(places.of(heading, names))
        )
        if name and is_apart and not is_part:
            is_room = name.casefold() in departments or bool(names.places_in(name))
            is_place = is_name(name) and not is_room
            yield _headed(line, name, kind) if is_place else replace(line, parts=True)
        else:
            is_other = heading.endswith(":") and not (place or line.entries)
            is_name_of_part = is_other and may_be_name(heading.rstrip(" :"))
            yield replace(line, parts=True) if is_name_of_part else line
        is_heading = name or place
        since = len(line.entries) + (0 if is_heading else since) if line.text else FEWEST_BELOW


def _found(
    lines: Sequence[Line], texts: Sequence[str], names: Names
) -> tuple[str, Sequence[_Found]]:
    """The kind of names that head the text, and what is in the heading of each line."""
    kind, forms = SITE, _forms(lines, texts, names, SITE)
    if not forms:
        kind, forms = BUILD, _forms(lines, texts, names, BUILD)
    found = list[_Found]()
    for line, text in zip(lines, texts, strict=True):
        heading = text if text and forms else ""
        place = next(iter(_of(line, kind)), None) if heading else None
        name = _stranger(heading, forms, names, kind) if heading and not place else None
        found.append((heading, place, name))
    return kind, found


def _of(line: Line, kind: str) -> Sequence[str]:
    """The names of a kind that a line names."""
    return line.named.sites if kind == SITE else line.named.builds


def _are_parts(lines: Sequence[Line], headings: Sequence[_Found]) -> list[bool]:
    """Tell which lines stand below the name of a part of the place above, up to the next place."""
    are = [False]
    was_heading = False
    for line, (_, place, name) in zip(lines, headings, strict=True):
        begins = was_heading and name is not None and is_part_of_place(name)
        are.append(not place and (are[-1] or begins))
        was_heading = bool(place or (was_heading and line.text)) and not line.entries
    return are[1:]


def _departments(headings: Sequence[_Found]) -> set[str]:
    """The strange names that stand below several places, in one case: a department of each."""
    above: defaultdict[str, set[str]] = defaultdict(set)
    place = ""
    for _, found, name in headings:
        place = found.casefold() if found else place
        if name and place:
            above[name.casefold()].add(place)
    return {name for name, owners in above.items() if len(owners) > 1}


def _headed(line: Line, name: str, kind: str) -> Line:
    """A line whose heading names this site, or this build."""
    sites, builds = line.named.sites, line.named.builds
    named = Named((name,), builds, "") if kind == SITE else Named(sites, (name,), "")
    return replace(line, named=named, stands=not line.entries, heads=bool(line.entries))


def _forms(lines: Sequence[Line], texts: Sequence[str], names: Names, kind: str) -> list[_Form]:
    """The forms of headings that name one place for the Macs in their line, or below it."""
    forms: dict[_Form, None] = {}
    for line, text in zip(lines, texts, strict=True):
        is_heading = (line.stands or line.heads) and len(_of(line, kind)) == 1
        heading = _without_others(text, names, kind) if text and is_heading else ""
        found = [place for place in names.places_in(heading) if place.is_site == (kind == SITE)]
        if len(found) == 1 and len(forms) < MAX_FORMS:
            forms[heading[: found[0].start].casefold(), heading[found[0].end :].casefold()] = None
    return [*forms]


def _headings(lines: Sequence[Line]) -> list[str]:
    """The texts of lines that may be headings: with a sign at the end, or right above serials.

    A name alone in its line may also stand above another heading.
    """
    texts, may, has_below = list[str](), False, False
    for line in reversed(lines):
        has_sign = line.text.rstrip(" *_").endswith(_SIGNS)
        may = bool(line.entries) or has_sign or has_below or (line.stands and may)
        texts.append(_heading(line) if may else "")
        has_below = bool(line.entries) if line.text else has_below
    return texts[::-1]


def _heading(line: Line) -> str:
    """The text of a line, or what stands in it before a sign and the first serial; else nothing."""
    text = line.text
    if line.entries:
        serial = next((m for m in SERIAL_WORD.finditer(text) if looks_serial(m[0])), None)
        text = text[: serial.start()].rstrip() if serial else ""
        text = text if text.endswith(_SIGNS) else ""
    text = " ".join(text.strip(" *_#>\t•|").rstrip(" .!,;|").split())
    return text if len(text) <= LONGEST else ""


def _stranger(heading: str, forms: Sequence[_Form], names: Names, kind: str) -> str | None:
    """The name of no place in a heading that has the form of those of places."""
    heading = _without_others(heading, names, kind)
    for before, behind in forms:
        end = max(0, len(heading) - len(behind))
        name = heading[len(before) : end].strip()
        is_so = heading[: len(before)].casefold() == before and heading[end:].casefold() == behind
        if is_so and may_be_name(name):
            return name
    return None


def _without_others(heading: str, names: Names, kind: str) -> str:
    """A heading with one sign for each name of the other kind in it."""
    for start, end, _, is_site in reversed(places.of(heading, names)):
        if is_site != (kind == SITE):
            heading = f"{heading[:start]}{_OTHER}{heading[end:]}"
    return heading
