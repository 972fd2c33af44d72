"""Doubts that the sentence of a serial raises, and serials that were broken by lines or spaces."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from provisioning.imports.parsing.entries import Entry, Item, Rejected, with_doubt
from provisioning.imports.parsing.tokens import labels, others
from provisioning.imports.parsing.tokens import words as tokens
from provisioning.imports.parsing.tokens.cells import GROUPED, SPACED, STRUCK, read_serial
from provisioning.imports.parsing.tokens.serial_shapes import (
    LONGEST,
    SHORTEST,
    is_code,
    is_old,
    looks_serial,
    lost_from,
    reject,
)
from provisioning.imports.parsing.tokens.words import Word
from provisioning.imports.parsing.vocabulary.words import SCRIPT, exact_pattern, pattern

TAKEN_BACK = "may be taken back in its sentence"
EXAMPLE = "may be only an example"
TOLD = "stands in a sentence about what was done"
IN_QUESTION = "stands in a question"
ONE_OF_TWO = "is one of two, of which one is meant"
INSIDE = "it stands inside an address or a longer number"
# French tells `enregistré` from `enregistre`, which asks for it.
_TOLD = re.compile(rf"(?<![a-zà-ÿ])(?:{exact_pattern('told')})(?![a-zà-ÿ])", re.IGNORECASE)
_WISH = re.compile(rf"(?<![^\W{SCRIPT}])(?:{pattern('wish')})(?![^\W{SCRIPT}])", re.IGNORECASE)
_PAST = re.compile(rf"(?<![a-zà-ÿ])(?:{pattern('past')})(?![a-zà-ÿ])", re.IGNORECASE)
_SENTENCE = re.compile(r"(?:[^.!?;]|[.!?;](?!\s|$))+")
# As Slack, Markdown and Jira strike through; a hyphen before a line is the mark of its item.
_STRIKE = re.compile(
    r"(?<!\w)(~~?)(?=\S)[^~\n]{3,200}(?<=\S)\1(?!\w)"
    r"|(?<![\w-])-(?=\w)[^-\n]{8,200}(?<=\w)-(?![\w-])"
)
# What is NEVER a serial and longer than one: an address, a hash, a UUID, a bank account.
_LONG = re.compile(r"://|@|www\.|[A-Za-z0-9]{13}|[0-9A-Fa-f]{8}-|[A-Z]{2}\d\d ")
_LONGER = re.compile(r"(?<![A-Z0-9])(?:[A-Z0-9]{10}|[A-Z0-9]{12})(?![A-Z0-9])")
LONGEST_READ = 2_000  # characters of a line in which groups are looked for
_GROUPS = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Z0-9]{3}(?:[ -][A-Z0-9]{3}){3}|[A-Z0-9]{4}(?:[ -][A-Z0-9]{4}){2}"
    r"|[A-Z0-9]{5}[ -][A-Z0-9]{5}|[A-Z0-9]{6}[ -][A-Z0-9]{6}"
    r"|[A-Z0-9]{1,9}(?:-[A-Z0-9]{1,9}){1,4})(?![A-Za-z0-9-])"
)
_GROUP = re.compile(r"[A-Za-z0-9]{3,6}")
# As people read them out: at the beginning of a line, or behind a colon.
_UNEVEN = re.compile(
    r"(?:(?<=:)|^)[\s>*•-]*(?P<groups>[A-Z0-9]{1,6}(?: [A-Z0-9]{1,6}){1,5})"
    r"(?![^\s,;.:)]|[ -][A-Z0-9]+\b)"
)
_BROKEN = re.compile(r"(?:^|[\s,;:(])([A-Z0-9]{3,11})[-=]?\s*$")
_BELOW = re.compile(r"[\s>]*([A-Z0-9]{1,9})(?![A-Za-z0-9])")
LONGEST_TAIL = 40  # characters at the end of a line, with the half of a serial
_WRAPPED_AT = 40  # characters of a line that a mail may have wrapped


def wrapped(lines: Sequence[tuple[str, str]]) -> Iterator[tuple[Entry, tuple[str, str]]]:
    """Yield the serials that a mail has broken at the end of a line, each with its two parts."""
    for (where, line), (_, below) in pairwise(lines):
        right = _BELOW.match(below)
        left = _BROKEN.search(line[-LONGEST_TAIL:]) if right else None
        if not (left and right):
            continue
        text = left[1] + right[1]
        is_ended = len(line) < _WRAPPED_AT and line.rstrip()[-1] not in "-="
        if is_ended and not (labels.SERIAL_LABEL.search(line) or is_old(text)):
            continue
        parts = (left[1], right[1])
        if (
            len(text) in (SHORTEST, LONGEST)
            and looks_serial(text)
            and not any(map(looks_serial, parts))
        ):
            item = read_serial(text, where)
            if isinstance(item, Entry):
                yield with_doubt(item, "was written over two lines"), parts


class SerialSentence:
    """A line with serials, and what the words between these say about them."""

    def __init__(self, line: str, unplaced: str, serials: Sequence[Word]) -> None:
        """Look at a line as it was written, and `unplaced`: with blanks for the names in it."""
        self._line = unplaced
        self.has_one = len(serials) == 1
        self._starts = sorted(word.start for word in serials)
        self._ends = {word.start: word.start + len(word.text) for word in serials}
        struck = [(STRUCK, *match.span()) for match in _STRIKE.finditer(line)]
        self._around = [*struck, *_aside(unplaced)]

    def checked(self, item: Entry, word: Word) -> Item:
        """Return an entry with the doubts that its sentence raises; the old Mac is left out."""
        at = bisect_left(self._starts, word.start)
        begin = self._ends[self._starts[at - 1]] if at else 0
        is_last = at + 1 >= len(self._starts)
        end = len(self._line) if is_last else self._starts[at + 1]
        before = self._line[begin : word.start]
        behind = self._line[word.start + len(word.text) : end]
        said = _said(before, behind, is_last=is_last)
        if said == labels.REPLACED:
            return reject(item.serial.text, item.where, labels.REPLACED)
        beside = ("" if is_last else behind), (before if at else "")
        either = any(map(labels.EITHER.fullmatch, beside)) and ONE_OF_TWO
        around = [doubt for doubt, start, end in self._around if start <= word.start < end]
        return with_doubt(item, said, either or None, *around)


def _aside(line: str) -> tuple[tuple[str, int, int], ...]:
    """The doubts about the sentences in a line that wish for nothing, and where these stand.

    They tell what was done, or ask.
    """
    if not (_TOLD.search(line) or "?" in line):
        return ()
    found: list[tuple[str, int, int]] = []
    for match in _SENTENCE.finditer(line):
        is_wish = _WISH.search(_TOLD.sub(" ", match[0]))
        if _TOLD.search(match[0]) and (_PAST.search(match[0]) or not is_wish):
            found.append((TOLD, *match.span()))
        elif " " in match[0] and line[match.end() :].startswith("?") and not is_wish:
            found.append((IN_QUESTION, *match.span()))
    return tuple(found)


def tells(line: str) -> bool:
    """Return True if a sentence of a line tells what was done, or asks, and wishes for nothing."""
    return bool(_aside(line))


def asks(line: str) -> bool:
    """Return True if a line ends with a question that wishes for nothing."""
    said = _aside(line) if line.rstrip().endswith("?") else ()
    return bool(said) and said[-1][0] == IN_QUESTION


def _said(before: str, behind: str, *, is_last: bool) -> str | None:
    """REPLACED, EXAMPLE or TAKEN_BACK, where the words around a serial say so."""
    if labels.REPLACED_BEHIND.match(behind):
        return labels.REPLACED
    if labels.EXAMPLE_BEFORE.search(before):
        return EXAMPLE
    behind = labels.OF_ACCESSORY.sub(" ", behind)
    is_before = labels.TAKEN_BACK_BEFORE.search(before)
    is_behind = labels.TAKEN_BACK_BEHIND.match(behind) and (
        is_last or not labels.TAKEN_BACK_BEFORE.search(behind)
    )
    return TAKEN_BACK if is_before or is_behind else None


def split_up(
    words: Sequence[Word], line: str, where: str
) -> Iterator[tuple[tuple[Word, Word], Entry]]:
    """Yield the serials of older Macs that are written with a space in them, with both parts."""
    for first, second in pairwise(words):
        text = tokens.bared(first.text) + tokens.bared(second.text)
        between = line[first.start + len(first.text) : second.start]
        is_begun = 0 < len(tokens.bared(first.text)) < len("C02")  # its rest may look like one
        parts = [first] if is_begun else [first, second]
        bare = [tokens.bared(word.text) for word in parts]
        are_whole = any(looks_serial(text) and not lost_from(text) for text in bare)
        is_whole = is_old(text) and text == text.upper() and looks_serial(text)
        if is_whole and not are_whole and len(between) == 1:
            item = read_serial(text, where)
            if isinstance(item, Entry):
                yield (first, second), with_doubt(item, SPACED)


def in_groups(line: str, where: str) -> list[tuple[Word, Entry]]:
    """Return the serials in a line that are written in groups.

    Those in the middle of a line have as many characters each.
    """
    if len(line) > LONGEST_READ:
        return []
    even = [match.span() for match in _GROUPS.finditer(line)]
    uneven = [match.span("groups") for match in _UNEVEN.finditer(line)]
    found = []
    for start, end in dict.fromkeys([*even, *uneven]):
        written = line[start:end]
        parts = re.split("[ -]", written)
        text = "".join(parts)
        if all(map(_GROUP.fullmatch, parts)) and written == line.strip() and "-" not in written:
            continue  # `grouped` reads it
        is_form = len(text) in (SHORTEST, LONGEST) and looks_serial(text) and text.isupper()
        are_even = len({*map(len, parts)}) == 1 or not all(map(_GROUP.fullmatch, parts))
        mixed = [p for p in parts if not (p.isdigit() or (p.isalpha() and others.is_word(p)))]
        are_groups = are_even and len(mixed) > 1  # of them are no words and no numbers
        are_groups |= (start, end) in uneven and sum(map(is_code, parts)) > 1
        if is_form and (are_groups or ("-" in written and is_old(text))):
            item = read_serial(text, where)
            if isinstance(item, Entry):
                found.append((Word(written, start), with_doubt(item, GROUPED)))
    return found


def grouped(words: list[Word]) -> list[Word]:
    """Return the serial of a line that holds nothing else, written in groups: `C02Y K1QW LVDN`."""
    text = "".join(word.text for word in words)
    are_groups = len(words) > 1 and all(_GROUP.fullmatch(word.text) for word in words)
    is_form = len(text) in (SHORTEST, LONGEST) and looks_serial(text)
    return [replace(words[0], text=text)] if are_groups and is_form else []


def inside(line: str, where: str, entries: Sequence[Entry]) -> Iterator[Rejected]:
    """Yield the rejections for serials inside of addresses and other longer codes."""
    if not _LONG.search(line):
        return
    keys = {entry.serial.key for entry in entries}
    for match in others.NEVER.finditer(line):
        for part in _LONGER.findall(match[0].upper()) if len(match[0]) > LONGEST else ():
            if part not in keys and looks_serial(part) and sum(map(str.isdigit, part)) > 1:
                yield reject(part, where, INSIDE)


def unlabelled(words: list[Word], line: str) -> list[Word]:
    """Return the words without a label before the first of several serials: `order: A, B`."""
    kept = list(words)
    for at, word in enumerate(kept[:-1]):
        behind = kept[at + 1]
        are_serials = all(looks_serial(tokens.bared(each.text)) for each in (word, behind))
        has_colon = line[: word.start].rstrip().endswith(":")
        if word.label == tokens.OTHER and has_colon and are_serials and not behind.label:
            kept[at] = replace(word, label="")
    return kept
