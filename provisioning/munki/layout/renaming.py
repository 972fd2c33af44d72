"""Names of sites and builds in two layouts: those that lead to the same place, and renames."""

from collections.abc import Mapping, Sequence

from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout.forms import Form
from provisioning.munki.layout.index import PlaceIndex
from provisioning.munki.layout.layout import Kind, Layout

Place = tuple[str, str]  # a site and a build; "" for a kind that a layout lacks
Said = Mapping[tuple[Kind, str], str]  # new names by kind and former name, as a person said them


def check(before: Layout, now: Layout, site: str, build: str) -> None:
    """Raise LayoutChanged where a site and a build led elsewhere in the layout before."""
    former, present = _paths(before, site, build), _paths(now, site, build)
    for kind, name in ((Kind.SITE, site), (Kind.BUILD, build)):
        if former[kind] != present[kind]:
            raise LayoutChanged(kind, name, former[kind] or "", present[kind], now.digest)


def stays(before: Layout, now: Layout, site: str, build: str) -> bool:
    """Return True where a site and a build lead where they led in the layout before."""
    return _paths(before, site, build) == _paths(now, site, build)


def _paths(layout: Layout, site: str, build: str) -> Mapping[Kind, str | None]:
    """The manifests of a site and a build, as a person reads them; None: there is none."""
    of_site = layout.sites.path(site) if layout.sites else ""
    if of_site and not layout.includes_site:
        of_site = f"{of_site} (which is not included)"
    of_build = layout.builds.path(build, site) if layout.builds else ""
    return {Kind.SITE: of_site, Kind.BUILD: of_build}


class Renamer:
    """The renames from one layout to another, whose sites and builds `places` offers.

    A name becomes what a person `said`; else the name that its path has now; else the same name,
    or the only one that ends as it does.
    """

    def __init__(self, before: Layout, places: PlaceIndex, said: Said) -> None:
        self.before, self._places, self._said = before, places, said
        self._now = places.layout

    def site(self, name: str) -> str | None:
        """Return the new name of a site; None where a person has to say it."""
        if self._now.sites is None:
            return ""
        path = self.before.sites.path(name) if self.before.sites else None
        return self._name(Kind.SITE, name, self._now.sites, path, self._places.sites)

    def build(self, name: str, before: str, site: str) -> str | None:
        """Return the new name of a build of a site, whose name was `before`; None as for a site."""
        if self._now.builds is None:
            return ""
        path = self.before.builds.path(name, before) if self.before.builds else None
        offered = self._places.builds(site)
        return self._name(Kind.BUILD, name, self._now.builds, path, offered, site)

    def _name(
        self,
        kind: Kind,
        name: str,
        form: Form,
        path: str | None,
        offered: Sequence[str],
        site: str | None = None,
    ) -> str | None:
        if (kind, name) in self._said:
            return self._said[kind, name]
        if path and self._means(kind, path):
            for reading in form.readings(path):
                if reading.site in (None, site):
                    return reading.name
        if name in offered:
            return name
        end = name.rpartition("/")[2]
        alike = [each for each in offered if each.rpartition("/")[2] == end and end]
        return alike[0] if len(alike) == 1 else None

    def _means(self, kind: Kind, path: str) -> bool:
        """True where a path is of that kind; a site that is not included claims none."""
        is_free = kind is Kind.SITE and not self._now.includes_site
        return is_free or self._now.kind_of(path) is kind
