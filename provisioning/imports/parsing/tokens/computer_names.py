"""Names of computers, told from names of people, Apple's default names and serials."""

import re
import unicodedata

from provisioning.imports.parsing.vocabulary.words import pattern

_MODEL = (
    r"(?:mac[ -]?book(?:[ -]?(?:pro|air|neo))?|imac(?:[ -]?pro)?|mac[ -]?(?:mini|pro|studio)|mac)"
)
_INCHES = r"(?:[ -]?\d\d(?:[.,]\d)?[ -]?(?:inch|zoll|\"|″)| ?\d\d(?:[.,]\d)?)"
_SIZE = rf"(?:{_INCHES}?[ -]?)"
_COPY = r"(?: ?\(\d{1,3}\)|[ -][2-9])?"
_OWNER = r"(?:.*['’]s?[ -]|[^\W\d_]+s[ -](?=macbook|imac|mac[ -][mps])|.*(?:的|の|의)[ -]?)"
_NEW = rf"(?:(?:{pattern('a_new')})[ -])"
_OF = (
    r"(?:(?:von|de|du|di|del|da|do|van|af|av|od|din|z|from|fra|til|для|for|für|pour|para|voor)[ -]"
    r"|d['’])"
)
_DESCRIBED = re.compile(rf".*\bapple {_MODEL}\b.*", re.IGNORECASE)
# What lists say of a model: `MacBook Air M4 16GB Midnight`, `MBP 14`, `iMac (24-inch, 2024)`.
_DETAIL = (
    r"[ ,(/]+(?:(?:1[1-7]|2[147])(?:[.,]\d)?(?:[ -]?(?:inch|zoll|\"|″))?"
    r"|m\d(?: (?:pro|max|ultra))?|\d{1,3} ?[gt]b(?: (?:ram|ssd))?|20[12]\d"
    r"|midnight|starlight|silver|space (?:gr[ae]y|black)|sky blue)\)?"
)
_MADE = rf"{_SIZE}(?:{_MODEL}{_SIZE}|mb[ap](?= ))(?:{_DETAIL})*"
_DEFAULT = re.compile(rf"{_OWNER}?{_NEW}?{_MADE}(?:[ -]{_OF}.*)?{_COPY}", re.IGNORECASE)
_COUNTED = re.compile(rf"{_MODEL}[ -](0*\d{{1,3}})", re.IGNORECASE)  # iMac-1, iMac-2
_MODEL_ALONE = re.compile(_MADE, re.IGNORECASE)
MAX_WORDS = 4  # of a person's name
_LABEL = re.compile(
    r"(?=.*\d)(?=.*[a-z]|.*(?:MAC|MBP|MBA|MINI|STUDIO|LAB|NB|WS))[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+",
    re.ASCII,
)
HOST = re.compile(
    r"(?<![\w.@-])[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
    r"(?:(?:\.[a-z][a-z0-9-]+){2,}|\.(?:local|lan|corp|internal|intra))\.?(?!\w)"
)
_VIRTUAL = "Parallels"  # begins the serials of virtual Macs
_DOMAIN = re.compile(r"([A-Za-z0-9-]+)(?:\.[A-Za-z0-9-]+)+\.?")


def as_given(
    text: str, serial: str, *, may_be_host: bool = True, are_counted: bool = False
) -> str | None:
    """Return a computer's name that somebody gave it; None for a default name or its serial.

    Of a host's full name only the part before the first dot is returned, where it `may_be_host`.
    Where names `are_counted`, one such as iMac-2 is no copy of a default name.
    """
    if not text:
        return None
    text = " ".join(text.split())
    if may_be_host and (host := _DOMAIN.fullmatch(text)) and not text.replace(".", "").isdigit():
        text = host[1]
    is_counted = are_counted and _COUNTED.fullmatch(text) is not None
    if text.upper() in {"", serial} or (is_default(text) and not is_counted):
        return None
    return text


def is_first(text: str) -> bool:
    """Return True for the first of names that count models: iMac-1. Apple's copies begin at 2."""
    found = _COUNTED.fullmatch(text)
    return found is not None and int(found[1]) == 1


def is_default(text: str) -> bool:
    """Return True if a name is given by Apple's setup, or a model: “Ann’s MacBook Pro”.

    So is a description with Apple's name: `P1000479 - Apple MacBook Pro 14"`.
    """
    plain = unicodedata.normalize("NFKC", text).removesuffix(".local")
    return (_DEFAULT.fullmatch(plain) or _DESCRIBED.fullmatch(plain)) is not None


def is_model(text: str) -> bool:
    """Return True if a text is the name of a model, and of no owner: `MacBook Pro 14`."""
    return _MODEL_ALONE.fullmatch(text) is not None


def is_person(text: str) -> bool:
    """Return True if a text has the form of a person's name: two or three words with capitals."""
    words = text.replace(",", " ").split()
    return (
        1 < len(words) <= MAX_WORDS
        and not is_default(text)
        and all(word[0].isupper() or word in {"de", "van", "von", "der", "di"} for word in words)
        and not any(char.isdigit() or char in "_/" for char in text)
    )


def is_host(word: str) -> bool:
    """Return True if a word reads like the name of a computer: `lab-mac-07`, `lab-07.local`."""
    is_labelled = _LABEL.fullmatch(word) and not word.startswith(_VIRTUAL)
    return bool(is_labelled or HOST.fullmatch(word))
