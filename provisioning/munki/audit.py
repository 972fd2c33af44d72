"""An audit of a repo's manifests: faults that Munki's clients would meet one by one.

A client skips a primary manifest without catalogs, stops at an included manifest that is missing
or cannot be parsed, and includes without end where manifests include each other.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain

from infrastructure.findings import Finding
from infrastructure.text import nearest, normalize
from provisioning.munki import storage
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.layout import DEFAULT, Layout
from provisioning.munki.layout.index import is_left_alone
from provisioning.munki.manifests.documents import INCLUDED, SITE_DEFAULT, Manifest
from provisioning.munki.manifests.includes import CATALOGS, named
from provisioning.munki.manifests.names import EXTENSION, NUMBERED, YAML, serials_among
from provisioning.munki.manifests.reading import readings
from provisioning.munki.storage import FoundNames, Store
from provisioning.values.serials import is_vmware

MAX_SEARCHED = 20  # missing includes for which a like name is searched: of many, few are shown
_THE_SAME = "in the same case, and with accents that are stored in the same way"


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
    is_blind = storage.ignores_case(store, [f"manifests/{name}" for name in names])
    primary = _primary(_included(manifests, FoundNames(names, lambda: is_blind)), layout)
    return [*findings, *among(names, manifests, catalogs, primary, ignores_case=is_blind)]


def among(
    names: Collection[str],
    manifests: Mapping[str, Manifest],
    catalogs: set[str],
    primary: Collection[str],
    *,
    ignores_case: bool = False,
) -> Iterator[Finding]:
    """Yield what is wrong among the manifests of a repo: `names` of all, and the parsed ones.

    `primary` are Macs' own manifests, which need catalogs. Where the disk `ignores_case`, one in
    another case is there.
    """
    included = _included(manifests, FoundNames(names, lambda: ignores_case))
    yield from _missing(included, names)
    yield from _loops(included)
    yield from _without_catalogs(manifests, primary)
    yield from _unknown_catalogs(manifests, catalogs)
    yield from _twins(names)
    if not ignores_case:
        yield from _small_letters(names, primary)
    yield from _left_alone(names)


def _included(manifests: Mapping[str, Manifest], there: FoundNames) -> Mapping[str, list[str]]:
    """The includes of each manifest, those that are `there` by the names of their files."""
    return {
        name: [there.find(entry) or entry for entry in named(each, INCLUDED)]
        for name, each in manifests.items()
    }


def _missing(included: Mapping[str, list[str]], names: Iterable[str]) -> Iterator[Finding]:
    existing = set(names)
    missing = [
        (name, entry)
        for name, entries in included.items()
        for entry in dict.fromkeys(entries)
        if entry not in existing
    ]
    if not missing:
        return
    meant = _MeantManifests(existing, included)
    for name, entry in missing:
        yield Finding(
            "missing includes",
            f"{name} includes {entry!r}, which does not exist; a Mac stops there.",
            meant.fix(entry),
        )


class _MeantManifests:
    """An index of the manifests that people may mean by an include that does not exist."""

    def __init__(self, existing: Collection[str], included: Mapping[str, list[str]]) -> None:
        self._alike = {normalize(name): name for name in existing}
        self._by_stem = {_stem(name): name for name in existing}
        known = {entry for entries in included.values() for entry in entries}
        self._known = sorted(known.intersection(existing))
        self._nearest = dict[str, str | None]()

    def fix(self, entry: str) -> str:
        """Return the fix of an include, by the manifest whose name is most like it."""
        if almost := self._alike.get(normalize(entry)):
            return f"There is {almost!r}: write the same letters, {_THE_SAME}."
        if almost := self._by_stem.get(_stem(entry)):
            return f"There is {almost!r}: write its whole name, with its ending if it has one."
        if entry not in self._nearest and len(self._nearest) < MAX_SEARCHED:
            self._nearest[entry] = nearest(entry, self._known)
        almost = self._nearest.get(entry)
        is_alike = almost and nearest(_last(entry), [_last(almost)])  # not only its folder
        meant = f"Is {almost!r} meant? Else make" if is_alike else "Make"
        return f"{meant} that manifest, or take the line out."


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _stem(name: str) -> str:
    return EXTENSION.sub("", normalize(name))


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


def _primary(included: Mapping[str, list[str]], layout: Layout) -> list[str]:
    """The manifests that Macs ask for by name, as far as their place tells.

    These are the ones in their folder, and those at the root that nothing includes and that are
    no sites or builds.
    """
    shared = {SITE_DEFAULT, *chain.from_iterable(included.values())}
    return [
        name
        for name in included
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
            difference = "differ only in case" if in_case else "look the same"
            yield Finding(
                "names that differ only in case",
                f"{' and '.join(sorted(twins))} {difference}; a Mac finds the exact one.",
                "Keep the one that the Mac reports, and remove the other.",
            )


def _small_letters(names: Collection[str], primary: Collection[str]) -> Iterator[Finding]:
    """Findings for serials in small letters: Macs ask for theirs in capitals.

    In a folder they ask for a ClientIdentifier, which may be in any case. A word with a number
    behind it, such as studiomac01, is rather a host name.
    """
    there = set(names)
    for name in serials_among([name for name in primary if "/" not in name]):
        is_host = NUMBERED.fullmatch(name) or is_vmware(name)
        if name.islower() and not is_host and name.upper() not in there:
            yield Finding(
                "serials in small letters",
                f"{name} is in small letters; a Mac asks for {name.upper()}, and finds it only "
                "where the disk of the web server ignores case.",
                f"Rename it to {name.upper()}.",
            )


def _left_alone(names: Iterable[str]) -> Iterator[Finding]:
    for name in names:
        if name.endswith(YAML):
            yield Finding(
                "manifests in YAML",
                f"{name} is left alone: Rollcall reads and writes property lists only.",
                "One for Windows, as Cimian's are, may stay. Convert one for Macs, and name it "
                "without its ending; a Mac asks for that name first.",
            )
