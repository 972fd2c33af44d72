"""Lines of a text that belong together: paragraphs with their place, and items of a list."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from provisioning.imports.parsing.names import Names
from provisioning.imports.parsing.prose import places, sections, strangers, titles
from provisioning.imports.parsing.prose.lines import Line, common_place
from provisioning.imports.parsing.vocabulary.headings import direction, meaning

_QUOTED = " \t>"  # before the lines of an item, in an answer to a mail
_BULLETS = f"{_QUOTED}-*•"
_BULLET = re.compile(r"[\s>]*(?:[^\w\s]{1,3}|o|\(?(?:\d{1,4}|[A-Za-z])\s?[-–.):])\s")


def headed(said: Sequence[Line], names: Names) -> Sequence[Line]:
    """Return the lines, with the place of each paragraph above its Macs, where all end with it.

    Such as `C02…` above `London, design`, a blank line, and the next ones. The place may be one
    that is not known, if that of another paragraph is; and a label may stand before it. Blank lines
    mean nothing where each place has a site and a build, and stands right below its Macs, unless
    a heading such as `Returned:` may hold for several of them.
    """
    paragraphs = [[*part] for _, part in groupby(said, lambda line: not line.text)]
    pieces = _cut_below_places(said, names)
    are_whole = all(_is_whole(piece) for piece in pieces if any(line.entries for line in piece))
    are_whole = are_whole and not any(sections.aside(line.text) for line in said if not line.items)
    return (
        _with_places_above(paragraphs, names)
        or (_with_places_above(pieces, names) if are_whole else None)
        or said
    )


def _with_places_above(parts: Sequence[Sequence[Line]], names: Names) -> Sequence[Line] | None:
    """The lines of parts, with the place at the end of each above its Macs; None for others."""
    are_of_macs = [any(line.entries for line in part) for part in parts]
    both = zip(parts, are_of_macs, strict=True)
    endings = [_place_below(part, names) if is_of_macs else [] for part, is_of_macs in both]
    are_headed = sum(are_of_macs) > 1 and any(line.stands for part in endings for line in part)
    if not are_headed or [*map(bool, endings)] != are_of_macs:
        return None
    return [
        line
        for part, ending in zip(parts, endings, strict=True)
        for line in (*ending, *part[: len(part) - len(ending)])
    ]


def _cut_below_places(said: Sequence[Line], names: Names) -> list[list[Line]]:
    """The lines that are not blank, in parts that each end with the places right below its Macs."""
    parts: list[list[Line]] = [[]]
    has_macs = is_placed = is_below_mac = False
    for line in filter(lambda each: each.text, said):
        told = titles.titled(line, names) if is_below_mac else line
        is_place = not line.items and bool(line.named.sites or line.named.builds)
        if is_placed and not is_place:
            parts.append([])
            has_macs = False
        is_below_mac = bool(line.entries)
        has_macs = has_macs or is_below_mac
        is_placed = is_place and has_macs
        parts[-1].append(told)
    return parts


def _is_whole(part: Sequence[Line]) -> bool:
    """Return True if a site and a build stand right below the Macs of a part, and head no others.

    The site may be one that is not known. What is said of all Macs is not meant for a single one.
    """
    at = max(at for at, line in enumerate(part) if line.items) + 1
    macs = sum(len(line.entries) for line in part)
    site, build = common_place([line.named for line in part[at:]])
    are_others = any(
        line.text.rstrip().endswith(":") or (macs == 1 and places.ALL.search(line.text))
        for line in part[at:]
    )
    is_strange = any(strangers.is_name(line.text.strip()) for line in part[at:])
    return bool((site or is_strange) and build) and not are_others


def _place_below(paragraph: Sequence[Line], names: Names) -> Sequence[Line]:
    """The last line of a paragraph, or the last two, which name the place of its Macs.

    Empty where there is none, and where another line names a site as well, or a build. One above
    may name the other kind: `London:`, `C02…`, `design`.
    """
    ending: list[Line] = []
    for line in reversed(paragraph[-2:]):
        label = places.label_of(line.text, places.of(line.text, names))
        may_stand = label and direction(label) >= 0 and meaning(label) in {None, *places.PLACES}
        may_stand = may_stand and not sections.aside(label)
        stands = line.stands or bool(may_stand and not line.items)
        is_strange = not (ending or line.items) and strangers.is_name(line.text.strip())
        if not (stands or is_strange):
            break
        ending.insert(0, replace(line, stands=stands))
    above = paragraph[: len(paragraph) - len(ending)]
    sites = [bool(line.named.sites or not line.stands) for line in ending]
    builds = [bool(line.named.builds) for line in ending]
    are_twice = sum(sites) > 1 or sum(builds) > 1
    is_other = any(
        (any(sites) and line.named.sites) or (any(builds) and line.named.builds) for line in above
    )
    return [] if are_twice or is_other else ending


def items(texts: Sequence[str], held: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the items of a list: each has a line with serials, and lines farther in tell more.

    By where they begin, their ends and texts: of `- C02…` above `  - design`, `C02…, design`. Empty
    where one serial alone has such lines, which may be meant for those above it as well; and where
    they may be headings in the middle of a page: one stands above all serials, or the first or the
    last serial has none, and no bullets say what an item is.
    """
    indents = [len(text) - len(text.lstrip(_QUOTED)) if text.strip() else -1 for text in texts]
    found: dict[int, tuple[int, str]] = {}
    for at, following in pairwise([*held, len(texts)]):
        end = at + 1
        while end < len(texts) and indents[end] > indents[at]:
            end += 1
        if at + 1 < end <= following:
            found[at] = end, ", ".join(text.strip(_BULLETS) for text in texts[at:end])
    if len(found) <= 1 or max(indents[: held[0]], default=0) > indents[held[0]]:
        return {}
    are_marked = all(_BULLET.match(texts[at]) for at in held)
    return found if are_marked or {held[0], held[-1]} <= {*found} else {}
