"""Patterns of computers' names, such as `{site}-{serial4}` and `lab-{n:03}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

from infrastructure.text import nearest
from provisioning.values.computer_names import LONGEST, is_usable, tamed

FIELDS = ("site", "build", "serial", "serial4", "n")
LONGEST_TEXT = 30  # bytes beside the fields
_TELLING = {"serial", "serial4", "n"}  # what differs from one Mac to the next
_FIELD = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"n(?::0[1-9])?")
_PLACES = ("site", "build")
_MAX_DIGITS = 999_999_999
_ENDS = " -_."  # characters with which a name neither begins nor ends


class UnusablePattern(ValueError):
    """A pattern that cannot be used; the message says how to fix it."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with fields, each at most once, that makes a name of every Mac."""

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the pattern in `text`. Raises UnusablePattern."""
        fields, rest = _FIELD.findall(text), _FIELD.sub("", text)
        names = [_name_of(field) for field in fields]
        if "{" in rest or "}" in rest:
            raise UnusablePattern("write each field in one pair of braces, such as {site}")
        if not all(map(is_usable, rest)):
            raise UnusablePattern("only letters, digits, spaces and - _ . can be beside the fields")
        if text[:1] != "{" and not text[:1].isalnum():
            raise UnusablePattern("begin it with a letter, a digit or a field")
        if len(rest.encode()) > LONGEST_TEXT:
            raise UnusablePattern(f"write at most {LONGEST_TEXT} characters beside the fields")
        _check_names(names)
        return cls(text)

    @property
    def counts(self) -> bool:
        """True if a number is part of each name."""
        return any(_COUNTER.fullmatch(field) for field in _FIELD.findall(self.text))

    def counting(self) -> Self:
        """The pattern with a number at the end, for Macs that would have one name otherwise."""
        return type(self)(f"{self.text}-{{n}}")

    def stem(self, site: str, build: str, serial: str) -> str:
        """Return the name without its number, whose field stays in it.

        Where a name would be too long, the names of site and build are shortened, and then the
        serial, from its beginning.
        """
        signs = re.sub(r"[^A-Za-z0-9]", "", serial)
        values = {
            "site": tamed(site),
            "build": tamed(build),
            "serial": tamed(serial),
            "serial4": signs[-4:],
        }
        for shorter in _ever_shorter(values):
            stem = self._filled(shorter)
            if len(numbered(stem, _MAX_DIGITS).encode()) <= LONGEST:
                return stem
        raise AssertionError(self.text)  # `parse` refuses such a pattern

    def _filled(self, values: dict[str, str]) -> str:
        return _FIELD.sub(lambda field: values.get(field[1], field[0]), self.text).strip(_ENDS)


def numbered(stem: str, number: int) -> str:
    """Return the name that `stem` makes with `number`."""
    return _FIELD.sub(lambda field: format(number, field[1][2:]), stem)


def series(stem: str) -> str:
    """Return the key of the counter of `stem`: the same one for names that may be equal."""
    return _FIELD.sub("{n}", stem).casefold()


def _ever_shorter(values: dict[str, str]) -> Iterator[dict[str, str]]:
    values = dict(values)
    while True:
        yield values
        longest = max(_PLACES, key=lambda name: len(values[name]))
        if len(values[longest]) > 1:
            values[longest] = values[longest][:-1].rstrip(_ENDS)
        elif len(values["serial"]) > 1:
            values["serial"] = values["serial"][1:].lstrip(_ENDS)
        else:
            return


def _name_of(field: str) -> str:
    if _COUNTER.fullmatch(field):
        return "n"
    if field.startswith("n:"):
        raise UnusablePattern("write a number of three digits as {n:03}")
    if field not in FIELDS:
        raise UnusablePattern(_unknown(field))
    return field


def _check_names(names: list[str]) -> None:
    if not _TELLING.intersection(names):
        raise UnusablePattern("put {serial}, {serial4} or {n:03} in, or all Macs have one name")
    for name in names:
        if names.count(name) > 1:
            raise UnusablePattern(f"write {{{name}}} once")


def _unknown(field: str) -> str:
    near = nearest(field, FIELDS)
    if near:
        return f"did you mean {{{near}}}?"
    return f"there are {', '.join(f'{{{name}}}' for name in FIELDS)}"
