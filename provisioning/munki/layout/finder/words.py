"""Words of the finder: numbers and lists of names, as parts of a sentence."""

from collections.abc import Sequence

MOST_NAMES = 5  # of Macs, in a sentence
LONGEST_ENTRY = 60  # characters of a name


def number(count: int, noun: str) -> str:
    """Return a number of things in words."""
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def listed(names: Sequence[str]) -> str:
    """Return the first of the names, and how many more there are."""
    shown = [_short(name) for name in names if name][:MOST_NAMES]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_ENTRY else f"{name[:LONGEST_ENTRY]}…"
