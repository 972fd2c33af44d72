"""The machines that the lines of a text are about: Macs, or others that are left out."""

import re
from collections.abc import Sequence
from itertools import groupby

from provisioning.imports.parsing.tokens.labels import SERIAL_LABEL
from provisioning.imports.parsing.tokens.machines import MAKERS, machines_in
from provisioning.imports.parsing.tokens.serial_shapes import serials_in
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.words import pattern

LONGEST_LINE = 2_000  # characters in which machines are looked for
LONGEST_TITLE = 60  # characters of a heading in which any word for a machine counts
FEWEST_ABOVE = 2  # lines of a label above the machine
# What stands before the machine in an item of a slip: numbers, codes in capitals, units.
_ITEM = re.compile(
    r"(?:[\W\d_]|\b[A-Z0-9]{1,14}\b|\b\d{1,4}x\b|\b(?i:pos|position|item|line|qty|menge|ea|pcs|stk?|stück|art|apple"
    rf"|new|x|{MAKERS})\b)*"
)
# What stands before a machine that comes with a Mac, or that one replaces.
_BESIDE = re.compile(
    r"(?:(?<!\w)(?:with|plus|and|incl(?:uding|\.)?|needs?|has|mit|samt|und|inkl\.?|braucht|avec|et"
    rf"|con|y|e|com|met|en|med|och|og|{pattern('instead')})\s|[+&])"
    r"\s*(?:(?:an?|the|his|her|my|ein\w*|de[nmr]|une?|una?|uno|een|ett?|\d+x?)\s+)?(?:[\w'’-]+\s+)?$",
    re.IGNORECASE,
)
LONGEST_BEFORE = 40  # characters before a machine that are looked at


Closing = tuple[str | None]
"""The machine that the last line of a paragraph names, None for a Mac."""


def closings(lines: Sequence[str]) -> dict[int, Closing]:
    """Return the machines of paragraphs that each end with theirs, as labels do, by their lines.

    It is empty where one paragraph with a serial has several, names no machine at its end, or one
    before.
    """
    found: dict[int, Closing] = {}
    parts = groupby(enumerate(lines), lambda numbered: bool(re.search(r"\w", numbered[1])))
    paragraphs = [list(part) for is_text, part in parts if is_text]
    if not any(_named_alone(paragraph[-1][1]) for paragraph in paragraphs):
        return {}
    for paragraph in paragraphs:
        serials = sum(len(serials_in(line)) for _, line in paragraph)
        if not serials:
            continue
        *above, (_, last) = paragraph
        closing = None if serials_in(last) else _named_alone(last)
        if serials > 1 or closing is None or len(above) < FEWEST_ABOVE:
            return {}
        if any(machines_in(line[:LONGEST_LINE], in_prose=True) for _, line in above):
            return {}
        found |= {number: closing for number, _ in paragraph}
    return found


def _named_alone(line: str) -> Closing | None:
    """The machine with which a line begins that is no sentence."""
    machines = machines_in(line[:LONGEST_LINE], in_prose=True)
    is_item = machines and _ITEM.fullmatch(line[: machines[0][0]])
    is_sentence = line.rstrip().endswith((".", "!", "?"))
    return (machines[0][1],) if is_item and not is_sentence else None


class Topic:
    """The machines of the line that was heard last, and of the heading or item above it."""

    def __init__(self) -> None:
        self.above: str | None = None  # the machine of the heading
        self._machines: Sequence[tuple[int, str | None]] = ()
        self._line = ""
        self._closing: Closing | None = None

    def hear(self, line: str, *, is_heading: bool, closing: Closing | None = None) -> None:
        """Take note of a line; `is_heading`: no serial stands in it; `closing`: see `closings`."""
        self._line, self._closing = line, closing
        has_colon = line.rstrip().endswith(":")
        is_title = is_heading and has_colon and len(line) <= LONGEST_TITLE
        self._machines = machines_in(line[:LONGEST_LINE], in_prose=not is_title)
        if not is_heading or closing:
            return
        if not self._machines:
            is_about = has_colon and not SERIAL_LABEL.fullmatch(line.strip())
            self.above = None if is_about else self.above
        elif any(kind is None for _, kind in self._machines):
            self.above = None
        else:
            start, kind = self._machines[0]
            is_sentence = line.rstrip().endswith((".", "!", "?"))
            if has_colon or (_ITEM.fullmatch(line[:start]) and not is_sentence):
                self.above = kind

    def machine_of(self, word: Word, *, alone: bool) -> str | None:
        """Return the other machine that a serial of the line belongs to; None for a Mac.

        It is the one before it, else the one behind it, unless that comes with a Mac, else that of
        the heading; `alone`: there is no other serial in the line.
        """
        before = [kind for start, kind in self._machines if start < word.start]
        rest = [each for each in self._machines if each[0] > word.start]
        ahead = [(self._line[max(0, start - LONGEST_BEFORE) : start], kind) for start, kind in rest]
        behind = [kind for text, kind in ahead if not (kind and _BESIDE.search(text))]
        if before:
            return before[-1]
        if behind:
            return None if alone and None in behind else behind[0]
        return self._closing[0] if self._closing else self.above

    @property
    def other_alone(self) -> str | None:
        """The machine that the line is about, where that is no Mac."""
        kinds = [kind for _, kind in self._machines]
        return None if None in kinds else next(iter(kinds), None)
