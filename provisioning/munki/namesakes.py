"""Manifests by the host names that Munki would ask for them with.

Munki 6 and 7 ask for the host name, what it is up to the first dot, the serial and
`site_default`, in this order, and take the first that there is. Some web servers and file systems
ignore case.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

# The manifest of a host name, an exact one before one in another case; None where there is none.
Look = Callable[[str], str | None]

# What Munki has in a repo, and what it keeps beside the manifests on a Mac.
RESERVED = (
    *("catalogs", "client_resources", "icons", "manifests", "pkgs", "pkgsinfo"),
    *("included_manifests", "site_default", "SelfServeManifest"),
)


@dataclass(frozen=True, slots=True)
class Namesakes:
    """The manifests directly in their folder, as it was `listed`."""

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
        found = self.by_case.get(host.casefold(), ())
        return host if host in found else next(iter(found), None)
