"""Names of computers: their check, and the host name that follows from each."""

import re
import unicodedata

from infrastructure.errors import InvalidInput
from infrastructure.text import Sentence

LONGEST = 63  # bytes: the limit of a DNS label, as which Bonjour publishes the name
MARKS = "-_."
_WITHOUT_ACCENT = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L"}
)


class InvalidComputerName(InvalidInput):
    """A text that cannot be the name of a computer."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(
            "{text} cannot be the name of a computer: {reason}.",
            text=repr(text[:80]),
            reason=reason,
        )
        self.text = text
        self.reason = reason


def parse(text: str) -> str:
    """Return the name in `text`, composed and with single spaces.

    Raises InvalidComputerName, with a reason to act on. A name has no character that means
    something to a shell or in a property list.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise InvalidComputerName(text, "it is empty")
    if not all(map(is_usable, name)):
        raise InvalidComputerName(text, "only letters, digits, spaces and - _ . can be in one")
    if not name[0].isalnum():
        raise InvalidComputerName(text, "it has to begin with a letter or a digit")
    if (size := len(name.encode())) > LONGEST:
        raise InvalidComputerName(
            text,
            Sentence("it has {size} bytes, and macOS takes {longest}", size=size, longest=LONGEST),
        )
    if not host_name(name):
        raise InvalidComputerName(text, "the network needs a letter from A to Z or a digit in it")
    return name


def spellings(name: str) -> tuple[str, ...]:
    """Return a name in the cases in which people type it: an index finds no other ones."""
    return name, name.upper(), name.lower(), name.title()


def host_name(name: str) -> str:
    """Return the LocalHostName for a name: ASCII letters, digits and hyphens, at most 63.

    Accents are removed, everything else becomes a hyphen. Empty where nothing is left.
    """
    if not name.isascii():
        name = unicodedata.normalize("NFKD", name.translate(_WITHOUT_ACCENT))
        name = "".join(sign for sign in name if not unicodedata.combining(sign))
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:LONGEST].rstrip("-")


def tamed(text: str) -> str:
    """Return any text with a hyphen in place of characters that a name cannot have."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    usable = "".join(sign if is_usable(sign) else "-" for sign in text)
    # A mark that would stand on the letter before it cannot be the first, either.
    return re.sub(r"^[\W_]+", "", re.sub(r"--+", "-", usable)).rstrip(f" {MARKS}")


def is_usable(sign: str) -> bool:
    """Return True if a character can be in a name."""
    return sign.isalnum() or sign in f" {MARKS}" or unicodedata.category(sign).startswith("M")
