"""Texts for comparison and display: names of sites and builds, and texts that people wrote."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches


def normalize(name: str) -> str:
    """Return a name in one case, with single spaces, and composed: Macs and SMB decompose it."""
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def nearest(name: str, names: Iterable[str]) -> str | None:
    """Return the one of `names` that is most like `name`; None where none is like it."""
    by_form = {normalize(other): other for other in names}
    likely = get_close_matches(normalize(name), by_form, n=1)
    return by_form[likely[0]] if likely else None


def readable(text: str, limit: int) -> str:
    """Return `text` in one line of at most `limit` characters, without invisible ones.

    Control and formatting characters are removed, and marks that would pile up on their letters.
    """
    composed = unicodedata.normalize("NFC", text[: limit * 8])
    spaced = "".join(" " if character.isspace() else character for character in composed)
    visible = "".join(c for c in spaced if unicodedata.category(c)[0] not in "CM")
    line = " ".join(visible.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"
