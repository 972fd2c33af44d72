"""Names of computers: what can be one, and what the network makes of it."""

import re
import unicodedata

from infrastructure.errors import RollcallError

LONGEST = 63  # bytes: a label of DNS, which is what Bonjour tells the network of a name
MARKS = "-_."
_WITHOUT_ACCENT = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ł": "l", "Ł": "L"}
)


class InvalidComputerName(RollcallError):
    """A text that cannot be the name of a computer."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:80]!r} cannot be the name of a computer: {reason}.")
        self.text = text
        self.reason = reason


def parse(text: str) -> str:
    """Return the name in `text`, composed and with single spaces.

    Raises InvalidComputerName, with a reason to act on. Nothing that a shell or a property list
    would read as anything but text can be in a name.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise InvalidComputerName(text, "it is empty")
    if not all(map(is_usable, name)):
        raise InvalidComputerName(text, "only letters, digits, spaces and - _ . can be in one")
    if not name[0].isalnum():
        raise InvalidComputerName(text, "it has to begin with a letter or a digit")
    if (size := len(name.encode())) > LONGEST:
        raise InvalidComputerName(text, f"it has {size} bytes, and macOS takes {LONGEST}")
    if not host_name(name):
        raise InvalidComputerName(text, "the network needs a letter from A to Z or a digit in it")
    return name


def host_name(name: str) -> str:
    """Return what `name` is as a LocalHostName: letters, digits and hyphens, at most 63.

    Accents are taken off, everything else becomes a hyphen. Empty where nothing is left.
    """
    plain = unicodedata.normalize("NFKD", name.translate(_WITHOUT_ACCENT))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:LONGEST].rstrip("-")


def tamed(text: str) -> str:
    """Return what of any text can stand in a name; a hyphen is in the place of the rest."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    usable = "".join(sign if is_usable(sign) else "-" for sign in text)
    # A mark that would stand on the letter before it cannot be the first, either.
    return re.sub(r"^[\W_]+", "", re.sub(r"--+", "-", usable)).rstrip(f" {MARKS}")


def is_usable(sign: str) -> bool:
    """Tell if a character can be in a name."""
    return sign.isalnum() or sign in f" {MARKS}" or unicodedata.category(sign).startswith("M")
