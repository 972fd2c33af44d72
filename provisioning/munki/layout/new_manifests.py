"""Faults of what the policy file says of new manifests."""

import plistlib
from datetime import date, time
from itertools import chain
from typing import Any

OURS = {
    "catalogs": "the catalogs of new manifests are munki.catalogs, or those in [builds.NAME]",
    "included_manifests": "what every Mac includes is munki.always",
}


def are_catalogs(value: Any) -> bool:
    """Return True for a list of names that catalogs can have."""
    return isinstance(value, list) and bool(value) and all(map(_is_name, value))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and value.strip() == value != ""


def fault_of(key: str, value: Any) -> str | None:
    """Return the advice about a key and its value, as TOML has them; None where they are good."""
    return _fault_of_value(key, value) or _fault_of_plist(key, value)


def _fault_of_value(key: str, value: Any) -> str | None:
    """A fault of a key or of the type of a value, at any depth."""
    if key in OURS:
        return OURS[key]
    if isinstance(value, float | date | time):
        return "write a text, a whole number, true or false, an array or a table"
    inner = value.items() if isinstance(value, dict) else ()
    members = value if isinstance(value, list) else ()
    inside = chain(inner, (("", member) for member in members))
    return next((fix for key, each in inside if (fix := _fault_of_value(key, each))), None)


def _fault_of_plist(key: str, value: Any) -> str | None:
    try:
        plistlib.dumps({key: value})
    except (OverflowError, ValueError):
        return "a property list has no control characters, and no numbers of more than 64 bits"
    return None
