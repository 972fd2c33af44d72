"""The places that templates are for: the sites and builds of a repo, as a layout offers them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from infrastructure.findings import Finding
from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.findings import finding
from provisioning.munki import Destination, MunkiRepo

NO_KIND = ("",)  # the names of a kind that the layout of the repo does not have


@dataclass(frozen=True)
class Places:
    """The sites and builds of a repo at one moment; a kind that it lacks has one name, "".

    `of_site` are the builds of each site, where a build is for one site alone.
    """

    sites: Sequence[str]
    builds: Sequence[str]
    of_site: Mapping[str, Sequence[str]] | None = None

    def builds_at(self, site: str) -> Sequence[str]:
        """Return the builds that a site may have."""
        return self.builds if self.of_site is None else self.of_site.get(site, ())

    @property
    def count(self) -> int:
        """The number of pairs of a site and a build."""
        if self.of_site is None:
            return len(self.sites) * len(self.builds)
        return sum(len(self.builds_at(site)) for site in self.sites)

    def all(self) -> Iterator[Destination]:
        """Yield WHERE_REGISTERED and all pairs of a site and a build."""
        yield WHERE_REGISTERED
        for site in self.sites:
            yield from (Destination(site, build) for build in self.builds_at(site))

    def at(self, site: str) -> Self:
        """Return the places of one site alone, which may no longer exist."""
        return replace(self, sites=() if self.sites == NO_KIND else (site,))

    @cached_property
    def known_sites(self) -> frozenset[str]:
        """The names of all sites."""
        return frozenset(self.sites)

    @cached_property
    def known_builds(self) -> frozenset[str]:
        """The names of all builds."""
        return frozenset(self.builds)

    def owners(self, stem: str) -> list[Destination]:
        """Return the places that a file below `sites/` may serve, by its path without suffix.

        The first is the whole site, with "" as its build; the others are a build at a site.
        """
        whole = [Destination(stem, "")] if stem in self.known_sites else []
        cuts = [index for index, sign in enumerate(stem) if sign == "/"]
        pairs = (Destination(stem[:cut], stem[cut + 1 :]) for cut in cuts)
        return [*whole, *(pair for pair in pairs if self._has(pair))]

    def _has(self, pair: Destination) -> bool:
        is_known = pair.site in self.known_sites and pair.build in self.known_builds
        return is_known and (self.of_site is None or pair.build in self.builds_at(pair.site))

    def ambiguity(self, name: str, suffix: str) -> Finding | None:
        """Return the finding about a template that is for one of two places; None for most.

        `name` is its path, such as `sites/uk/leeds.sh.j2`.
        """
        if not name.startswith("sites/") or name.count("/") == 1:
            return None
        owners = self.owners(name.removeprefix("sites/").removesuffix(suffix))
        if len(owners) <= 1:
            return None
        meanings = " and ".join(map(_meaning, owners))
        used = "for all of them" if owners[0].build else "for the first"
        fix = "Put the template of a build below builds/, or rename a site or a build in the repo."
        return finding(f"its name means {meanings}; it is used {used}.", fix, file=name)


def _meaning(owner: Destination) -> str:
    return f"build {owner.build} at site {owner.site}" if owner.build else f"site {owner.site}"


def places(repo: MunkiRepo) -> Places:
    """Return the sites and builds that there are. Raises RepoUnusable."""
    now = repo.now()
    layout, index = now.layout, now.places
    sites = index.sites if layout.sites else NO_KIND
    builds = index.builds() if layout.builds else NO_KIND
    if layout.builds is None or not layout.builds.needs_site:
        return Places(sites, builds)
    return Places(sites, builds, {site: index.builds(site) for site in sites})


def pairs_with_templates(
    places: Places, suffix: str, present: Collection[str]
) -> Iterator[Destination]:
    """Yield the sites and builds that a template other than the base serves, in their order."""
    known = frozenset(present)
    of_builds = [build for build in places.builds if build and f"builds/{build}{suffix}" in known]
    wanted = frozenset(of_builds)

    def own_builds(site: str) -> set[str]:
        """The builds with a template for this site alone, not for a site called `SITE/BUILD`."""
        if not any(name.startswith(f"sites/{site}/") for name in known):
            return set()
        return {
            build
            for build in places.builds_at(site)
            if f"sites/{site}/{build}{suffix}" in known
            and f"{site}/{build}" not in places.known_sites
        }

    def builds_at(site: str) -> Sequence[str]:
        if site and f"sites/{site}{suffix}" in known:
            return places.builds_at(site)
        own = own_builds(site) if site else set()
        if not own and places.of_site is None:  # ten thousand sites have no time for all builds
            return of_builds
        return [build for build in places.builds_at(site) if build in wanted or build in own]

    for site in places.sites:
        yield from (Destination(site, build) for build in builds_at(site))
