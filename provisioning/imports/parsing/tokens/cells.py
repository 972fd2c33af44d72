"""Cells of tables in the place of a serial: one serial, several, or none with the reason."""

import re
from html import unescape

from provisioning.imports.parsing.entries import Entry, Item, Rejected, with_doubt
from provisioning.imports.parsing.tokens import glued, others
from provisioning.imports.parsing.tokens.serial_shapes import (
    CAPRICIOUS,
    NO_DIGIT,
    OTHER_FORM,
    SHORTEST,
    as_meant,
    doubt_of,
    is_apple,
    is_capricious,
    is_code,
    is_plain,
    reason_against,
    reject,
)
from provisioning.values.serials import InvalidSerial, Serial

FEWEST = 8  # characters of a short serial that is asked about
STRUCK = "is struck through"
SPACED = "was written with a space in it"
GROUPED = "was written in groups"
NO_SERIAL = "there is no serial in it"
_MADE_BY_SPREADSHEETS = (
    (
        re.compile(r"\d+(?:[.,]\d+)?[eE]\+\d{1,3}"),
        "the spreadsheet has rounded it; format the cells as text and type it anew",
    ),
    (re.compile(r"-?\d*[.,]\d+"), "it is a number with a fraction"),
    (re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}([./-])\d{1,2}\1\d{2,4}"), "it is a date"),
)
TOO_SHORT = "is shorter than Apple's serials, which have 10 to 12 characters"
_SHORT = re.compile(r"(?=.*\d)[A-Za-z0-9]{3,7}")
_SIGNS = re.compile(r"[+=._-]")
_FORMULA = re.compile(r"=\s*\"+([^\"]*)\"+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]{0,1000})?/?>")
_BROKEN = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{1,11}[?*#%!~^$¿·•…]+[A-Z0-9]{1,11}(?![A-Za-z0-9])")
_TARGET = re.compile(r"\s*\(https?://[^()\s]*\)")  # of a link, behind its text


def cleaned(text: str) -> str:
    """Return the text of a cell without what programs put around it: formulas, quotes, HTML."""
    if text.isalnum():
        return text
    if match := _FORMULA.fullmatch(text):
        text = match[1]
    if "(http" in text:
        text = _TARGET.sub("", text)
    if "<" in text and ">" in text:
        text = unescape(_TAG.sub(" ", text))
    elif "&" in text:
        text = unescape(text)
    return text.strip(" \t'’\"`").strip() if text[:1] in "'’\"` <" else text.strip()


def read_serial(text: str, where: str) -> Item:
    """Return the entry or the rejection for a text in the place of a serial."""
    if is_plain(text):
        serial = Serial(text)
        return Entry(serial, where=where, doubt=doubt_of(serial) if serial.is_placeholder else None)
    for pattern, reason in _MADE_BY_SPREADSHEETS:
        if pattern.fullmatch(text):
            return reject(text, where, reason)
    try:
        serial, doubt = as_meant(text)
    except InvalidSerial as error:
        reason = NO_SERIAL if " " in text else reason_against(text) or error.reason
        return reject(text, where, reason)
    if not (is_apple(serial.text) or _SIGNS.search(text) or re.search(r"\d", text)):
        return reject(text, where, "it has no digit, so it is taken for a word")
    if doubt == NO_DIGIT and not others.is_word(serial.text):
        doubt = None  # a random serial, in the place of one
    is_inside = not text.isalnum() and any(map(is_plain, _SIGNS.split(text.upper())))
    kind = others.kind_of(serial.text)
    return with_doubt(
        Entry(serial, where=where, doubt=doubt),
        short(serial.text),
        CAPRICIOUS if is_apple(text) and is_capricious(text) else None,
        glued.INSIDE if is_inside else None,
        kind and f"may be none: {kind}",
    )


def is_broken(text: str) -> bool:
    """Return True if a sign stands for a character inside of a serial: `C02XG0FDJG?5`."""
    parts = re.split(r"[^A-Za-z0-9]+", text)
    return _BROKEN.search(text) is not None and not all(map(is_apple, filter(None, parts)))


def short(text: str) -> str | None:
    """Return the doubt about a text that is written as Apple's serials are, but too short."""
    if re.fullmatch(r"[A-Z]{1,6}[-_]\d{2,}", text):
        return "may be none: it looks like an asset's number"
    if (
        FEWEST <= len(text) < SHORTEST - 1
        and text.isalnum()
        and text == text.upper()
        and is_code(text)
    ):
        return f"has {len(text)} characters, Apple's serials have 10 to 12"
    return None


def short_doubted(items: list[Item]) -> list[Item]:
    """Return the items with a doubt about those of other forms among Apple's."""
    entries = [item for item in items if isinstance(item, Entry)]
    if not any(is_apple(entry.serial.text) for entry in entries):
        return items
    return [with_doubt(item, _short_doubt(item)) for item in items]


def _short_doubt(item: Item) -> str | None:
    if isinstance(item, Rejected) or is_apple(item.serial.text):
        return None
    return TOO_SHORT if _SHORT.fullmatch(item.serial.text) else item.doubt or OTHER_FORM
