"""Names of sites and builds in two layouts: those that lead to the same place, and renames."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout.forms import Form
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Layout, ManifestKind

# New names by kind and former name, as a person chose them.
ChosenNames = Mapping[tuple[ManifestKind, str], str]


@dataclass(frozen=True, slots=True)
class LayoutDifference:
    """A name that led to the path `before`, and leads to `now`; None: there is no such name."""

    kind: ManifestKind
    name: str
    before: str | None
    now: str | None


def check(before: Layout, now: Layout, site: str, build: str) -> None:
    """Raise LayoutChanged where a site and a build led elsewhere in the layout before."""
    for change in differences(before, now, site, build)[:1]:
        former, present = change.before or "", change.now
        raise LayoutChanged(change.kind, change.name, former, present, now.digest)


def differences(before: Layout, now: Layout, site: str, build: str) -> Sequence[LayoutDifference]:
    """Return the kinds of a site and a build that lead elsewhere than in the layout before."""
    former, present = paths(before, site, build), paths(now, site, build)
    return [
        LayoutDifference(kind, name, former[kind], present[kind])
        for kind, name in ((ManifestKind.SITE, site), (ManifestKind.BUILD, build))
        if former[kind] != present[kind]
    ]


def paths(layout: Layout, site: str, build: str) -> Mapping[ManifestKind, str | None]:
    """Return the manifests of a site and a build, as people read them; None for a missing name."""
    of_site = layout.sites.path(site) if layout.sites else ""
    if of_site and not layout.includes_site:
        of_site = f"{of_site} (which is not included)"
    of_build = layout.builds.path(build, site) if layout.builds else ""
    return {ManifestKind.SITE: of_site, ManifestKind.BUILD: of_build}


class Renamer:
    """The renames from one layout to another, whose sites and builds `places` offers.

    The new name is the `chosen` one; else that of the path now; else the same name, or
    the only one with the same end.
    """

    def __init__(self, before: Layout, places: PlaceIndex, chosen: ChosenNames) -> None:
        self.before, self._places, self._chosen = before, places, chosen
        self._now = places.layout

    def place(self, site: str, build: str) -> tuple[str | None, str | None]:
        """Return the new names of a site and a build; None for one that a person has to say."""
        new_site = self.site(site)
        if new_site is None:
            new_site = self._site_of_build(site, build)
        return new_site, self.build(build, site, new_site or "")

    def site(self, name: str) -> str | None:
        """Return the new name of a site; None where a person has to say it."""
        if self._now.sites is None:
            return ""
        path = self.before.sites.path(name) if self.before.sites else None
        return self._name(ManifestKind.SITE, name, self._now.sites, path, self._places.sites)

    def build(self, name: str, site: str, new_site: str) -> str | None:
        """Return the new name of a build, for a site of that new name; None as for a site."""
        if self._now.builds is None:
            return ""
        path = self.before.builds.path(name, site) if self.before.builds else None
        offered = self._places.builds(new_site)
        return self._name(ManifestKind.BUILD, name, self._now.builds, path, offered, new_site)

    def _site_of_build(self, site: str, build: str) -> str | None:
        """The site that the path of a build names now; None where it names none."""
        path = self.before.builds.path(build, site) if self.before.builds else None
        readings = self._now.builds.readings(path) if self._now.builds and path else ()
        sites = {each.site for each in readings if each.site in self._places.sites}
        return sites.pop() if len(sites) == 1 else None

    def _name(
        self,
        kind: ManifestKind,
        name: str,
        form: Form,
        path: str | None,
        offered: Sequence[str],
        site: str | None = None,
    ) -> str | None:
        if (kind, name) in self._chosen:
            return self._chosen[kind, name]
        if path and self._means(kind, path):
            for reading in form.readings(path):
                if reading.site in (None, site):
                    return reading.name
        if name in offered:
            return name
        end = name.rpartition("/")[2]
        alike = [each for each in offered if end and each.rpartition("/")[2] == end]
        return alike[0] if len(alike) == 1 else None

    def _means(self, kind: ManifestKind, path: str) -> bool:
        """True where a path is of that kind now; a site that is not included claims none."""
        is_free = kind is ManifestKind.SITE and not self._now.includes_site
        return is_free or self._now.kind_of(path) is kind
