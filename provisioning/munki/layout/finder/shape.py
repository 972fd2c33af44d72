"""The shape of a Munki repo: its manifests, told apart, as the finder of a layout reads them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from infrastructure.findings import Finding
from provisioning.munki import audit, storage
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout.index import is_left_alone
from provisioning.munki.manifests.documents import (
    DEFAULT_CATALOGS,
    INCLUDED,
    SITE_DEFAULT,
    Manifest,
    entries,
)
from provisioning.munki.manifests.includes import CATALOGS, named
from provisioning.munki.manifests.names import EXTENSION, serials_among
from provisioning.munki.manifests.reading import BAD_LINKS, GONE, MANIFESTS, read_manifests
from provisioning.munki.storage import FoundNames, Store

MAX_FILES = 500_000  # that are looked at for a folder of manifests, or in it
OF_MUNKI = "all"  # the catalog that makecatalogs makes of all others


@dataclass(frozen=True, slots=True)
class RepoShape:
    """The manifests of a repo, whose `manifests` folder lies below `root`, empty for the top.

    `paths` are all manifests and folders, which end in `/`; `includes` is what each manifest that
    can be read includes itself, in order. Macs' own manifests are told by their names, `serials`,
    or because nothing includes them, `others`: host names and other identifiers. `left_alone` are
    files that are no manifests. `catalogs` are those of the repo, and `asked` those that each
    manifest asks for itself, as far as there are such catalogs. `ignores_case` is True for a disk
    on which `includes` may be in another case than `paths`. `included` are those that manifests
    include, in conditions too.
    """

    root: str
    paths: tuple[str, ...]
    includes: Mapping[str, tuple[str, ...]]
    serials: tuple[str, ...]
    others: tuple[str, ...]
    catalogs: tuple[str, ...]
    asked: Mapping[str, tuple[str, ...]]
    included: frozenset[str] = frozenset()
    broken: tuple[Finding, ...] = ()
    left_alone: tuple[str, ...] = ()
    ignores_case: bool = False

    @property
    def macs(self) -> tuple[str, ...]:
        """All Macs' own manifests."""
        return (*self.serials, *self.others)

    @property
    def shared(self) -> tuple[str, ...]:
        """The manifests that are no Mac's own, those that cannot be read too."""
        macs = set(self.macs)
        return tuple(path for path in self.paths if not path.endswith("/") and path not in macs)

    def usual_catalogs(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the catalogs for a manifest like these: those that most of them ask for.

        Where they differ, it is `production`, if the repo has that; else what the most ask for, or
        the only catalog there is.
        """
        lists = Counter(filter(None, map(self.asked.get, names)))
        if not lists:
            is_only = len(self.catalogs) == 1
            return self.catalogs if is_only else DEFAULT_CATALOGS
        most, count = lists.most_common(1)[0]
        is_usual = 2 * count > lists.total() or not set(DEFAULT_CATALOGS) <= set(self.catalogs)
        return most if is_usual else DEFAULT_CATALOGS


def read_repo(store: Store, root: str | None = None) -> RepoShape:
    """Read each manifest of a repo once. Raises RepoUnusable where it has no folder of them.

    `root` is the folder below which the repo lies; None: it is looked for.
    """
    root = _find_root(store) if root is None else root
    folder = f"{root}/{MANIFESTS}" if root else MANIFESTS
    if not store.has(folder):
        elsewhere = _find_root(store)
        fix = f'write root = "{elsewhere}" below [munki]' if elsewhere else "take root out"
        raise RepoUnusable(f"there is no folder {folder} in it; {fix}")
    files = list(islice(store.walk(folder), MAX_FILES))
    names = [name for name in files if not is_left_alone(name)]
    read = dict(zip(names, read_manifests(store, folder, names), strict=True))
    unread = {name: each for name, each in read.items() if isinstance(each, Finding)}
    gone = {name for name, each in unread.items() if each.kind in (GONE, BAD_LINKS)}
    return shape_of(
        [name for name in files if name not in gone],
        {name: each for name, each in read.items() if not isinstance(each, Finding)},
        _catalogs(store, f"{root}/{CATALOGS}" if root else CATALOGS),
        root=root,
        broken=unread.values(),
        ignores_case=storage.ignores_case(store, [f"{folder}/{name}" for name in names]),
    )


def shape_of(
    files: Sequence[str],
    manifests: Mapping[str, Manifest],
    catalogs: Iterable[str] = (),
    *,
    root: str = "",
    broken: Iterable[Finding] = (),
    ignores_case: bool = False,
) -> RepoShape:
    """Return the shape of a repo of these files, and parsed manifests; `catalogs` may be empty."""
    names = [name for name in files if not is_left_alone(name)]
    all_asked = {each for manifest in manifests.values() for each in named(manifest, CATALOGS)}
    known = set(catalogs) or all_asked  # makecatalogs makes them again, so git often has none
    there = known | {OF_MUNKI}
    asked_for = {entry for manifest in manifests.values() for entry in named(manifest, INCLUDED)}
    found = FoundNames(names, lambda: ignores_case)
    included = {found.find(entry) or entry for entry in asked_for} | {SITE_DEFAULT}
    stems = {name: EXTENSION.sub("", name) for name in names if name not in included}
    by_serial = set(serials_among([*stems.values()]))
    serials = [name for name, stem in stems.items() if stem in by_serial]
    return RepoShape(
        root=root,
        paths=tuple(sorted({*names, *_folders(names)})),
        includes={name: tuple(entries(manifest, INCLUDED)) for name, manifest in manifests.items()},
        serials=tuple(serials),
        others=tuple(_others(manifests, included, serials)),
        catalogs=tuple(sorted((known | all_asked) - {OF_MUNKI})),
        asked={
            name: tuple(dict.fromkeys(each for each in named(manifest, CATALOGS) if each in there))
            for name, manifest in manifests.items()
        },
        included=frozenset(included),
        broken=(
            *broken,
            *audit.among(names, manifests, there, serials, ignores_case=ignores_case),
        ),
        left_alone=tuple(name for name in files if is_left_alone(name)),
        ignores_case=ignores_case,
    )


def _find_root(store: Store) -> str:
    """The folder below which the repo lies: of several, one of Munki's, with most manifests."""
    if store.has(MANIFESTS):
        return ""
    below, folders, of_munki = f"/{MANIFESTS}/", Counter[str](), set[str]()
    for name in islice(store.walk(""), MAX_FILES):
        folder, found, rest = name.partition(below)
        if found:
            folders[folder] += 1
        if rest == SITE_DEFAULT:
            of_munki.add(folder)
    if not folders:
        raise RepoUnusable(
            f"there is no folder {MANIFESTS} in it, nor in a folder below; "
            f"name the folder that has {MANIFESTS} in it"
        )
    return max(folders, key=lambda folder: (folder in of_munki, folders[folder]))


def _catalogs(store: Store, folder: str) -> Iterator[str]:
    return islice(store.walk(folder), MAX_FILES) if store.has(folder) else iter(())


def _folders(names: Iterable[str]) -> Iterator[str]:
    for name in names:
        parts = name.split("/")
        yield from ("/".join(parts[:end]) + "/" for end in range(1, len(parts)))


def _others(
    manifests: Mapping[str, Manifest], included: set[str], serials: Sequence[str]
) -> Iterator[str]:
    """Manifests that Macs ask for themselves: nothing includes them, and they have catalogs.

    A manifest that lies among included ones is one that no Mac has now, unless it includes another
    of its folder: then it is a Mac's, where that one has no catalogs, or no Mac has a serial.
    """
    known, folders = set(serials), {_folder(name) for name in serials}
    among_shared = {_folder(name) for name in included} - folders - {""}
    for name, manifest in manifests.items():
        if name in included or name in known:
            continue
        beside = [each for each in entries(manifest, INCLUDED) if _folder(each) == _folder(name)]
        is_macs = any(not (serials and manifests.get(each, {}).get("catalogs")) for each in beside)
        if _folder(name) in among_shared and not is_macs:
            continue
        if manifest.get("catalogs") and (
            entries(manifest, INCLUDED) or _folder(name) in folders - {""}
        ):
            yield name


def _folder(name: str) -> str:
    return name.rpartition("/")[0]
