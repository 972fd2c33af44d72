"""An audit of a repo's manifests: faults that Munki's clients would meet one by one.

A client skips a primary manifest without catalogs, stops at an included manifest that is missing
or cannot be parsed, and includes without end where manifests include each other.
"""

import math
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Lock

from infrastructure.findings import Finding
from infrastructure.text import normalize
from provisioning.munki.errors import BadLink, ManifestUnreadable, RepoUnusable
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.munki.layout.index import is_left_alone
from provisioning.munki.manifests.documents import INCLUDED, SITE_DEFAULT, Manifest, loads
from provisioning.munki.manifests.includes import CATALOGS, named
from provisioning.munki.manifests.names import YAML, serials_among
from provisioning.munki.storage import Reader, Store
from provisioning.values.serials import is_vmware

Parsed = tuple[str, Manifest]
_Content = bytes | ManifestUnreadable | Finding | None
MAX_AGE = 60.0  # seconds, for which a reading of all manifests is good
_THE_SAME = "in the same case, and with accents that are stored in the same way"
BAD_LINKS = "bad links"  # the kind of finding of a link that leads nowhere, or out of the repo


def look_through(store: Store, layout: Layout = DEFAULT) -> list[Finding]:
    """Read every manifest once, and return a finding for each fault. Raises RepoUnusable.

    `layout` tells which manifests are Macs' own.
    """
    if not store.has("manifests"):
        raise RepoUnusable("there are no manifests in it")
    names = list(store.walk("manifests"))
    manifests: dict[str, Manifest] = {}
    findings: list[Finding] = []
    for name, reading in readings(store, [name for name in names if not is_left_alone(name)]):
        if isinstance(reading, Finding):
            findings.append(reading)
        else:
            manifests[name] = reading
    catalogs = set(store.walk("catalogs")) if store.has("catalogs") else set()
    return [*findings, *among(names, manifests, catalogs, _primary(manifests, layout))]


def among(
    names: Collection[str],
    manifests: Mapping[str, Manifest],
    catalogs: set[str],
    primary: Collection[str],
) -> Iterator[Finding]:
    """Yield what is wrong among the manifests of a repo: `names` of all, and the parsed ones.

    `primary` are Macs' own manifests, which need catalogs.
    """
    included = {name: list(named(each, INCLUDED)) for name, each in manifests.items()}
    yield from _missing(included, names)
    yield from _loops(included)
    yield from _without_catalogs(manifests, primary)
    yield from _unknown_catalogs(manifests, catalogs)
    yield from _twins(names)
    yield from _left_alone(names)


def who_includes(store: Store, included: str) -> Iterator[str]:
    """Yield the names of manifests that include `included`; unreadable ones are left out."""
    names = [name for name in store.walk("manifests") if not name.endswith(YAML)]
    for name, manifest in parsed(store, names):
        if included in named(manifest, INCLUDED):
            yield name


def leads_to(store: Store, start: str, name: str) -> bool:
    """Return whether a manifest is another one, or includes it, itself or by those it includes."""
    met, next_ones = {start}, [start]
    while next_ones and name not in met:
        manifests = parsed(store, next_ones)
        next_ones = [
            include
            for _, manifest in manifests
            for include in dict.fromkeys(named(manifest, INCLUDED))
            if include not in met
        ]
        met.update(next_ones)
    return name in met


class IncludedManifests:
    """The names of all manifests that others include, read anew after MAX_AGE seconds."""

    def __init__(self, store: Store) -> None:
        self._store, self._reading = store, Lock()
        self._known: frozenset[str] = frozenset()
        self._until = -math.inf

    def has(self, name: str) -> bool:
        """Return True where another manifest includes `name`, in any case. Raises RepoUnusable."""
        with self._reading:  # once for all that ask meanwhile
            if time.monotonic() >= self._until:
                self._known = frozenset(self._read())
                self._until = time.monotonic() + MAX_AGE
            return name.casefold() in self._known

    def _read(self) -> Iterator[str]:
        names = [name for name in self._store.walk("manifests") if not name.endswith(YAML)]
        for name, manifest in parsed(self._store, names):
            yield from (each.casefold() for each in named(manifest, INCLUDED) if each != name)


def parsed(store: Store, names: Sequence[str]) -> Iterator[Parsed]:
    """Yield name and content of those of the manifests `names` that can be read."""
    for name, reading in readings(store, names):
        if not isinstance(reading, Finding):
            yield name, reading


def readings(store: Store, names: Sequence[str]) -> Iterator[tuple[str, Manifest | Finding]]:
    """Yield each of the manifests `names` with its content; with a finding if it is unreadable."""
    for name, content in zip(names, _contents(store, names), strict=True):
        try:
            if isinstance(content, ManifestUnreadable):
                raise content
            if isinstance(content, Finding):
                yield name, content
            elif content is not None:
                yield name, loads(name, content)
        except ManifestUnreadable as error:
            yield name, unreadable(error)


def unreadable(error: ManifestUnreadable) -> Finding:
    """Return the finding for a manifest that cannot be read."""
    if isinstance(error, BadLink):
        fix = "Mend the link, remove it, or put what it leads to in its place."
        return Finding(BAD_LINKS, str(error), fix)
    fix = "Open it in an editor for property lists, or restore it from a backup."
    return Finding("unreadable manifests", str(error), fix)


def of_rights(name: str, error: RepoUnusable) -> Finding:
    """Return the finding for a manifest that this user may not read. Raises any other error."""
    if not isinstance(error.__cause__, PermissionError):
        raise error
    fix = "Let Rollcall's user read it."
    return Finding("unreadable manifests", f"{name} may not be read.", fix)


def _contents(store: Store, names: Sequence[str]) -> Iterable[_Content]:
    look = partial(_content, store.reader())
    if store.reads_at_once == 1:
        return map(look, names)
    with ThreadPoolExecutor(store.reads_at_once) as pool:
        return list(pool.map(look, names))


def _content(read: Reader, name: str) -> _Content:
    try:
        stored = read(f"manifests/{name}")
    except ManifestUnreadable as error:
        return error
    except RepoUnusable as error:
        return of_rights(name, error)
    return stored.content if stored else None


def _missing(included: Mapping[str, list[str]], names: Iterable[str]) -> Iterator[Finding]:
    existing = set(names)
    missing = [
        (name, entry)
        for name, entries in included.items()
        for entry in dict.fromkeys(entries)
        if entry not in existing
    ]
    alike = {normalize(name): name for name in existing} if missing else {}
    for name, entry in missing:
        almost = alike.get(normalize(entry))
        yield Finding(
            "missing includes",
            f"{name} includes {entry!r}, which does not exist; a Mac stops there.",
            f"There is {almost!r}: write the same letters, {_THE_SAME}."
            if almost
            else "Make that manifest, or take the line out.",
        )


def _loops(included: Mapping[str, list[str]]) -> Iterator[Finding]:
    """Findings for manifests that include each other; each loop once."""
    finished: set[str] = set()
    for start in included:
        if start not in finished:
            for loop in _loops_from(start, included, finished):
                yield Finding(
                    "loops",
                    f"Manifests include each other: {' → '.join([*loop, loop[0]])}.",
                    "Take one of these lines out; Munki does not notice.",
                )


def _loops_from(
    start: str, included: Mapping[str, list[str]], finished: set[str]
) -> Iterator[list[str]]:
    path, waiting = [start], [iter(included[start])]
    on_path = {start}
    while waiting:
        entry = next(waiting[-1], None)
        if entry is None:
            waiting.pop()
            finished.add(path[-1])
            on_path.discard(path.pop())
        elif entry in on_path:
            yield path[path.index(entry) :]
        elif entry in included and entry not in finished:
            path.append(entry)
            on_path.add(entry)
            waiting.append(iter(included[entry]))


def _primary(manifests: Mapping[str, Manifest], layout: Layout) -> list[str]:
    """The manifests that Macs ask for by name, as far as their place tells.

    These are the ones in their folder, and those at the root that nothing includes and that are
    no sites or builds.
    """
    included = (entry for each in manifests.values() for entry in named(each, INCLUDED))
    shared = {SITE_DEFAULT, *included}
    return [
        name
        for name in manifests
        if layout.is_macs(name)
        or ("/" not in name and name not in shared and layout.kind_of(name) is None)
    ]


def _without_catalogs(
    manifests: Mapping[str, Manifest], primary: Collection[str]
) -> Iterator[Finding]:
    """Findings for manifests that Macs ask for; of those with another name it is not certain."""
    without = [name for name in primary if name in manifests and not manifests[name].get(CATALOGS)]
    serials = set(serials_among(without))
    for name in without:
        is_sure = name in serials or is_vmware(name)
        fact = "has no catalogs" if is_sure else "is included by none and has no catalogs"
        fix = f"manifestutil add-catalog production --manifest {name}"
        yield Finding(
            "no catalogs",
            f"{name} {fact}; Munki skips the whole of it.",
            fix if is_sure else f"Where a Mac asks for it: {fix}",
        )


def _unknown_catalogs(parsed: Mapping[str, Manifest], catalogs: set[str]) -> Iterator[Finding]:
    unknown: dict[str, list[str]] = defaultdict(list)
    for name, manifest in parsed.items():
        for catalog in set(named(manifest, CATALOGS)) - catalogs:
            unknown[catalog].append(name)
    alike = {normalize(name): name for name in catalogs} if unknown else {}
    for catalog, names in sorted(unknown.items()):
        more = len(names) - 1
        asking = f"{names[0]} and {more} more ask" if more else f"{names[0]} asks"
        almost = alike.get(normalize(catalog))
        yield Finding(
            "unknown catalogs",
            f"Nobody made the catalog {catalog!r}, which {asking} for.",
            f"There is {almost!r}: write the same letters, {_THE_SAME}."
            if almost
            else "Put an item into it and run makecatalogs, or correct the name.",
        )


def _twins(names: Iterable[str]) -> Iterator[Finding]:
    """Names, of folders too, that are one on a file system that ignores case, or to people."""
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name in names:
        path = name
        while path:
            folder, _, last = path.rpartition("/")
            alike[folder, normalize(last)].add(path)
            path = folder
    for twins in alike.values():
        if len(twins) > 1:
            in_case = len({name.casefold() for name in twins}) == 1
            how = "differ only in case" if in_case else "look the same"
            yield Finding(
                "names that differ only in case",
                f"{' and '.join(sorted(twins))} {how}; a Mac finds the exact one.",
                "Keep the one that the Mac reports, and remove the other.",
            )


def _left_alone(names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if name.endswith(YAML):
            yield Finding(
                "manifests in YAML",
                f"{name} is left alone: Rollcall reads and writes property lists only.",
                "Convert it, and name it without its ending; a Mac asks for that name first.",
            )
