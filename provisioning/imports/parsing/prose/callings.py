"""Names of computers that stand beside their serials in a line."""

import re
from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence

from provisioning.imports.parsing.tokens import computer_names, labels
from provisioning.imports.parsing.tokens import words as tokens
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.tokens.words import Word

CUT = "has a name of several words: put that between quotation marks"


def hosts_in(words: Sequence[Word]) -> frozenset[Word]:
    """Return the words of a line that are names of computers; behind a label, with a domain."""
    plain = (word for word in words if not word.label or "." in tokens.bared(word.text))
    hosts = (word for word in plain if computer_names.is_host(tokens.bared(word.text)))
    return frozenset(word for word in hosts if not has_serial(word.text))


def cut_in(line: str, masked: str) -> dict[int, str]:
    """Return the doubts about names in a line of which only the first word can be read.

    The keys are where the names begin. `masked` is the line with blanks for the places in it.
    """
    cut = [*labels.CUT_NAME.finditer(masked), *labels.CUT_PLACE.finditer(line)]
    return {match.end(): CUT for match in cut}


def given_in(line: str, masked: str) -> dict[int, str]:
    """Return the names that are given in a line, such as `named lab-07`, by where they begin.

    `masked` is the line with blanks for the places in it; a name behind such blanks is none.
    """
    cut = cut_in(line, masked)
    return {
        match.start(1): match[1].replace(labels.HARD_SPACE, " ")
        for match in labels.NAMED.finditer(masked)
        if match.start(1) not in cut
        and line.startswith(match[0], match.start())
        and not has_serial(match[1])
    }


def has_serial(word: str) -> bool:
    """Return True if a part of a word, between hyphens and dots, looks like a serial."""
    return any(looks_serial(part) for part in re.split(r"[-.]", word))


def called(
    given: Mapping[int, str], hosts: Collection[Word], serials: Sequence[Word]
) -> dict[int, str]:
    """Return the names of computers by where their serials begin."""
    spots = dict(given)
    named = sorted((word.start, tokens.bared(word.text)) for word in hosts)
    is_domain = len(named) == 1 and "." in named[0][1]  # which is of the serial before it
    if len(named) == len(serials) or len(serials) == 1 or is_domain:
        spots |= named[: len(serials)]
    starts = sorted(word.start for word in serials)
    if len(spots) == len(starts):  # each has one, before or behind it
        each = zip(starts, sorted(spots), strict=True)
        return {start: spots[spot].rstrip(".") for start, spot in each}
    names: dict[int, str] = {}
    for spot, name in spots.items():
        if starts:
            owner = starts[max(0, bisect_left(starts, spot) - 1)]
            names.setdefault(owner, name.rstrip("."))
    return names
