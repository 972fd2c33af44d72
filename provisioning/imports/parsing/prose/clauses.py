"""Clauses of a line that are about other Macs than its own: “the rest to London”."""

import re

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.serial_shapes import looks_serial

# Before the words for all other Macs, or for one that is none of those before.
_REST = re.compile(
    r"[\s,;.(]+(?:(?:and|but|und|aber|et|mais|y|pero|e|en)\s)?(?=(?:(?:the|all|der|die|alle|le|les|el|los|il|gli"
    r"|de)\s)?(?:rest|others|remaining|übrigen|anderen|autres|reste|resto|demás|altri|overige"
    r"|except|außer|sauf|excepto|salvo|eccetto|behalve)\b)",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"\b(?:first|last|half|two|three|erste[nr]?|letzte[nr]?|zwei|drei|premi[eè]re?s?|derni[eè]re?s?"
    r"|primer[oa]s?|[uú]ltim[oa]s?|ultim[ie]|prim[ie])\b",
    re.IGNORECASE,
)
LONGEST_SENTENCE = 1_000  # characters of a line that is looked at for them
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{10,12}(?![A-Za-z0-9])")


def apart(line: str, names: Names) -> list[str]:
    """Return a line in parts where it names a place for its serials, and one for those of others.

    Such as `C02… berlin, the rest london`, and `All to london except C02…, which is for berlin`;
    the rest may not be some of its own serials, as where it speaks of the first three.
    """
    match = _REST.search(line) if len(line) <= LONGEST_SENTENCE else None
    if match is None or _SOME.search(line):
        return [line]
    halves = [line[: match.start()], line[match.end() :]]
    are_named = all(names.places_in(half) for half in halves)
    held = [any(map(looks_serial, _TOKEN.findall(half))) for half in halves]
    return halves if are_named and any(held) and not all(held) else [line]
