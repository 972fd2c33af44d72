"""Titles: lines above Macs that name their place among other words."""

import re
from dataclasses import replace
from itertools import pairwise

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places, sections, sentences
from provisioning.imports.parsing.prose.lines import Line
from provisioning.imports.parsing.vocabulary.words import known, pattern

LONGEST = 60  # characters of a title
_PARTING = re.compile(r"\s{2,}|\s-\s|[,;:/|()\[\]]")  # between the parts of a title
_LABELS = known("label", "perhaps_label")  # such as `ticket`
# Behind the names; *on* is such a word in Finnish, and *London design arrived 3 March* a title.
_SAYS = re.compile(rf"\s+(?!(?:on|arrived|came)\b)(?:{pattern('is')})\b", re.IGNORECASE)
_LEFT = re.compile(rf"\b(?:{pattern('a_former', 'from')})\s*:\s*$", re.IGNORECASE)  # a label
_PROPER = re.compile(r"\A\s+([A-ZÀ-Þ][^\W\d_]+)\b")  # a name that goes on
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
    is_parted = any(map(names.is_site, parts)) and any(map(names.is_build, parts))
    return replace(line, stands=is_parted or names.is_site(parts[0]) or _is_pair(text, names))


def _is_pair(text: str, names: Names) -> bool:
    """Return True if a site and a build stand side by side, and nothing is told of them.

    Right before them stand a sign or words of lists alone, or what a label such as `project` says;
    nor is it a name that goes on, such as `London Design Museum`, or the end of a mail. Who is
    greeted above Macs, as in `Hi London design!`, gets these.
    """
    found = places.of(text, names)
    if [place.is_site for place in found] not in ([True, False], [False, True]):
        return False
    one, other = found
    before, between, behind = text[: one.start], text[one.end : other.start], text[other.end :]
    words = _PARTING.split(names.named_in(before).rest)[-1].split()
    words = [word for label, word in pairwise(["", *words]) if label.casefold() not in _LABELS]
    if text[other.start].isupper() and not text.isupper():
        words += _PROPER.findall(behind)
    rest = f"{before} {behind}".strip(" -–—,")
    is_sentence = text.rstrip().endswith((".", "?")) or _SAYS.match(behind)
    is_told = is_sentence or sentences.tells(rest) or sections.aside(rest)
    is_left = places.NEGATED.search(text) or places.is_of_people(before) or _LEFT.search(before)
    others = [word for word in words if not (word[0] in "@#<" or re.search(r"\d", word))]
    others = [word for word in others if not (places.is_filler(word) or places.is_part(word))]
    is_beside = _BESIDE.fullmatch(between) and _LABELS.issuperset(map(str.casefold, others))
    return bool(is_beside) and not (is_told or is_left)
