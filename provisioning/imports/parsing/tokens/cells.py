"""Cells of tables in the place of a serial: one serial, several, or none with the reason."""

import re
from collections.abc import Iterator
from html import unescape

from provisioning.imports.parsing.entries import Entry, Item, Rejected, with_doubt
from provisioning.imports.parsing.tokens import glued, labels, others
from provisioning.imports.parsing.tokens.computer_names import is_host
from provisioning.imports.parsing.tokens.serial_shapes import (
    CAPRICIOUS,
    LONGEST,
    NO_DIGIT,
    OTHER_FORM,
    SHORTEST,
    as_meant,
    doubt_of,
    is_apple,
    is_capricious,
    is_code,
    is_old,
    is_plain,
    may_be_letters,
    reason_against,
    reject,
)
from provisioning.values.serials import InvalidSerial, Serial

FEWEST = 8  # characters of a short serial that is asked about
LONGEST_SERIAL = 19  # characters in one word; longer ones may be several
LONGEST_CELL = 500  # characters that are read
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
_QUOTED = re.compile(r"(['\"`‘’“”])(.*)\1?", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:\s[^<>]{0,1000})?/?>")
_TARGET = re.compile(r"\s*\(https?://[^()\s]*\)")  # of a link, behind its text
_STRUCK = re.compile(r"<(?:s|del|strike)>|~~|\s*~[^~]+~\s*$|\s*-[A-Z0-9]+-\s*$", re.IGNORECASE)
_BROKEN = re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]{1,11}[?*#%!~^$¿·•…]+[A-Z0-9]{1,11}(?![A-Za-z0-9])")
_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{8,14}(?![A-Za-z0-9])")
_BETWEEN = re.compile(r"[^A-Za-z0-9+=._-]")
_SPACED = re.compile(r"[A-Za-z0-9]{1,6}(?:[ -][A-Za-z0-9]{1,6}){1,5}")
_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9]")  # that a scanner writes before a code


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


def read_cell(text: str, where: str) -> Iterator[Item]:
    """Yield the entries and rejections for a cell in the place of a serial."""
    is_struck = bool(_STRUCK.match(text))
    text = cleaned(_IDENTIFIER.sub("", text[:LONGEST_CELL]).replace("~", " " if is_struck else "~"))
    if text.isalnum() and not is_struck and len(text) <= LONGEST_SERIAL:
        yield read_serial(text, where)
        return
    for item in _parts(glued.without_number(labels.without_label(text)), where):
        yield with_doubt(item, STRUCK if is_struck else None)


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
        return reject(text, where, reason_against(text) or error.reason)
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


def _parts(text: str, where: str) -> Iterator[Item]:
    """The serials in a cell that holds more than the letters and digits of one."""
    tokens = [token for token in _TOKEN.findall(text) if _may_be(token)]
    whole = read_serial(text, where)
    joined = re.sub(r"[^A-Za-z0-9]", "", text)
    if "-" in text and is_old(joined.upper()) and _SPACED.fullmatch(text):
        yield with_doubt(read_serial(joined, where), GROUPED)
    elif isinstance(whole, Entry) and not (
        tokens and is_apple(tokens[0]) and _is_decorated(text, tokens)
    ):
        yield whole
    elif joined not in tokens and _is_split(text, joined, whole):
        yield with_doubt(read_serial(joined, where), SPACED)
    elif tokens and not _is_broken(text):
        for token in dict.fromkeys(tokens):
            yield read_serial(token, where)
    elif _SPACED.fullmatch(text) and _may_be(joined) and is_apple(joined):
        yield read_serial(joined, where)
    elif isinstance(whole, Rejected) and " " in text and not tokens:
        yield reject(text, where, NO_SERIAL)
    else:
        yield whole


def _is_split(text: str, joined: str, whole: Item) -> bool:
    """Return True if an older serial has a sign, not a space or hyphen: `C0>2XG0FDJGH5`."""
    is_whole = len(joined) == LONGEST and is_old(joined)
    return is_whole and isinstance(whole, Rejected) and not _SPACED.fullmatch(text)


def _is_broken(text: str) -> bool:
    """Return True if a sign stands for a character inside of a serial: `C02XG0FDJG?5`."""
    parts = re.split(r"[^A-Za-z0-9]+", text)
    return _BROKEN.search(text) is not None and not all(map(is_apple, filter(None, parts)))


def _is_decorated(text: str, tokens: list[str]) -> bool:
    """Return True if a text is a serial with signs around it, or serials with signs between."""
    is_list = bool(_BETWEEN.search(text)) or len(tokens) > 1 or is_apple(text.strip("+=._-"))
    return is_list and not re.search(r"[^\W_]", _TOKEN.sub("", text)) and all(map(is_apple, tokens))


def _may_be(token: str) -> bool:
    text = token.upper()
    return may_be_letters(token) or (
        is_code(token)
        and not is_host(token)
        and not others.is_counted(text)
        and others.kind_of(text) is None
        and (
            is_apple(token)
            or (token == text and len(token) >= SHORTEST - 1)
            or len(token) == LONGEST + 1
        )
    )
