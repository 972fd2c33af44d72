"""An index of the sites and builds that a layout offers in a repo at one moment."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from typing import TypeAlias

from infrastructure.text import letters, normalize, plain
from provisioning.munki.errors import UnknownBuild, UnknownDestination, UnknownSite
from provisioning.munki.layout.forms import Form
from provisioning.munki.layout.layout import Layout, ManifestKind
from provisioning.munki.storage import FoundNames
from provisioning.values.serials import is_vmware

LONGEST_NAME = 75  # characters: what Slack shows of an option
# What systems and people leave in a folder of manifests: told by the name, which costs nothing.
# Among them are copies of programs that synchronise, and of merges.
_NO_MANIFEST = re.compile(
    r"(?:eh)?thumbs\.db.*|desktop\.ini|icon\r|license|readme|codeowners|makefile|nohup\.out"
    r"|.*~|~\$.*|#.*#|.*\.sb-[0-9a-f]{8}-\w{6}"
    r"|.*\(conflicted copy.*|.*\.sync-conflict-.*|.*@syno\w+|.*_(?:backup|base|local|remote)_\d+"
    r"|.*\.(?:bak|old|orig|rej|save|tmp|sw[op]|lock|log|md|txt|rtf|csv|xlsx?|html?|ya?ml|json|config"
    r"|py|sh|command|db|zip|gz|patch|pkg|dmg)",
    re.IGNORECASE | re.DOTALL,
)
# Folders that file servers and systems make in every folder, or at the top of a disk.
_NO_FOLDER = frozenset(
    {
        "@eadir", "#recycle", "#snapshot", "@recycle", "$recycle.bin", "lost+found", "cvs",
        "system volume information", "network trash folder", "temporary items", "__macosx",
    }
)  # fmt: skip


def is_left_alone(path: str) -> bool:
    """Return True for files that systems and people leave among manifests, and for YAML."""
    return _is_of_server(path) or _NO_MANIFEST.fullmatch(path.rpartition("/")[2]) is not None


def _is_of_server(path: str) -> bool:
    """Return True for paths in a folder that file servers make, which cannot be removed."""
    return any(part.lower() in _NO_FOLDER for part in path.split("/"))


@dataclass(frozen=True, slots=True)
class Hidden:
    """A path of the form of a `kind` that is not offered; the reason and the fix for people."""

    path: str
    kind: ManifestKind
    reason: str
    fix: str


class NameIndex:
    """Names of one kind: found as they are written, in another case, or as people type them.

    `all` of them stand in the order of their letters, whatever their case and accents.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.all = tuple(sorted(names, key=lambda name: (plain(name), name)))
        self._exact = frozenset(self.all)
        self._folded: defaultdict[str, list[str]] = defaultdict(list)
        self._ends: defaultdict[str, list[str]] = defaultdict(list)
        for name in self.all:
            end = normalize(name)
            self._folded[end].append(name)
            while end := end.partition("/")[2]:
                self._ends[end].append(name)

    def has(self, name: str) -> bool:
        """Return True where there is this name, as it is written."""
        return name in self._exact

    def exact(self, typed: str) -> str | None:
        """Return the name that is written so, or the only one that is in another case."""
        text = typed.strip()
        if text in self._exact:
            return text
        found = self._folded.get(normalize(text), ())
        return found[0] if len(found) == 1 else None

    def meant(self, typed: str) -> str | None:
        """Return the name of `exact`, or the only one that a person can mean by this.

        That is one of which it is the end, from a `/` on, else one with the same letters, or the
        same number: spreadsheets make 42 of 042.
        """
        found, text = self.exact(typed), normalize(typed)
        if found is not None or text in self._folded:
            return found
        meant = self._ends.get(text) or self._of_letters(typed)
        return meant[0] if len(meant) == 1 else None

    def _of_letters(self, typed: str) -> Sequence[str]:
        return self._by_letters.get(_loose(typed), ()) if typed.isprintable() else ()

    @cached_property
    def _by_letters(self) -> Mapping[str, Sequence[str]]:
        """The names that each text of letters may mean."""
        names = defaultdict[str, list[str]](list)
        for name in self.all:
            names[_loose(name)].append(name)
        return names

    def nearest(self, typed: str) -> list[str]:
        """Return the possible names: those of the same letters or the same end, then near ones."""
        text = normalize(typed)
        alike = self._folded.get(text) or self._ends.get(text)
        if alike:
            return list(alike)
        near = get_close_matches(text, self._folded)
        return [name for each in near for name in self._folded[each]]


def _loose(name: str) -> str:
    """The letters of a name, or its number without the zeros at its beginning."""
    text = letters(name)
    return text.lstrip("0") or "0" if text.isdecimal() else text


_BOTH = (
    "it is a site as well as a build, by [munki]",
    "Let one of the two forms say more of its path.",
)
LookUp: TypeAlias = Callable[[NameIndex, str], str | None]


class PlaceIndex:
    """The sites and builds that `layout` offers among `paths`: files and folders of a repo.

    Paths are those below `manifests/`; a folder's end in `/`. `covered` are those of sites and
    builds, each with its kind; `hidden` is for the doctor. `ignores_case` is asked once at most: it
    is True where the repo has its files by their names in another case, too.
    """

    def __init__(
        self,
        layout: Layout,
        paths: Sequence[str],
        ignores_case: Callable[[], bool] = lambda: False,
    ) -> None:
        self.layout, self.hidden = layout, list[Hidden]()
        self._ignores_case = ignores_case
        self.covered = list[tuple[ManifestKind, str]]()
        self._macs_folders = _macs_folders(paths)
        builds = self._builds(paths)
        sites = {name for name, _ in self._offered(layout.sites, ManifestKind.SITE, paths)}
        if layout.builds is not None and layout.builds.needs_site:
            builds = {site: names for site, names in builds.items() if site in sites}
            sites &= {site for site in builds if site is not None}
        self._sites = NameIndex(sites)
        self._all_builds = NameIndex({name for names in builds.values() for name in names})
        self._builds_of = {
            site: NameIndex(names) for site, names in builds.items() if site is not None
        }

    @cached_property
    def _found(self) -> FoundNames:
        paths = (*(path for _, path in self.covered), *self.layout.always)
        return FoundNames(paths, self._ignores_case)

    def path_of(self, include: str) -> str:
        """Return the path of the site, build or `always` that this include is; else the include."""
        return self._found.find(include) or include

    @property
    def sites(self) -> tuple[str, ...]:
        """The names of all sites, sorted."""
        return self._sites.all

    def has_site(self, name: str) -> bool:
        """Return True where this is the whole name of a site, as it is written in the repo."""
        return self._sites.has(name)

    def builds(self, site: str | None = None) -> tuple[str, ...]:
        """The names of the builds that are offered for a site, or of all builds, sorted."""
        return self._names_of_builds(site).all

    def exact(self, site: str, build: str) -> tuple[str, str]:
        """Return a site and a build as the repo writes them; "" for a kind of names that it lacks.

        Headers and the API have to write all of a name, in any case. Raises UnknownSite or
        UnknownBuild, with the nearest names.
        """
        return self._destination(site, build, NameIndex.exact)

    def meant(self, site: str, build: str, *, advised: bool = True) -> tuple[str, str]:
        """Return the destination that a person meant: as `exact`, or by a unique end of a name.

        Where it is not `advised`, an error names no similar names, whose search takes its time.
        """
        return self._destination(site, build, NameIndex.meant, advised=advised)

    def site(self, name: str) -> str:
        """Return the site that a person meant. Raises UnknownSite."""
        return _named(self._sites, name, NameIndex.meant, UnknownSite)

    def _destination(
        self, site: str, build: str, look_up: LookUp, *, advised: bool = True
    ) -> tuple[str, str]:
        found_site = found_build = ""
        if self.layout.sites is not None:
            found_site = _named(self._sites, site, look_up, UnknownSite, advised=advised)
        if self.layout.builds is not None:
            names = self._names_of_builds(found_site)
            found_build = _named(names, build, look_up, UnknownBuild, advised=advised)
        return found_site, found_build

    def _names_of_builds(self, site: str | None) -> NameIndex:
        if self.layout.builds is None or site is None or not self.layout.builds.needs_site:
            return self._all_builds
        return self._builds_of.get(site, NameIndex(()))

    def _builds(self, paths: Sequence[str]) -> Mapping[str | None, set[str]]:
        builds: defaultdict[str | None, set[str]] = defaultdict(set)
        for name, site in self._offered(self.layout.builds, ManifestKind.BUILD, paths):
            builds[site].add(name)
        return builds

    def _offered(
        self, form: Form | None, kind: ManifestKind, paths: Sequence[str]
    ) -> Iterator[tuple[str, str | None]]:
        """Yield each name of a kind, with the site that it is for."""
        if form is None:
            return
        for path in paths:
            readings = form.readings(path) if path.endswith("/") is form.finds_folders else ()
            if not readings or self._is_for_others(path) or not self._is_of(kind, path):
                continue
            self.covered.append((kind, path))
            for reading in readings:
                if reason := _reason_to_hide(path, reading.name):
                    self.hidden.append(Hidden(path, kind, *reason))
                else:
                    yield reading.name, reading.site

    def _is_for_others(self, path: str) -> bool:
        """Return True for what all Macs include, Macs' own manifests, and what servers make."""
        if path in self.layout.always or path in self._macs_folders:
            return True
        return self.layout.is_macs(path) or _is_of_server(path)

    def _is_of(self, kind: ManifestKind, path: str) -> bool:
        """Return True if a path is of this kind and not hidden, as a path of both kinds is."""
        if kind is ManifestKind.SITE and not self.layout.includes_site:
            return True  # it claims no manifest, so a build may have the same path
        owner = self.layout.kind_of(path)
        if owner is None and kind is ManifestKind.SITE:  # once, and not as a build too
            self.hidden.append(Hidden(path, kind, *_BOTH))
        return owner is kind


def _macs_folders(paths: Sequence[str]) -> frozenset[str]:
    """The folders at the root that hold nothing but Macs of VMware's: their serials have a `/`."""
    macs, others = set[str](), set[str]()
    for path in paths:
        folder, slash, rest = path.partition("/")
        if rest:
            (macs if is_vmware(path) else others).add(folder + slash)
    return frozenset(macs - others)


def _named(
    names: NameIndex,
    typed: str,
    look_up: LookUp,
    unknown: type[UnknownDestination],
    *,
    advised: bool = True,
) -> str:
    found = look_up(names, typed)
    if found is None:
        raise unknown(typed.strip(), nearest=names.nearest(typed) if advised else ())
    return found


def _reason_to_hide(path: str, name: str) -> tuple[str, str] | None:
    """The reason why a name is not offered, and the fix; None where it is."""
    if is_left_alone(path.rstrip("/")):
        return "its name is not that of a manifest", "Remove it, or name it otherwise."
    if len(name) > LONGEST_NAME:
        return f"Slack shows {LONGEST_NAME} characters of a name at the most", "Shorten it."
    parts = name.split("/")
    if not name.isprintable() or any(part != part.strip() or not part for part in parts):
        return "its name has characters that cannot be seen", "Rename it."
    return None
