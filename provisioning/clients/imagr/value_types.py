"""Types of values in Imagr's config: each returns the fix for a value, None for a sound one.

Imagr is Python 2: text that is not ASCII breaks it wherever it becomes a file, a URL or a report.
"""

import re
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

ValueType: TypeAlias = Callable[[Any], str | None]

ACTIONS = ("none", "restart", "shutdown")
SCHEMES = ("http", "https", "file")
LONGEST_NAME = 200  # characters of a workflow's name


def flag(value: Any) -> str | None:
    """True or false."""
    return None if isinstance(value, bool) else "write <true/> or <false/>"


def never(value: Any) -> str | None:
    """A flag that must be false: a disk is not erased at the first boot."""
    return None if value is False else "only <false/> is possible here; or leave it out"


def whole(value: Any) -> str | None:
    """A whole number."""
    is_good = isinstance(value, int) and not isinstance(value, bool)
    return None if is_good else "write a number, in <integer>"


def number(value: Any) -> str | None:
    """A number of seconds, none or more."""
    return whole(value) or (None if value >= 0 else "write 0 or more")


def words(value: Any) -> str | None:
    """Text, perhaps none."""
    return None if isinstance(value, str) else "write text, in <string>"


def text(value: Any) -> str | None:
    """Text, at least one character."""
    return words(value) or (
        None if value.strip() else "it is empty; write something or leave it out"
    )


def ascii_text(value: Any) -> str | None:
    """Text that Imagr puts where only ASCII can be."""
    if fix := text(value):
        return fix
    strange = next((sign for sign in value if not sign.isascii()), None)
    return f"Imagr takes only ASCII here; fix {strange!r}" if strange else None


def name(value: Any) -> str | None:
    """The name of a workflow: one line that people choose by."""
    if fix := text(value):
        return fix
    if value != value.strip() or not value.isprintable():
        return "write one line, without spaces around it"
    return None if len(value) <= LONGEST_NAME else f"write at most {LONGEST_NAME} characters"


def script(value: Any) -> str | None:
    """An inline script, which Imagr writes to a file as ASCII."""
    if fix := ascii_text(value):
        return fix
    return "end its lines with LF alone" if "\r" in value else None


def url(value: Any) -> str | None:
    """A URL that Imagr can fetch."""
    if fix := ascii_text(value):
        return fix
    if re.search(r"\s", value):
        return "write %20 for a space"
    try:
        scheme = urlsplit(value).scheme
    except ValueError:
        return "it is no URL"
    return None if scheme in SCHEMES else "begin it with http://, https:// or file://"


def image_url(value: Any) -> str | None:
    """A URL of a disk image."""
    return url(value) or _ending(value, ".dmg", ".sparseimage")


def package_url(value: Any) -> str | None:
    """A URL of a package."""
    return url(value) or _ending(value, ".pkg", ".dmg")


def folder(value: Any) -> str | None:
    """A folder on the disk that Imagr runs from: a path, or a file URL."""
    if fix := ascii_text(value):
        return fix
    local = value.startswith(("/", "file://", "{{current_volume_path}}"))
    return None if local else "write a path on this Mac, beginning with /"


def sha512(value: Any) -> str | None:
    """A SHA-512 in hexadecimal, as Imagr compares it: lower case, of the password alone."""
    is_good = isinstance(value, str) and re.fullmatch(r"[0-9a-f]{128}", value)
    return (
        None
        if is_good
        else (
            "write the password's SHA-512, 128 digits and letters a to f: "
            "printf %s PASSWORD | shasum -a 512"
        )
    )


def action(value: Any) -> str | None:
    """An end of a workflow: Imagr stays, restarts or shuts down."""
    return None if value in ACTIONS else f"write one of {', '.join(ACTIONS)}"


def texts(value: Any) -> str | None:
    """An array of texts."""
    return _all(value, text, "text, in <string>")


def urls(value: Any) -> str | None:
    """An array of URLs."""
    return _all(value, url, "a URL, in <string>")


def headers(value: Any) -> str | None:
    """An array of HTTP headers, which Imagr splits at the first colon."""
    return _all(value, _header, "text like <string>Key: value</string>")


def array(value: Any) -> str | None:
    """An array of anything."""
    return None if isinstance(value, list) else "write an <array>"


def dictionaries(value: Any) -> str | None:
    """An array of dictionaries."""
    is_good = isinstance(value, list) and all(isinstance(each, dict) for each in value)
    return None if is_good else "write an <array> that holds only <dict>"


def labels(value: Any) -> str | None:
    """NVRAM variables that a technician is asked for, and the words beside their fields."""
    if fix := dictionaries(value):
        return fix
    good = all(len(each) == 1 and not text(*each.values()) for each in value)
    return None if value and good else "give each <dict> one variable and the words to ask for it"


def _header(value: Any) -> str | None:
    if fix := ascii_text(value):
        return fix
    key, colon, content = value.partition(":")
    is_good = colon and key.strip() and content.strip() and value.isprintable()
    return None if is_good else "write Key: value"


def _all(value: Any, value_type: ValueType, described: str) -> str | None:
    is_good = isinstance(value, list) and not any(value_type(each) for each in value)
    return None if is_good else f"write an <array>, and in it only {described}"


def _ending(value: str, *endings: str) -> str | None:
    return None if value.endswith(endings) else f"it has to end in {' or '.join(endings)}"
