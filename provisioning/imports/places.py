"""An index of the destinations of imports: looked up, and found by name in texts."""

from provisioning.imports.parsing.names import KnownNames
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.layout import Layout
from provisioning.munki.repo import RepoView
from provisioning.values.kinds import Kinds


def kinds_of(layout: Layout) -> Kinds:
    """Return the kinds of names that say where a Mac goes in a repo of this layout."""
    return Kinds.of(layout.sites, layout.builds)


class Places(DestinationIndex):
    """An index of the sites and builds of the Munki repo at one moment, and of their kinds.

    `known` are the names of the sites and of the builds, as the parsers take them. Raises
    RepoUnusable when it is made.
    """

    def __init__(self, repo: RepoView) -> None:
        super().__init__(repo)
        layout = repo.layout
        self.kinds = kinds_of(layout)
        self.known: tuple[KnownNames, KnownNames] = (
            None if layout.sites is None else self.sites,
            None if layout.builds is None else self.builds,
        )
