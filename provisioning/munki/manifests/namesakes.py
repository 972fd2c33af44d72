"""A lookup of manifests by host names, as Munki requests them.

Munki 6 and 7 request the host name, its part before the first dot, the serial and `site_default`,
in this order, and take the first manifest that exists. Some web servers and file systems ignore
case.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

MAX_AGE = 60.0  # seconds of an index of MixedNames
# The manifest of a host name, an exact one before one in another case; None where there is none.
ManifestFinder = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Namesakes:
    """An index of the manifests directly in their folder, as it was `listed`."""

    listed: Sequence[str]
    by_case: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, listed: Sequence[str]) -> Self:
        """Return the manifests of these names."""
        by_case: defaultdict[str, list[str]] = defaultdict(list)
        for name in listed:
            by_case[name.casefold()].append(name)
        return cls(listed, by_case)

    def look(self, host: str) -> str | None:
        """Return the manifest of a host name."""
        candidates = self.by_case.get(host.casefold(), ())
        return host if host in candidates else next(iter(candidates), None)


class MixedNames:
    """An index of the names in capital and small letters among those that `listed` returns."""

    def __init__(self, listed: Callable[[], Sequence[str]], max_age: float = MAX_AGE) -> None:
        self._listed, self._max_age = listed, max_age
        self._by_case: Mapping[str, Sequence[str]] = {}
        self._until = 0.0

    def of(self, name: str) -> Sequence[str]:
        """Return the names in mixed case that are this one in another case.

        A name that came less than `max_age` seconds ago may be missing. Raises what `listed` does.
        """
        if time.monotonic() >= self._until:
            mixed = (each for each in self._listed() if not (each.isupper() or each.islower()))
            self._by_case = Namesakes.of([*mixed]).by_case
            self._until = time.monotonic() + self._max_age
        return self._by_case.get(name.casefold(), ())
