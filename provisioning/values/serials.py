"""Serial numbers: the only way to make one, and the ones that are nearly it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Self

from infrastructure.errors import RollcallError

SHORTEST, LONGEST = 3, 64
LIKENESS = 0.8  # by difflib: two slips in a serial of twelve
_ALLOWED = re.compile(r"[A-Za-z0-9+=._-]+", re.ASCII)

# Files that every Munki repo keeps beside the Macs' own manifests.
_RESERVED = frozenset({"SITE_DEFAULT", "INCLUDED_MANIFESTS"})


class InvalidSerial(RollcallError):
    """A text that cannot be a Mac's serial number."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:80]!r} is not a serial number: {reason}.")
        self.text = text
        self.reason = reason


class InvalidSerials(RollcallError):
    """Several texts of which some cannot be serial numbers; nothing was done with the others."""

    def __init__(self, errors: Sequence[InvalidSerial]) -> None:
        super().__init__(" ".join(str(error) for error in errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Serial:
    """A Mac's serial number, as it was written (`text`) and as it is compared (`key`).

    Apple's own are upper case letters and digits; virtual Macs add lower case and `+ = . _ -`.
    Munki looks for a manifest by the exact text, so the text that the Mac itself reports names
    the file; people are matched with the key, because they type either case.
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
    """Return the serials in `texts`. Raises InvalidSerials, which names every one that is none."""
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


def nearest(serial: Serial, keys: Iterable[str], most: int = 3) -> list[str]:
    """Return up to `most` of the keys that `serial` may be a slip of, the nearest first."""
    return get_close_matches(serial.key, list(keys), n=most, cutoff=LIKENESS)
