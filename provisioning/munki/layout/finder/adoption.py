"""Adoption: the destinations of existing Macs by their manifests, and the changes of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain, product

from provisioning.munki.layout.forms import Reading
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import ManifestKind
from provisioning.munki.layout.ownership import TwoOfAKind, merge

SHOWN = 5  # examples


@dataclass(frozen=True, slots=True)
class AdoptedMac:
    """A Mac's own manifest: the site and the build that it leads to, and its includes then.

    `problem` is the reason why it leads nowhere, as in "has two sites"; else it is empty.
    """

    name: str
    site: str = ""
    build: str = ""
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    problem: str = ""
    entries: tuple[str, ...] = field(default=())  # those that the problem is about

    @property
    def stays(self) -> bool:
        """True where sending the Mac where it goes now changes nothing in its manifest."""
        return not self.problem and self.before == self.after

    @property
    def change(self) -> str:
        """The change of the manifest, in a few words."""
        if self.problem:
            return f"{self.problem}: {', '.join(self.entries)}" if self.entries else self.problem
        if self.stays:
            return "stays as it is"
        gone = [entry for entry in self.before if entry not in self.after]
        return ", ".join([*self._new(), *(f"- {entry}" for entry in gone)]) or "twins go"

    def _new(self) -> Iterator[str]:
        for place, entry in enumerate(self.after):
            if entry not in self.before:
                following = next((each for each in self.after[place + 1 :] if each), "")
                yield f"+ {entry} ({f'before {following}' if following else 'at the end'})"


class Adoption:
    """The Macs of a repo that offers these places, as its layout sees them."""

    def __init__(self, places: PlaceIndex) -> None:
        self._layout = places.layout
        self._sites = frozenset(places.sites)
        self._builds = cache(lambda site: frozenset(places.builds(site)))
        self._meant = places.path_of
        self._judged = cache(self._judge)

    def macs(
        self, names: Sequence[str], includes: Mapping[str, tuple[str, ...]]
    ) -> list[AdoptedMac]:
        """Return each of these Macs; those whose manifest cannot be read are left out."""
        return [self.mac(name, includes[name]) for name in names if name in includes]

    def mac(self, name: str, before: tuple[str, ...]) -> AdoptedMac:
        """Return one of the Macs, whose manifest has these includes."""
        return replace(self._judged(before), name=name)

    def _kind_of(self, entry: str) -> ManifestKind | None:
        return self._layout.kind_of(self._meant(entry))

    def _judge(self, before: tuple[str, ...]) -> AdoptedMac:
        """A Mac, without its name, that has these includes: there are few places and many Macs."""
        meant = [self._meant(entry) for entry in before]
        paths = {
            kind: tuple(dict.fromkeys(path for path in meant if self._layout.kind_of(path) is kind))
            for kind in self._needed()
        }
        for kind, found in paths.items():
            if len(found) != 1:
                count = f"has {len(found)} {kind}s" if found else f"has no {kind}"
                return AdoptedMac("", before=before, problem=count, entries=found)
        if self._hides_site():
            return AdoptedMac("", before=before, problem="does not say its site")
        place = self._place(paths)
        if place is None:
            missing = tuple(chain.from_iterable(paths.values()))
            return AdoptedMac(
                "", before=before, problem="leads to no place that is offered", entries=missing
            )
        try:
            after = merge(before, self._layout.includes(*place), self._kind_of, None, "")
        except TwoOfAKind as two:  # one of them in two ways, such as in another case
            problem = f"has {len(two.paths)} {two.kind}s"
            return AdoptedMac("", before=before, problem=problem, entries=two.paths)
        return AdoptedMac("", *place, before, tuple(after))

    def _needed(self) -> Iterator[ManifestKind]:
        """The kinds of which a Mac has to include one."""
        if self._layout.sites is not None and self._layout.includes_site:
            yield ManifestKind.SITE
        if self._layout.builds is not None:
            yield ManifestKind.BUILD

    def _hides_site(self) -> bool:
        """True where there are sites that no manifest of a Mac names."""
        sites, builds = self._layout.sites, self._layout.builds
        is_named = self._layout.includes_site or (builds is not None and builds.needs_site)
        return sites is not None and not is_named

    def _place(self, paths: Mapping[ManifestKind, Sequence[str]]) -> tuple[str, str] | None:
        """The site and the build of these paths; None where the repo does not offer them."""
        sites, builds = (
            [Reading("")] if kind not in paths or form is None else form.readings(paths[kind][0])
            for kind, form in (
                (ManifestKind.SITE, self._layout.sites),
                (ManifestKind.BUILD, self._layout.builds),
            )
        )
        for included, build in product(sites, builds):
            site = included.name or build.site or ""
            is_offered = (self._layout.sites is None or site in self._sites) and (
                self._layout.builds is None or build.name in self._builds(site)
            )
            if is_offered and self._leads_to((site, build.name), paths):
                return site, build.name
        return None

    def _leads_to(
        self, place: tuple[str, str], paths: Mapping[ManifestKind, Sequence[str]]
    ) -> bool:
        """True where these are the paths of a place: the build may be for another site."""
        included = {each.path for each in self._layout.includes(*place)}
        return all(included.issuperset(each) for each in paths.values())


def examples(macs: Sequence[AdoptedMac]) -> list[AdoptedMac]:
    """Return the Macs that show most: some that change, some that stay, of several places."""
    changed = [mac for mac in macs if not mac.stays and not mac.problem]
    stay = [mac for mac in macs if mac.stays]
    chosen = [*_various(changed)[: SHOWN // 2], *_various(stay)[:SHOWN], *changed, *stay, *macs]
    return list({mac.name: mac for mac in chosen}.values())[:SHOWN]


def _various(macs: Sequence[AdoptedMac]) -> list[AdoptedMac]:
    """The first Mac of each place."""
    first: dict[tuple[str, str], AdoptedMac] = {}
    for mac in macs:
        first.setdefault((mac.site, mac.build), mac)
    return list(first.values())
