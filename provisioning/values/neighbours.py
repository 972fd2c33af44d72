"""Serials that are one slip away from a serial somebody registered before.

Two texts are one insertion, deletion, substitution or transposition apart only if leaving out at
most one character of each makes them equal. The shortened forms of the few keys asked about are
kept; the many known ones are looked up in them one at a time and may come straight out of a query.
"""

from collections.abc import Collection, Iterable

# What is read for each other on a label is the same letter here.
_LOOKALIKES = str.maketrans("OI", "01")


def neighbours(keys: Collection[str], known: Iterable[str]) -> dict[str, str]:
    """Return the known key that each of the `keys` may be a slip of; the first where several are.

    Any number of O for 0 and I for 1 is one slip. A key that is known itself is no slip.
    """
    asked = set(keys)
    shortened, ends = _index(asked), _Ends(asked)
    found: dict[str, str] = {}
    exact: set[str] = set()
    for other in known:
        if other in asked:
            exact.add(other)
        folded = _folded(other)
        if not ends.may_fit(folded):
            continue
        for form in _forms(folded):
            for key in shortened.get(form, ()):
                if key not in found and is_slip(key, other):
                    found[key] = other
    return {key: other for key, other in found.items() if key not in exact}


def near(key: str, known: Iterable[str]) -> str | None:
    """Return the known key that `key` may be a slip of, or None."""
    return neighbours((key,), known).get(key)


def is_slip(one: str, other: str) -> bool:
    """Whether one slip makes `other` of `one`; not for equal ones."""
    if one == other:
        return False
    if _folded(one) == _folded(other):
        return True
    if len(one) > len(other):
        one, other = other, one
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at + 1 :]


class _Ends:
    """The beginnings and ends of the keys: one slip leaves either of them as it was.

    They are short enough for two letters swapped in the middle to leave one alone. Most known
    serials are passed over with this alone.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        folded = [_folded(key) for key in keys]
        self._length = max(0, min((len(key) - 2) // 2 for key in folded)) if folded else 0
        self._heads = {self._head(key) for key in folded}
        self._tails = {self._tail(key) for key in folded}

    def may_fit(self, folded: str) -> bool:
        return self._head(folded) in self._heads or self._tail(folded) in self._tails

    def _head(self, folded: str) -> str:
        return folded[: self._length]

    def _tail(self, folded: str) -> str:
        return folded[len(folded) - self._length :]


def _index(keys: Iterable[str]) -> dict[str, list[str]]:
    index: dict[str, list[str]] = {}
    for key in keys:
        for form in set(_forms(_folded(key))):
            index.setdefault(form, []).append(key)
    return index


def _folded(key: str) -> str:
    return key.translate(_LOOKALIKES) if "O" in key or "I" in key else key


def _forms(folded: str) -> list[str]:
    return [folded, *[folded[:at] + folded[at + 1 :] for at in range(len(folded))]]
