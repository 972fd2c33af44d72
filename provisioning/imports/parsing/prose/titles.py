"""Titles: lines above Macs that name their place among other words."""

import re
from dataclasses import replace

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places, sections, sentences
from provisioning.imports.parsing.prose.lines import Line

LONGEST = 60  # characters of a title
_PARTING = re.compile(r"\s{2,}|\s-\s|[,;:/|()\[\]]")  # between the parts of a title
_BESIDE = re.compile(r"[\s,;:/|()\[\]>=·•*_–—-]*")  # between a site and its build


def titled(line: Line, names: Names) -> Line:
    """Return a line above Macs, which `stands` for them if it is a title.

    A site begins it, or a site and a build are parts of it: `Berlin, Germany`, `Project Falcon -
    London - Design`. Among other words both stand side by side: `London design for Anna's team`.
    """
    text = line.text
    is_one = len(line.named.sites) == 1 >= len(line.named.builds)
    if line.stands or line.items or not is_one or len(text) > LONGEST:
        return line
    parts = [part.strip(" *_") for part in _PARTING.split(text)]
    is_led = names.is_site(parts[0])
    is_parted = any(map(names.is_site, parts)) and any(map(names.is_build, parts))
    return replace(line, stands=is_led or is_parted or _is_pair(text, names))


def _is_pair(text: str, names: Names) -> bool:
    """Return True if a site and a build stand side by side, and nothing is told of them."""
    found = places.of(text, names)
    if [place.is_site for place in found] not in ([True, False], [False, True]):
        return False
    one, other = found
    if _BESIDE.fullmatch(text[one.end : other.start]) is None or places.NEGATED.search(text):
        return False
    is_sentence = text.rstrip().endswith((".", "?"))
    rest = names.named_in(text).rest
    return not (is_sentence or sentences.tells(rest) or sections.aside(rest))
