"""Texts that people write at serials without a space: numbers of a list, places, computers."""

import re
from collections.abc import Callable

from provisioning.imports.parsing.tokens import labels
from provisioning.imports.parsing.tokens.computer_names import is_host
from provisioning.imports.parsing.tokens.serial_shapes import is_plain

INSIDE = "stands inside a longer word"  # the doubt of a serial beside other texts
LONGEST = 100  # characters of a word that is looked at
_SERIAL = r"([A-Z0-9]{10,12}|[a-z0-9]{10,12})"
_NUMBER = re.compile(
    rf"(?<![^\s,;(])#?(?:\d{{1,4}}|[A-Za-z])[.):_=-]+{_SERIAL}(?![A-Za-z0-9]|[.-]\w)"
)
_WORD = re.compile(r"[^\s,;:|/()!?]+")
_BESIDE = re.compile(rf"(?:(.+?)[=@_.+-]+)?{_SERIAL}(?:[=@_.+-]+(.+))?")
_SIGN = re.compile(r"[=@_.+-]")


def parted(line: str, is_known: Callable[[str], bool]) -> str:
    """Return a line with spaces between serials and the known names at them: `C02…=london`.

    So are names of computers behind or before an equals sign: `C02…=lab-07`; and several known
    names, `london-design`, unless a computer is called so. Numbers of a list at its serials,
    `1.C02…`, are gone.
    """
    if not _SIGN.search(line):
        return line
    line = _NUMBER.sub(lambda match: match[1] if _is_serial(match[1]) else match[0], line)
    given = {match.start(1) for match in labels.NAMED.finditer(line)}
    return _WORD.sub(
        lambda match: _parted(match[0], is_known, is_given=match.start() in given), line
    )


def _parted(text: str, is_known: Callable[[str], bool], *, is_given: bool) -> str:
    word = text.rstrip(".")
    parts = _SIGN.split(word)
    if len(parts) > 1 and not (is_given or is_known(word)) and all(map(is_known, parts)):
        return " ".join(parts) + text[len(word) :]
    match = _BESIDE.fullmatch(word) if len(word) <= LONGEST and _SIGN.search(word) else None
    if not match or not _is_serial(match[2]):
        return text
    before, serial, behind = match.groups(default="")
    names = [name for text in (before, behind) for name in text.split("=") if name]
    if not all(is_known(name) or ("=" in word and is_host(name)) for name in names):
        return text
    return " ".join((*before.split("="), serial, *behind.split("="))).strip() + text[len(word) :]


def _is_serial(text: str) -> bool:
    return is_plain(text.upper())
