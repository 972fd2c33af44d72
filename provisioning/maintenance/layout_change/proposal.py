"""The proposal of renames after a change of the layout, of all that names a site or a build."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from shlex import quote

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.errors import RollcallError
from infrastructure.text import normalize
from provisioning.access.models import Credential
from provisioning.maintenance.layout_change import bindings, counters, written
from provisioning.maintenance.layout_change.bindings import BindingRename
from provisioning.maintenance.layout_change.waiting import WaitingGroup, WaitingGroups
from provisioning.munki import RepoView
from provisioning.munki.errors import UnknownBuild, UnknownSite
from provisioning.munki.layout import Layout, ManifestKind, kept
from provisioning.munki.layout.renaming import ChosenNames, Renamer
from provisioning.policy import Policy

Place = tuple[str, str]


class UnknownNewNames(RollcallError):
    """Names whose new names only a person can tell."""

    def __init__(self, names: Sequence[tuple[ManifestKind, str]]) -> None:
        options = " ".join(f"--rename {quote(f'{kind}:{name}=NEW')}" for kind, name in names)
        super().__init__(f"Nothing was changed; say what these names are now: {options}")


@dataclass(frozen=True, slots=True)
class Rename:
    """A rename of a group to a site and a build; None for a name that a person has to say."""

    group: WaitingGroup
    site: str | None
    build: str | None


@dataclass(frozen=True, slots=True)
class KeyRename:
    """A rename of the site and the build of a key; None for a site without a new name."""

    id: int
    site: str
    build: str | None
    new_site: str | None
    new_build: str | None

    @property
    def is_known(self) -> bool:
        """True if both names are known."""
        return self.new_site is not None and (self.build is None or self.new_build is not None)


@dataclass(frozen=True)
class RenameProposal:
    """The renames to the layout `now`, and the names `asked` that a person has to say.

    `edits` are lines of the policy file and template files: an admin changes those.
    """

    now: Layout
    waiting: WaitingGroups
    renames: Sequence[Rename]
    keys: Sequence[KeyRename]
    bindings: Sequence[BindingRename]
    counters: Sequence[counters.CounterRename]
    edits: Sequence[str]

    @property
    def is_empty(self) -> bool:
        """True if there is no row to rename."""
        is_known = any(key.is_known for key in self.keys)
        return not (self.renames or is_known or any(each.is_known for each in self.bindings))

    @cached_property
    def asked(self) -> Sequence[tuple[ManifestKind, str]]:
        """The names of registrations and benches that a person has to say."""
        names = {
            (kind, old)
            for each in self.renames
            for kind, old, new in (
                (ManifestKind.SITE, each.group.site, each.site),
                (ManifestKind.BUILD, each.group.build, each.build),
            )
            if new is None
        }
        return sorted(names, key=lambda name: (name[0] is ManifestKind.BUILD, name[1]))

    @cached_property
    def places(self) -> Mapping[tuple[str | None, Place], Place]:
        """The new site and build of each former pair, by what rows hold of its layout.

        Raises UnknownNewNames.
        """
        if self.asked:
            raise UnknownNewNames(self.asked)
        return {
            (each.group.layout, (each.group.site, each.group.build)): (each.site, each.build)
            for each in self.renames
            if each.site is not None and each.build is not None
        }


def propose(
    session: Session,
    view: RepoView,
    policy: Policy,
    *,
    chosen: ChosenNames,
    templates: Path | None = None,
) -> RenameProposal:
    """Return what a change of the layout renames; reads only.

    `chosen` are names that a person gives; `templates` is the admin's folder. Raises UnknownSite or
    UnknownBuild for a given name that the repo does not have, and RepoUnusable.
    """
    places = view.places
    for kind, name in chosen.items():
        if kind[0] is ManifestKind.SITE and name not in places.sites:
            raise UnknownSite(name)
        if kind[0] is ManifestKind.BUILD and name not in places.builds():
            raise UnknownBuild(name)
    waiting = WaitingGroups.read(session, view.layout, chosen)
    renamers = {key: Renamer(layout, places, chosen) for key, layout in waiting.layouts.items()}
    renames = [
        Rename(group, *renamers[group.layout].place(group.site, group.build))
        for group in waiting.groups
    ]
    names = _Names(renames, chosen, Renamer(_main(session, waiting), places, chosen), view)
    return RenameProposal(
        view.layout,
        waiting,
        renames,
        list(names.keys(session)),
        list(bindings.proposed(session, names.site)),
        list(counters.renamed_counters(session, policy, _pairs(renames))),
        [*written.in_policy(policy, names.site, names.build), *names.files(templates)],
    )


def _main(session: Session, waiting: WaitingGroups) -> Layout:
    """The layout of most of what waits; of what has no layout, that before this one."""
    most = max(waiting.groups, key=lambda group: group.macs, default=None)
    return waiting.layouts[most.layout] if most else kept.newest_but(session, waiting.now)


def _pairs(renames: Sequence[Rename]) -> Mapping[Place, Place]:
    return {
        (each.group.site, each.group.build): (each.site, each.build)
        for each in renames
        if each.site is not None and each.build is not None
    }


class _Names:
    """The new names of what keeps no layout: keys, tables of the policy, templates."""

    def __init__(
        self, renames: Sequence[Rename], chosen: ChosenNames, renamer: Renamer, view: RepoView
    ) -> None:
        self._renamer, self._places = renamer, view.places
        self._pairs = _pairs(renames)
        self._chosen = chosen  # as it is written, as for registrations
        self._sites = {normalize(each.group.site): each.site for each in renames}
        self._builds = {normalize(each.group.build): each.build for each in renames}

    def site(self, name: str) -> str | None:
        """Return the present name of a site; None where there is none."""
        found = self._chosen.get((ManifestKind.SITE, name)) or self._sites.get(normalize(name))
        if found is None and name in self._places.sites:
            return name
        return found or self._renamer.site(name)

    def build(self, name: str, site: str = "") -> str | None:
        """Return the present name of a build; None where there is none."""
        found = self._chosen.get((ManifestKind.BUILD, name)) or self._builds.get(normalize(name))
        if found is None and name in self._places.builds():
            return name
        return found or self._renamer.build(name, site, self.site(site) or "" if site else "")

    def keys(self, session: Session) -> Iterator[KeyRename]:
        """Yield the keys whose site or build has another name, or none."""
        valid = Credential.revoked_at.is_(None) & Credential.site.is_not(None)
        for key in session.scalars(select(Credential).where(valid).order_by(Credential.id)):
            site = key.site or ""
            new: tuple[str | None, str | None]
            new = self.site(site), self.build(key.build, site) if key.build else None
            if key.build:
                new = self._pairs.get((site, key.build), new)
            if new != (site, key.build):
                yield KeyRename(key.id, site, key.build, *new)

    def files(self, templates: Path | None) -> Iterator[str]:
        """Yield how to rename the files of templates whose site or build has another name."""
        return chain(written.in_templates(templates, self.site, self.build) if templates else ())
