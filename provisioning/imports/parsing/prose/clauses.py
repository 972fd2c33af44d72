"""Clauses of a line that are about other Macs than its own: “the rest to London”."""

import re
from collections import Counter

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import sections
from provisioning.imports.parsing.tokens.serial_shapes import serials_in
from provisioning.imports.parsing.vocabulary.words import pattern

# Before the words for all other Macs, or for one that is none of those before.
_REST = re.compile(
    r"(?<![\s,;.(])[\s,;.(]+(?:(?:and|but|und|aber|et|mais|y|pero|e|en)\s)?(?=(?:(?:the|all|der|die|alle|le|les|el|los|il|gli"
    r"|de)\s)?(?:rest|others|remaining|übrigen|anderen|autres|reste|resto|demás|altri|overige"
    rf"|{pattern('except')})\b)",
    re.IGNORECASE,
)
# Of some Macs above: “the second one is a kiosk”, and also a number of them.
_ORDINAL = (
    r"first|second|third|last|other|erste[nrs]?|zweite[nrs]?|dritte[nrs]?|letzte[nrs]?|andere[nrs]?|premi[eè]re?s?|deuxi[eè]me"
    r"|seconde?|derni[eè]re?s?|autres?|primei?r[oa]s?|segund[oa]s?|[uú]ltim[oa]s?|otr[oa]s?|(?:prim|second|ultim|altr)[oaie]"
    r"|eerste|tweede|laatste"
)
_SOME_OF = re.compile(  # and not of other things: “the first delivery is from Berlin”
    rf"\b(?:{_ORDINAL})\s(?:(?:one|two|three|half|mac|soll|gerät)\w*"
    r"|of(?! (?:two|three|four|\d))|is|are|goes?|should|ist|sind"
    rf"|geht|gehen|est|sont|é|são|vai|vão|vas?|vont|es|son|van|è|sono|vanno|zijn|gaat|gaan|{pattern('towards')})\b",
    re.IGNORECASE,
)
_SOME = re.compile(rf"\b(?:{_ORDINAL}|half|two|three|zwei|drei)\b", re.IGNORECASE)
_LAST = re.compile(r"(?<=[.!?])\s+(?=[^.!?]*[.!?:]?\s*$)")  # before the last sentence
LONGEST_SENTENCE = 1_000  # characters of a line that is looked at for them


def parts(line: str, names: Names, *, is_only: bool) -> list[str]:
    """Return the parts of a line that are about other Macs each; `is_only`: it alone has serials.

    Its last sentence is one if it takes back the others, or is a heading: `… London. For Berlin:`.
    """
    match = _LAST.search(line) if len(line) <= LONGEST_SENTENCE else None
    halves = [line[: match.start()], line[match.end() :]] if match else [line]
    is_heading = line.endswith(":") and not serials_in(line) and all(map(names.places_in, halves))
    halves = halves if match and (is_heading or sections.takes_back(halves[-1])) else [line]
    split_up = said_twice if is_only else apart
    return [part for half in halves for part in excepted(half, names) or split_up(half, names)]


def apart(line: str, names: Names) -> list[str]:
    """Return a line in parts where it names a place for its serials, and one for those of others.

    Such as `C02… berlin, the rest london`, and `All to london except C02…, which is for berlin`;
    the rest may not be some of its own serials, as where it speaks of the first three.
    """
    match = _REST.search(line) if len(line) <= LONGEST_SENTENCE else None
    if match is None or _SOME.search(line):
        return said_twice(line, names)
    halves = [line[: match.start()], line[match.end() :]]
    are_named = all(names.places_in(half) for half in halves)
    held = [bool(serials_in(half)) for half in halves]
    return halves if are_named and any(held) and not all(held) else [line]


def said_twice(line: str, names: Names) -> list[str]:
    """Return a line in parts where it names a place for its serials, then one for one of them.

    Such as `C02… and C03… for london, and C03… is a kiosk`.
    """
    said = Counter(serials_in(line))
    again = next((text for text, times in said.items() if times > 1), "")
    halves = [line[: line.rfind(again)], line[line.rfind(again) :]]
    return halves if again and all(names.places_in(half) for half in halves) else [line]


def excepted(line: str, names: Names) -> list[str] | None:
    """Return a line in two parts where it excepts some serials before it lists all; else None.

    Such as `All to london except C02…, which is for berlin: C02…, C03…`.
    """
    match = _REST.search(line) if ":" in line and len(line) <= LONGEST_SENTENCE else None
    if match is None:
        return None
    rule = line[: match.start()]
    exception, colon, listed = line[match.end() :].rpartition(":")
    is_so = colon and serials_in(listed) and serials_in(exception) and not serials_in(rule)
    are_named = names.places_in(rule) and names.places_in(exception)
    return [f"{rule}: {listed}", exception] if is_so and are_named else None


def is_about_some(line: str) -> bool:
    """Return True if a line without serials speaks of some Macs: “the second one is a kiosk”."""
    return len(line) <= LONGEST_SENTENCE and _SOME_OF.search(line) is not None
