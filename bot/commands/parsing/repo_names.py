"""The names of sites and builds in the repo, and those that a typed text holds."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from infrastructure.errors import RollcallError
from provisioning.imports.parsing.names import KnownNames, Names
from provisioning.values.kinds import BUILD, SITE, Kinds

NameLister = Callable[[], Sequence[str]]


@dataclass(frozen=True, slots=True)
class RepoNames:
    """The names of a repo, which are listed only where a text may need them.

    `sites` and `builds` return those that exist, of the `kinds` that the repo has, and raise what
    reading the repo does.
    """

    sites: NameLister
    builds: NameLister
    kinds: Kinds

    def known(self) -> tuple[KnownNames, KnownNames]:
        """Return the names of sites and of builds; None for a kind that the repo lacks."""
        return (
            self.sites() if SITE in self.kinds.names else None,
            self.builds() if BUILD in self.kinds.names else None,
        )

    def listed(self) -> Names:
        """Return an index of all names."""
        return Names.of(*self.known())

    def site_in(self, text: str) -> str | None:
        """Return the one site that a text names; None where the repo cannot be read, too."""
        with suppress(RollcallError):
            names = self.listed()
            named = names.named_in(text).sites
            return names.as_site(named[0]) if len(named) == 1 else None
        return None
