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

from infrastructure.errors import InvalidInput, RollcallError
from infrastructure.text import Sentence
from provisioning.values import file_names

SHORTEST, LONGEST = 3, 64
PLACEHOLDER = "it is what Macs without a serial number say; give this one its own"
LIKENESS = 0.8  # by difflib: two slips in a serial of twelve
# The form that VMware gives its Macs, in which alone a slash may stand: the name of a folder and of
# a file in it. Source: github.com/actions/runner-images, issue 1400.
VMWARE = r"[Vv][Mm](?![A-Za-z0-9+/]*//)[A-Za-z0-9+/]{9}[A-Za-z0-9+]"
_VMWARE = re.compile(VMWARE)
_ALLOWED = re.compile(rf"[A-Za-z0-9+=._-]+|{VMWARE}", re.ASCII)

_RESERVED = frozenset(name.upper() for name in file_names.RESERVED)
# Texts of firmware without a serial, as `dmidecode` shows them, and of Munki (UNKNOWN), without
# blanks and signs.
_PLACEHOLDERS = frozenset(
    {
        "UNKNOWN", "NONE", "NULL", "NIL", "NA", "DEFAULT", "DEFAULTSTRING", "EMPTY", "INVALID",
        "OEM", "TBD", "TOBEFILLED", "TOBEFILLEDBYOEM", "NOTSPECIFIED", "NOTAPPLICABLE",
        "NOTAVAILABLE", "NOTPRESENT", "NOSERIAL", "SERIAL", "SERIALNUMBER", "SYSTEMSERIAL",
        "SYSTEMSERIALNUMB", "SYSTEMSERIALNUMBER", "CHASSISSERIALNUMBER", "BASEBOARDSERIALNUMBER",
    }
)  # fmt: skip
_ALL_ONE = re.compile(r"0{3,}|1{6,}|9{6,}|F{6,}|X{3,}")
_COUNTED = ("0123456789ABCDEF", "123456789ABCDEF", "01234567890123456789", "12345678901234567890")
_SHORTEST_COUNTED = 6  # characters
# Letters that people mistake for digits on a label count as these digits.
_LOOKALIKES = str.maketrans("OI", "01")


class InvalidSerial(InvalidInput):
    """A text that cannot be a Mac's serial number."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            "{text} is not a serial number: {reason}.", text=repr(text[:80]), reason=reason
        )
        self.text = text
        self.reason = reason


class PlaceholderSerial(InvalidSerial):
    """A text that many Macs without a serial number say; one of them must not stand for all."""

    def __init__(self, text: str) -> None:
        super().__init__(text, PLACEHOLDER)


class UnusableSerial(InvalidSerial):
    """A text that a Mac says is its serial number, and that could not name its manifest."""

    def __init__(self, text: str, reason: str) -> None:
        sentence = Sentence(
            "A Mac says that its serial is {text}. That is not a serial number: {reason}. Give the "
            "Mac another one, which a virtual machine has in its settings.",
            text=repr(text[:80]),
            reason=reason,
        )
        RollcallError.__init__(self, sentence)
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

    Apple's own are upper case letters and digits; virtual Macs add lower case and `+ = . _ -`,
    VMware's a slash: `VM5v/dACsc+k` is the file `dACsc+k` in the folder `VM5v`.
    Munki looks for a manifest by the exact text, so the text that the Mac itself reports names
    the file. People type upper or lower case, so registrations are found by the key.
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the serial in `text`, without the white space around it.

        Raises InvalidSerial, with a reason to act on, for anything that could not name one Mac's
        manifest: 3 to 64 of the characters above, no leading dot (hidden from Munki's tools), no
        name of Munki's own, none that other systems cannot have. A slash may stand in VMware's form
        alone. Raises PlaceholderSerial for a placeholder with spaces, such as “Default string”.
        """
        text = text.strip()
        if not text:
            raise InvalidSerial(text, "it is empty")
        if not SHORTEST <= len(text) <= LONGEST:
            raise InvalidSerial(
                text,
                Sentence(
                    "a serial has {shortest} to {longest} characters, this text has {number}",
                    number=len(text),
                    shortest=SHORTEST,
                    longest=LONGEST,
                ),
            )
        if not _ALLOWED.fullmatch(text):
            if is_placeholder(text):
                raise PlaceholderSerial(text)
            raise InvalidSerial(text, _reason_against(text))
        if not text[0].isalnum():
            raise InvalidSerial(text, "it has to begin with a letter or a digit")
        if text.upper() in _RESERVED:
            raise InvalidSerial(text, "Munki uses that name itself")
        if fault := next(filter(None, map(file_names.fault_of, text.split("/"))), None):
            raise InvalidSerial(text, fault)
        return cls(text)

    @classmethod
    def sent(cls, text: str) -> Self:
        """Return the serial in a field that a Mac sent.

        Scripts that write a form by hand leave a `+` of VMware's as it is, and it means a blank.
        Raises UnusableSerial for what `parse` takes for no serial; PlaceholderSerial as it does.
        """
        with_signs = text.replace(" ", "+")
        try:
            return cls.parse(with_signs if is_vmware(with_signs) else text)
        except PlaceholderSerial:
            raise
        except InvalidSerial as error:
            raise UnusableSerial(error.text, error.reason) from error

    @property
    def key(self) -> str:
        """The serial in upper case: equal for every way of typing it."""
        key = self.text.upper()
        return self.text if key == self.text else key  # of many serials no second text is kept

    @property
    def is_placeholder(self) -> bool:
        """True if many Macs without a serial number report this."""
        return is_placeholder(self.text)

    def __str__(self) -> str:
        return self.text


def _reason_against(text: str) -> Sentence:
    """The reason why a text has characters that no serial has; some look like Latin letters."""
    foreign = [char for char in text if char.isalpha() and not char.isascii()]
    latin = "".join("A" if char in foreign else char for char in text)
    if not foreign or not _ALLOWED.fullmatch(latin) or not any(map(str.isdigit, latin)):
        return Sentence("only letters, digits and + = . _ - can be in one")
    return Sentence(
        "its letter {letter} is of another alphabet; type it in Latin letters", letter=foreign[0]
    )


def is_vmware(text: str) -> bool:
    """Return True if a text has the form of the serials that VMware makes."""
    return _VMWARE.fullmatch(text) is not None


def is_placeholder(text: str) -> bool:
    """Return True if machines without a serial number report this, such as “Default string”."""
    plain = re.sub(r"[\s._/#-]", "", text.upper())
    return (
        plain in _PLACEHOLDERS
        or _ALL_ONE.fullmatch(plain) is not None
        or (len(plain) >= _SHORTEST_COUNTED and any(c.startswith(plain) for c in _COUNTED))
    )


def nearest(serial: Serial, keys: Iterable[str]) -> list[str]:
    """Return up to three of the keys that are similar to `serial`, the most similar first."""
    return get_close_matches(serial.key, list(keys), n=3, cutoff=LIKENESS)


def neighbours(keys: Collection[str], others: Iterable[str]) -> dict[str, str]:
    """Return, for each of the `keys`, the first of the `others` that it may be a slip of.

    Any number of O for 0 and I for 1 is one slip. A key that is among the others is no slip.
    """
    key_set = set(keys)
    shortened, ends = None, _Ends(key_set)
    matches: dict[str, str] = {}
    exact: set[str] = set()
    for other in others:
        if other in key_set:
            exact.add(other)
        normalized = _normalized(other)
        if not ends.may_fit(normalized):
            continue
        if shortened is None:
            shortened = _index(key_set)  # megabytes for thousands of keys, often for nothing
        for form in _forms(normalized):
            found = shortened.get(form, ())
            for key in (found,) if isinstance(found, str) else found:
                if key not in matches and is_slip(key, other):
                    matches[key] = other
    return {key: other for key, other in matches.items() if key not in exact}


def is_slip(key: str, other: str) -> bool:
    """Return True if `key` and `other` are one slip apart; equal ones are not."""
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


def _index(keys: Iterable[str]) -> dict[int, str | list[str]]:
    """The keys by their forms. Most are of one key: a list for each would take much memory."""
    index: dict[int, str | list[str]] = {}
    for key in keys:
        for form in set(_forms(_normalized(key))):
            known = index.setdefault(form, key)
            if isinstance(known, list):
                known.append(key)
            elif known is not key:
                index[form] = [known, key]
    return index


def _normalized(key: str) -> str:
    return key.translate(_LOOKALIKES) if "O" in key or "I" in key else key


def _forms(normalized: str) -> list[int]:
    """The hashes of a key and of its shortened forms: two of one hash are told apart later."""
    shortened = (normalized[:at] + normalized[at + 1 :] for at in range(len(normalized)))
    return [hash(normalized), *map(hash, shortened)]
