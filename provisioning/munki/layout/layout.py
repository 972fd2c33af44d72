"""The layout of a Munki repo: which manifests are sites, builds, or Macs' own."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from provisioning.munki.layout.forms import FolderForm, FolderListing, Form, Reading, form_of
from provisioning.munki.manifests.documents import SITE_DEFAULT
from provisioning.values.kinds import Kinds
from provisioning.values.serials import is_vmware

SITES = FolderForm("included_manifests/sites")
BUILDS = FolderForm("included_manifests/builds")
NEW_MANIFEST: Mapping[str, Any] = {"managed_installs": [], "managed_uninstalls": []}


class ManifestKind(StrEnum):
    """A kind of manifest that a Mac's own includes because of Rollcall."""

    ALWAYS = "always"
    SITE = "site"
    BUILD = "build"


@dataclass(frozen=True, slots=True)
class Include:
    """An entry of `included_manifests` that Rollcall writes: its kind, and its path."""

    kind: ManifestKind
    path: str


@dataclass(frozen=True)
class Layout:
    """A description of the places of sites, builds and Macs' own manifests below `manifests/`.

    `always` is what every Mac includes, `macs` the folder of the Macs' own manifests, empty for
    the root; `sites` and `builds` are None where the repo has none of them. Where `includes_site`
    is False the site only chooses among builds. `new_manifest` is what a new manifest has besides.
    """

    always: tuple[str, ...] = (SITE_DEFAULT,)
    macs: str = ""
    sites: Form | None = SITES
    builds: Form | None = BUILDS
    includes_site: bool = True
    order: tuple[ManifestKind, ...] = (ManifestKind.ALWAYS, ManifestKind.SITE, ManifestKind.BUILD)
    new_manifest: Mapping[str, Any] = field(default_factory=lambda: NEW_MANIFEST, hash=False)

    def includes(self, site: str, build: str) -> tuple[Include, ...]:
        """Return the includes of a Mac with this destination, in order.

        Raises KeyError for a name that the layout cannot have, such as one that a list lacks.
        """
        return tuple(self._includes(site, build))

    def _includes(self, site: str, build: str) -> Iterator[Include]:
        for kind in self.order:
            if kind is ManifestKind.ALWAYS:
                yield from (Include(kind, path) for path in self.always)
            elif kind is ManifestKind.SITE and self.sites is not None and self.includes_site:
                yield Include(kind, _path(self.sites, site))
            elif kind is ManifestKind.BUILD and self.builds is not None:
                yield Include(kind, _path(self.builds, build, site))

    @cached_property
    def listings(self) -> tuple[FolderListing, ...]:
        """The folders in which there may be sites and builds."""
        forms = [form for form in (self.sites, self.builds) if form]
        return tuple(dict.fromkeys(each for form in forms for each in form.listings))

    def kind_of(self, path: str) -> ManifestKind | None:
        """Return the kind that a path has here; None where it has none.

        Of two forms that cover it, the one that fixes more of it owns it; where neither does, it
        is of no kind. A site that is not included claims no path, and Macs' own manifests are
        neither.
        """
        if path in self.always:
            return ManifestKind.ALWAYS
        if self.is_macs(path):
            return None
        build = self.builds if self.builds and self.builds.readings(path) else None
        site = self.sites if self.includes_site and self.sites else None
        if site is None or not site.readings(path):
            return ManifestKind.BUILD if build else None
        if build is None or site.weight > build.weight:
            return ManifestKind.SITE
        return ManifestKind.BUILD if build.weight > site.weight else None

    def leads_to(self, includes: Sequence[str]) -> tuple[str, str] | None:
        """Return the one site and build that a manifest with these includes leads to; else None."""
        sites = {each.name for each in self._read(self.sites, ManifestKind.SITE, includes)}
        builds = self._read(self.builds, ManifestKind.BUILD, includes)
        if self.builds is None:
            places = {(site, "") for site in sites}
        elif self.sites is None:
            places = {("", build.name) for build in builds}
        elif self.builds.needs_site:
            places = {(build.site or "", build.name) for build in builds}
            places = {place for place in places if not self.includes_site or place[0] in sites}
        else:
            places = {(site, build.name) for site in sites for build in builds}
        return places.pop() if len(places) == 1 else None

    def _read(
        self, form: Form | None, kind: ManifestKind, paths: Sequence[str]
    ) -> Sequence[Reading]:
        return [
            reading
            for path in paths
            if form is not None and self.kind_of(path) is kind
            for reading in form.readings(path)
        ]

    @property
    def kinds(self) -> Kinds:
        """The kinds of names that say where a Mac goes."""
        return Kinds.of(self.sites, self.builds)

    def is_macs(self, path: str) -> bool:
        """Return True for paths in the folder of the Macs' own manifests.

        Where they have none, the slash in a serial of VMware's makes one.
        """
        return path.startswith(f"{self.macs}/") if self.macs else is_vmware(path)

    def manifest_of(self, serial: str) -> str:
        """Return the path of a Mac's own manifest."""
        return f"{self.macs}/{serial}" if self.macs else serial

    def present(self, site: str, build: str) -> tuple[str, str]:
        """Return a site and a build as they are, but "" for a kind that the repo does not have."""
        return site if self.sites else "", build if self.builds else ""

    @property
    def usage(self) -> str:
        """The words of a command that stand for a destination, such as `SITE BUILD`."""
        return self.kinds.form

    def is_complete(self, site: str, build: str) -> bool:
        """Return True where these names say all of where a Mac goes; empty ones say nothing."""
        return bool((site or not self.sites) and (build or not self.builds))

    def to_json(self) -> dict[str, Any]:
        """Return it as the table of the policy file."""
        sites = self.sites.to_json() if self.sites else False
        if isinstance(sites, dict) and not self.includes_site:
            sites["include"] = False
        return {
            "always": list(self.always),
            "macs": self.macs,
            "sites": sites,
            "builds": self.builds.to_json() if self.builds else False,
            "order": list(self.order),
            "manifest": dict(self.new_manifest),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the layout of which `to_json` returned this."""
        sites, builds = stored["sites"], stored["builds"]
        return cls(
            always=tuple(stored["always"]),
            macs=stored["macs"],
            sites=form_of(sites) if sites else None,
            builds=form_of(builds) if builds else None,
            includes_site=not sites or sites.get("include", True),
            order=tuple(map(ManifestKind, stored["order"])),
            new_manifest=stored["manifest"],
        )

    @cached_property
    def digest(self) -> str:
        """A short hash that tells this layout from others: 12 hexadecimal digits."""
        content = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()[:12]

    @cached_property
    def key(self) -> str | None:
        """The digest as a row that names a site holds it; None for the default layout."""
        return None if self.digest == DEFAULT.digest else self.digest


def _path(form: Form, name: str, site: str = "") -> str:
    path = form.path(name, site)
    if path is None:
        raise KeyError(name)
    return path


DEFAULT = Layout()
