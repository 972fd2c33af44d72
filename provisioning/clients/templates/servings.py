"""The destinations for which a template is checked: all that it serves, or some of each shape.

A repo of many sites and builds has too many pairs of them to render a template for each.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice, product
from typing import TypeAlias

from provisioning.access.tokens import WHERE_REGISTERED
from provisioning.clients.templates.chooser import choose
from provisioning.clients.templates.places import Places
from provisioning.munki import Destination

MAX_CHECKED = 64  # pairs of a site and a build for which one template is rendered
# Signs that make shells, property lists or JSON treat a name in another way.
_SIGNS = [
    re.compile(sign, re.ASCII)
    for sign in (r"[^\w@%+=:,./-]", r"'", r'["\\]', r"[&{<]", r"/", r"[^ -~]", r"^[-~]")
]
_TAG = re.compile(r"\{[%=].*?[%=]\}", re.DOTALL)
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")

Shape: TypeAlias = tuple[bool, ...]  # of a name: the signs that it has


class Servings:
    """The destinations that each template serves; `present` are the names of the templates.

    All of them where the repo has MAX_CHECKED pairs of a site and a build at most; else
    those that represent the others: for each shape of a name one, and the names that stand in
    the template.
    """

    def __init__(self, places: Places, suffix: str, present: Collection[str]) -> None:
        self.places, self._suffix, self.present = places, suffix, present

    def of(self, name: str, texts: Mapping[str, str]) -> list[Destination]:
        """Return at most MAX_CHECKED destinations of template `name`, which is made of `texts`."""
        if self.places.count <= MAX_CHECKED:
            return [each for each in self.places.all() if self._serves(name, each)]
        words = _words(texts.values())
        served = (each for each in self._pairs(name, words) if self._serves(name, each))
        return [
            *([WHERE_REGISTERED] if self._serves(name, WHERE_REGISTERED) else []),
            *islice(served, MAX_CHECKED),
        ]

    def _serves(self, name: str, destination: Destination) -> bool:
        is_site = self.places.known_sites.__contains__
        return choose(destination, self._suffix, self.present, is_site) == name

    def _pairs(self, name: str, words: Collection[str]) -> Iterator[Destination]:
        """Pairs that the template may serve: first each site and each build once, then all."""
        sites, builds = self._candidates(name)
        if self.places.of_site is not None:
            yield from self._pairs_of_sites(name, sites, builds, words)
            return
        some_sites, some_builds = self._some(sites, words), self._some(builds, words)
        if some_sites and some_builds:
            longest = max(len(some_sites), len(some_builds))
            diagonal = (
                (some_sites[number % len(some_sites)], some_builds[number % len(some_builds)])
                for number in range(longest)
            )
            pairs = dict.fromkeys([*diagonal, *islice(product(some_sites, some_builds), 10_000)])
            yield from (Destination(*pair) for pair in pairs)

    def _pairs_of_sites(
        self, name: str, sites: "_Names", builds: "_Names", words: Collection[str]
    ) -> Iterator[Destination]:
        """Pairs where each build is for one site: of each shape one, then those that are named."""
        by_shape: dict[tuple[Shape, Shape], Destination] = {}
        named: list[Destination] = []
        for site, build in self._together(sites, builds):
            destination = Destination(site, build)
            if self._serves(name, destination):
                by_shape.setdefault((_shape(site), _shape(build)), destination)
                if site in words or build in words:
                    named.append(destination)
        yield from dict.fromkeys([*by_shape.values(), *named])

    def _together(self, sites: "_Names", builds: "_Names") -> Iterator[tuple[str, str]]:
        """Each site with those of the builds that it has."""
        if len(builds.known) == 1:
            (build,) = builds.known
            of_build = self._sites_of.get(build, ())
            yield from ((site, build) for site in of_build if site in sites.known)
            return
        for site in sites.all:
            here = self.places.builds_at(site)
            yield from ((site, build) for build in here if build in builds.known)

    @cached_property
    def _sites_of(self) -> Mapping[str, Sequence[str]]:
        """The sites that have a build, by its name."""
        sites: defaultdict[str, list[str]] = defaultdict(list)
        for site in self.places.sites:
            for build in self.places.builds_at(site):
                sites[build].append(site)
        return sites

    def _candidates(self, name: str) -> tuple["_Names", "_Names"]:
        if name == f"base{self._suffix}":
            return self._sites_without, self._builds_without
        if build := self._build_of.get(name):
            return self._sites, _Names((build,))
        if site := self._site_of.get(name):
            return _Names((site,)), self._builds_without
        stem = name.removeprefix("sites/").removesuffix(self._suffix)
        owners = self.places.owners(stem)
        return (_Names([owner.site for owner in owners]), _Names([owner.build for owner in owners]))

    def _some(self, names: "_Names", words: Collection[str]) -> list[str]:
        """The names that represent the others, preferably without a template for a pair."""
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
        return {f"sites/{site}{self._suffix}": site for site in self.places.sites if site}

    @cached_property
    def _build_of(self) -> dict[str, str]:
        return {f"builds/{build}{self._suffix}": build for build in self.places.builds if build}

    @cached_property
    def _sites_without(self) -> "_Names":
        """The sites without a template of their own."""
        own = {site for name, site in self._site_of.items() if name in self.present}
        return _Names([site for site in self.places.sites if site not in own])

    @cached_property
    def _builds_without(self) -> "_Names":
        """The builds without a template of their own."""
        own = {build for name, build in self._build_of.items() if name in self.present}
        return _Names([build for build in self.places.builds if build not in own])

    @cached_property
    def _paired(self) -> frozenset[str]:
        """The names that stand in those of templates for one site and one build."""
        stems = (
            name.removeprefix("sites/").removesuffix(self._suffix)
            for name in self.present
            if name.startswith("sites/")
        )
        pairs = (owner for stem in stems for owner in self.places.owners(stem) if owner.build)
        return frozenset(name for pair in pairs for name in (pair.site, pair.build))


class _Names:
    """Names of sites or of builds, by their shapes."""

    def __init__(self, names: Sequence[str]) -> None:
        self.all = names
        self.known = frozenset(names)

    @cached_property
    def by_shape(self) -> list[list[str]]:
        """The names in groups of one shape."""
        groups: dict[Shape, list[str]] = {}
        for name in self.all:
            groups.setdefault(_shape(name), []).append(name)
        return list(groups.values())


def _shape(name: str) -> Shape:
    """Return the shape of a name: the special characters in it."""
    return tuple(bool(sign.search(name)) for sign in _SIGNS)


def _words(texts: Iterable[str]) -> set[str]:
    """The texts in quotation marks that stand in the tags of templates."""
    tags = (tag for text in texts for tag in _TAG.findall(text))
    return {single or double for tag in tags for single, double in _TEXT.findall(tag)}
