"""Serial numbers of Macs: their check, and the search for similar ones.

A slip is one insertion, deletion, substitution or transposition. Two texts are one slip apart only
if leaving out at most one character of each makes them equal. So the shortened forms of the few
keys are indexed, and the many other serials are looked up in the index one at a time; they may
come straight out of a query.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from infrastructure.errors import RollcallError

SHORTEST, LONGEST = 3, 64
LIKENESS = 0.8  # by difflib: two slips in a serial of twelve
_ALLOWED = re.compile(r"[A-Za-z0-9+=._-]+", re.ASCII)

# Files that every Munki repo keeps beside the Macs' own manifests.
_RESERVED = frozenset({"SITE_DEFAULT", "INCLUDED_MANIFESTS"})
# Letters that people mistake for digits on a label count as these digits.
_LOOKALIKES = str.maketrans("OI", "01")


class InvalidSerial(RollcallError):
    """A text that cannot be a Mac's serial number."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:80]!r} is not a serial number: {reason}.")
        self.text = text
        self.reason = reason


class InvalidSerials(RollcallError):
    """Several texts of which some cannot be serial numbers; none of them was used."""

    def __init__(self, errors: Sequence[InvalidSerial]) -> None:
        super().__init__(" ".join(str(error) for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Serial:
    """A Mac's serial number, as it was written (`text`) and as it is compared (`key`).

    Apple's own are upper case letters and digits; virtual Macs add lower case and `+ = . _ -`.
    Munki looks for a manifest by the exact text, so the text that the Mac itself reports names
    the file. People type upper or lower case, so registrations are found by the key.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the serial in `text`, without the white space around it.

        Raises InvalidSerial, with a reason to act on, for anything that could not name one Mac's
        manifest: 3 to 64 of the characters above, no leading dot (hidden from Munki's tools).
        """
        text = text.strip()
        if not text:
            raise InvalidSerial(text, "it is empty")
        if not SHORTEST <= len(text) <= LONGEST:
            raise InvalidSerial(text, f"it has {len(text)} characters, not {SHORTEST} to {LONGEST}")
        if not _ALLOWED.fullmatch(text):
            raise InvalidSerial(text, "only letters, digits and + = . _ - can be in one")
        if not text[0].isalnum():
            raise InvalidSerial(text, "it has to begin with a letter or a digit")
        if text.upper() in _RESERVED:
            raise InvalidSerial(text, "Munki uses that name for a manifest of its own")
        return cls(text)

    @property
    def key(self) -> str:
        """The serial in upper case: equal for every way of typing it."""
        return self.text.upper()

    def __str__(self) -> str:
        return self.text


def parse_all(texts: Iterable[str]) -> list[Serial]:
    """Return the serials in `texts`. Raises InvalidSerials, which names all invalid ones."""
    parsed: list[Serial] = []
    errors: list[InvalidSerial] = []
    for text in texts:
        try:
            parsed.append(Serial.parse(text))
        except InvalidSerial as error:
            errors.append(error)
    if errors:
        raise InvalidSerials(errors)
    return parsed


def nearest(serial: Serial, keys: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to `limit` of the keys that are similar to `serial`, the most similar first."""
    return get_close_matches(serial.key, list(keys), n=limit, cutoff=LIKENESS)


def neighbours(keys: Collection[str], others: Iterable[str]) -> dict[str, str]:
    """Return, for each of the `keys`, the first of the `others` that it may be a slip of.

    Any number of O for 0 and I for 1 is one slip. A key that is among the others is no slip.
    """
    key_set = set(keys)
    shortened, ends = _index(key_set), _Ends(key_set)
    matches: dict[str, str] = {}
    exact: set[str] = set()
    for other in others:
        if other in key_set:
            exact.add(other)
        normalized = _normalized(other)
        if not ends.may_fit(normalized):
            continue
        for form in _forms(normalized):
            for key in shortened.get(form, ()):
                if key not in matches and is_slip(key, other):
                    matches[key] = other
    return {key: other for key, other in matches.items() if key not in exact}


def near(key: str, others: Iterable[str]) -> str | None:
    """Return the first of the `others` that `key` may be a slip of, or None."""
    return neighbours((key,), others).get(key)


def is_slip(key: str, other: str) -> bool:
    """Tell if `key` and `other` are one slip apart; equal ones are not."""
    if key == other:
        return False
    if _normalized(key) == _normalized(other):
        return True
    if len(key) > len(other):
        key, other = other, key
    at = next((i for i, (a, b) in enumerate(zip(key, other, strict=False)) if a != b), len(key))
    if len(key) < len(other):
        return key[at:] == other[at + 1 :]
    swapped = key[at : at + 2] == other[at : at + 2][::-1] and key[at + 2 :] == other[at + 2 :]
    return swapped or key[at + 1 :] == other[at + 1 :]


class _Ends:
    """A filter by the beginnings and ends of the keys: one slip leaves one of the two unchanged.

    They are short enough that two letters swapped in the middle leave one of them unchanged. Most
    serials are ruled out by this filter alone.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        normalized = [_normalized(key) for key in keys]
        self._length = max(0, min((len(key) - 2) // 2 for key in normalized)) if normalized else 0
        self._heads = {self._head(key) for key in normalized}
        self._tails = {self._tail(key) for key in normalized}

    def may_fit(self, normalized: str) -> bool:
        return self._head(normalized) in self._heads or self._tail(normalized) in self._tails

    def _head(self, normalized: str) -> str:
        return normalized[: self._length]

    def _tail(self, normalized: str) -> str:
        return normalized[len(normalized) - self._length :]


def _index(keys: Iterable[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for key in keys:
        for form in set(_forms(_normalized(key))):
            index.setdefault(form, []).append(key)
    return index


def _normalized(key: str) -> str:
    return key.translate(_LOOKALIKES) if "O" in key or "I" in key else key


def _forms(normalized: str) -> list[str]:
    return [normalized, *[normalized[:at] + normalized[at + 1 :] for at in range(len(normalized))]]
