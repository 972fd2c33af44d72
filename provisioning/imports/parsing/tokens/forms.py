"""Forms of lines: their texts without the serials and digits in them, by which work is saved.

The lines of a list mostly have one form, so what only depends on it is looked for once.
"""

import re
from collections.abc import Callable

from provisioning.imports.parsing.tokens.serial_shapes import is_plain

_ZEROS = str.maketrans("123456789", "0" * 9)
_SERIAL = re.compile(r"(?<![A-Za-z0-9])(?=[A-Z]*[0-9])[A-Z0-9]{10,12}(?![A-Za-z0-9])")


def of(line: str) -> str:
    """Return the line with a 0 for each digit, and for each character of what may be a serial."""
    return _SERIAL.sub(lambda match: "0" * len(match[0]), line).translate(_ZEROS)


def without_serials(line: str, is_kept: Callable[[str], bool]) -> str:
    """Return the line with a 0 for each character of what may be a serial and is not kept."""
    return _SERIAL.sub(lambda match: match[0] if is_kept(match[0]) else "0" * len(match[0]), line)


def around_serial(line: str) -> tuple[str, str, str] | None:
    """Return the only plain serial in a line, and the texts before and behind it; else None."""
    found = [match for match in _SERIAL.finditer(line) if is_plain(match[0])]
    if len(found) != 1:
        return None
    return found[0][0], line[: found[0].start()], line[found[0].end() :]
