"""A look-up of manifests by host names, as Munki requests them.

Munki 6 and 7 request the host name, its part before the first dot, the serial and `site_default`,
in this order, and take the first manifest that exists. Some web servers and file systems ignore
case.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

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
