"""A search for the names of sites and builds in texts that people wrote."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from infrastructure.text import normalize


@dataclass(frozen=True, slots=True)
class Named:
    """The sites and builds in a line, as they are written there, and the `rest` of the line."""

    sites: tuple[str, ...]
    builds: tuple[str, ...]
    rest: str

    @property
    def site(self) -> str | None:
        """The first site that is named."""
        return self.sites[0] if self.sites else None

    @property
    def build(self) -> str | None:
        """The first build that is named."""
        return self.builds[0] if self.builds else None


class Names:
    """The names of existing sites and builds, in any case."""

    def __init__(self, sites: Collection[str], builds: Collection[str]) -> None:
        self._sites = {normalize(name) for name in sites}
        self._builds = {normalize(name) for name in builds}
        self._pattern = _any_of(self._sites | self._builds)

    def is_site(self, text: str) -> bool:
        """Tell if the whole text is a site's name."""
        return normalize(text) in self._sites

    def is_build(self, text: str) -> bool:
        """Tell if the whole text is a build's name."""
        return normalize(text) in self._builds

    def named_in(self, line: str) -> Named:
        """Return the sites and builds whose names stand in `line` as whole words.

        A name of a site and of a build counts as the site, unless the line has another site before.
        """
        matches: list[tuple[str, bool]] = []
        for name in self._found(line):
            is_site = self.is_site(name) and not (
                self.is_build(name) and any(s for _, s in matches)
            )
            matches.append((name, is_site))
        sites = tuple({normalize(name): name for name, is_site in matches if is_site}.values())
        builds = tuple({normalize(name): name for name, is_site in matches if not is_site}.values())
        return Named(sites, builds, self._pattern.sub(" ", line) if self._pattern else line)

    def _found(self, line: str) -> Iterator[str]:
        for match in self._pattern.finditer(line) if self._pattern else ():
            yield " ".join(match[0].split())


def _any_of(names: Collection[str]) -> re.Pattern[str] | None:
    """A pattern for any of the names, the longest first, so that New York is not York."""
    ways = [
        r"\s+".join(re.escape(word) for word in name.split())
        for name in sorted(names, key=len, reverse=True)
        if name
    ]
    if not ways:
        return None
    return re.compile(rf"(?<![\w.+=-])(?:{'|'.join(ways)})(?![\w+=-]|\.\w)", re.IGNORECASE)
