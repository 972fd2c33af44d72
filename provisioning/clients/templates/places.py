"""The places for which a template is checked: all that it serves, or some of each shape.

A repo of many sites and builds has too many pairs of them to render a template for each.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.chooser import choose
from provisioning.munki import Destination, MunkiRepo

MOST_CHECKED = 64  # pairs of a site and a build for which one template is rendered
# Signs that make shells, property lists or JSON treat a name in another way.
_SIGNS = (r"[^\w@%+=:,./-]", r"'", r'["\\]', r"[&{<]", r"/", r"[^ -~]", r"^[-~]")
_TAG = re.compile(r"\{[%=].*?[%=]\}", re.DOTALL)
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")


@dataclass(frozen=True)
class Places:
    """The sites and builds of a repo at one moment."""

    sites: Sequence[str]
    builds: Sequence[str]

    def all(self) -> Iterator[Destination]:
        """Yield WHERE_REGISTERED, and all sites with all builds."""
        yield WHERE_REGISTERED
        for site in self.sites:
            yield from (Destination(site, build) for build in self.builds)


def places(repo: MunkiRepo) -> Places:
    """Return the sites and builds that there are. Raises RepoUnusable."""
    now = repo.now()
    return Places(tuple(now.sites()), tuple(now.builds()))


def pairs_with_templates(
    places: Places, suffix: str, present: Collection[str]
) -> Iterator[Destination]:
    """Yield the sites and builds that a template other than the base serves, in their order."""
    known = frozenset(present)
    of_builds = [build for build in places.builds if f"builds/{build}{suffix}" in known]
    for site in places.sites:
        prefix = f"sites/{site}/"
        if f"sites/{site}{suffix}" in known:
            builds = list(places.builds)
        elif any(name.startswith(prefix) for name in known):
            wanted = {*of_builds}
            builds = [
                build
                for build in places.builds
                if build in wanted or f"{prefix}{build}{suffix}" in known
            ]
        else:
            builds = of_builds
        yield from (Destination(site, build) for build in builds)


class Servings:
    """The destinations that each template serves; `present` are the names of the templates.

    All of them where the repo has MOST_CHECKED pairs of a site and a build at the most; else
    those that represent the others: for each shape of a name one, and the names that stand in
    the template.
    """

    def __init__(self, places: Places, suffix: str, present: Collection[str]) -> None:
        self.places, self._suffix, self.present = places, suffix, present

    def of(self, name: str, texts: Mapping[str, str]) -> list[Destination]:
        """Return those of template `name`, which is made of `texts`: MOST_CHECKED at the most."""
        if len(self.places.sites) * len(self.places.builds) <= MOST_CHECKED:
            return [each for each in self.places.all() if self._serves(name, each)]
        words = _words(texts.values())
        served = (each for each in self._pairs(name, words) if self._serves(name, each))
        return [
            *([WHERE_REGISTERED] if self._serves(name, WHERE_REGISTERED) else []),
            *islice(served, MOST_CHECKED),
        ]

    def _serves(self, name: str, destination: Destination) -> bool:
        return choose(destination, self._suffix, self.present) == name

    def _pairs(self, name: str, words: Collection[str]) -> Iterator[Destination]:
        """Pairs that the template may serve: first each site and each build once, then all."""
        sites, builds = self._candidates(name)
        some_sites, some_builds = self._some(sites, words), self._some(builds, words)
        if some_sites and some_builds:
            longest = max(len(some_sites), len(some_builds))
            diagonal = (
                (some_sites[number % len(some_sites)], some_builds[number % len(some_builds)])
                for number in range(longest)
            )
            pairs = dict.fromkeys([*diagonal, *islice(product(some_sites, some_builds), 10_000)])
            yield from (Destination(*pair) for pair in pairs)

    def _candidates(self, name: str) -> tuple["_Names", "_Names"]:
        if name == f"base{self._suffix}":
            return self._sites_without, self._builds_without
        if build := self._build_of.get(name):
            return self._sites, _Names((build,))
        if site := self._site_of.get(name):
            return _Names((site,)), self._builds_without
        stem = name.removeprefix("sites/").removesuffix(self._suffix)
        for cut in (index for index, sign in enumerate(stem) if sign == "/"):
            site, build = stem[:cut], stem[cut + 1 :]
            if site in self._sites.known and build in self._builds.known:
                return _Names((site,)), _Names((build,))
        return _Names(()), _Names(())

    def _some(self, names: "_Names", words: Collection[str]) -> list[str]:
        """The names that represent the others; rather those without a template for a pair."""
        mentioned = sorted(names.known.intersection(words))
        of_shapes = (
            min(islice(group, 1000), key=lambda name: name in self._paired)
            for group in names.by_shape
        )
        return list(dict.fromkeys([*of_shapes, *mentioned]))

    @cached_property
    def _sites(self) -> "_Names":
        return _Names(self.places.sites)

    @cached_property
    def _builds(self) -> "_Names":
        return _Names(self.places.builds)

    @cached_property
    def _site_of(self) -> dict[str, str]:
        return {f"sites/{site}{self._suffix}": site for site in self.places.sites}

    @cached_property
    def _build_of(self) -> dict[str, str]:
        return {f"builds/{build}{self._suffix}": build for build in self.places.builds}

    @cached_property
    def _sites_without(self) -> "_Names":
        """The sites without a template of their own."""
        return _Names([site for name, site in self._site_of.items() if name not in self.present])

    @cached_property
    def _builds_without(self) -> "_Names":
        """The builds without a template of their own."""
        present = self.present
        return _Names([build for name, build in self._build_of.items() if name not in present])

    @cached_property
    def _paired(self) -> frozenset[str]:
        """The names that stand in those of templates for one site and one build."""
        pairs = (name for name in self.present if name.startswith("sites/"))
        parts = (name.removesuffix(self._suffix).split("/")[1:] for name in pairs)
        return frozenset(part for each in parts if len(each) > 1 for part in each)


class _Names:
    """Names of sites or of builds, by their shapes."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self.known = frozenset(names)

    @cached_property
    def by_shape(self) -> list[list[str]]:
        """The names in groups, of which each has the same signs."""
        groups: dict[tuple[bool, ...], list[str]] = {}
        for name in self._names:
            shape = tuple(bool(re.search(sign, name, re.ASCII)) for sign in _SIGNS)
            groups.setdefault(shape, []).append(name)
        return list(groups.values())


def _words(texts: Iterable[str]) -> set[str]:
    """The texts in quotation marks that stand in the tags of templates."""
    tags = (tag for text in texts for tag in _TAG.findall(text))
    return {single or double for tag in tags for single, double in _TEXT.findall(tag)}
