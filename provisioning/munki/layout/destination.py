"""Destinations: a site and a build, as two values, since the names of both may have a `/`."""

from dataclasses import dataclass, field

from provisioning.munki.layout.layout import DEFAULT, Layout


@dataclass(frozen=True, slots=True)
class Destination:
    """A site and a build that exist in the Munki repo, under their exact names.

    One of them is empty where the repo's layout has no such kind, both where nothing says so far
    where a Mac goes. The names are those of `layout`, which comparisons leave out.
    """

    site: str
    build: str
    layout: Layout = field(default=DEFAULT, compare=False, repr=False)

    @property
    def is_nowhere(self) -> bool:
        """True where it names neither a site nor a build."""
        return not self.site and not self.build

    @property
    def key(self) -> str:
        """Both names as one text, for comparison: names have no line feed."""
        return f"{self.site}\n{self.build}"

    def __str__(self) -> str:
        """Return both names for people; nothing can tell them apart again."""
        names = [name for name in (self.site, self.build) if name]
        return (", " if any("/" in name for name in names) else "/").join(names)
