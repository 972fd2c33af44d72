"""Labels of metrics: short texts, and few of each kind.

No label is a serial, a person or an address.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from provisioning.values.slack import is_conversation_id, is_user_id

Labels = tuple[str, ...]
Key = TypeVar("Key", bound=Labels)
Number = TypeVar("Number", int, float)

MAX_LABELS = 200  # sites, and channels, that have a label of their own
OTHER, PEOPLE, ALL = "other", "people", "all"
LONGEST = 120  # characters


def label(text: str) -> str:
    """Return a text as a label: shortened, and valid Unicode, which names of files need not be."""
    return text[:LONGEST].encode("utf-8", "replace").decode()


def of_site(site: str) -> str:
    """Return the label of a site; where the repo has no sites, all Macs are at one."""
    return label(site) or ALL


def of_channel(channel: str) -> str:
    """Return the label of a channel; all people share one."""
    return PEOPLE if is_user_id(channel) or is_conversation_id(channel) else label(channel)


def few(names: Iterable[str]) -> Callable[[str], str]:
    """Return a function that keeps the first MAX_LABELS of these names, and maps others to OTHER.

    PEOPLE and ALL are not counted.
    """
    named = {PEOPLE, ALL}
    for name in names:
        if len(named) == MAX_LABELS + 2:
            break
        named.add(name)
    return lambda name: name if name in named else OTHER


def summed(rows: Iterable[tuple[Key, Number]]) -> dict[Key, Number]:
    """Return the sum of the values of rows with the same labels."""
    total: dict[Key, Number] = {}
    for labels, value in rows:
        total[labels] = total[labels] + value if labels in total else value
    return total
