"""Evidence for a layout: the includes of Macs besides those that all of them have."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from itertools import chain, combinations
from operator import and_, or_
from typing import TypeAlias

from provisioning.munki.layout.finder import candidates
from provisioning.munki.layout.finder.candidates import Pair
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.forms import FolderForm, Form, Reading
from provisioning.munki.manifests.documents import SITE_DEFAULT
from provisioning.munki.storage import FoundNames

ENOUGH = 0.95  # of the Macs make a rule; the others are exceptions
SPARED = 0.1  # of the Macs may have two of a kind that the others have one of
HALF = 0.5  # of the Macs are enough where there is no better rule
MANY = 0.9  # of the Macs: a form that tells fewer is worse than a list
SEVERAL = 10  # Macs are enough to have exceptions
THREE = 3  # Macs are enough for an exception from two kinds that words tell as well
EACH = 6  # Macs are enough to see that each has a manifest of its own
FEW = 2  # Macs by serial: less says nothing, so those by other names are looked at
MAX_INCLUDES = 100  # of one Mac; one with more is no example
Macs: TypeAlias = int  # a set of Macs: a bit for each


@dataclass(frozen=True, slots=True)
class SingleForm:
    """A form, with the Macs that include exactly one of its paths, and its paths as a set."""

    form: Form
    macs: Macs
    paths: int


@dataclass(frozen=True, slots=True)
class PairEvidence:
    """A pair, with the number of Macs that it tells, and what it says of each of them.

    `kinds` is the number of includes of a Mac that it explains, and `paths` that of all manifests
    that it explains. `is_free` says that Macs of one site may have several builds.
    """

    pair: Pair
    macs: int
    kinds: int
    paths: int
    is_free: bool


@dataclass(frozen=True)
class Evidence:
    """The includes of each Mac, without those in `always`: the forms have to explain these."""

    always: tuple[str, ...]
    macs: tuple[tuple[str, ...], ...]
    offered: tuple[str, ...]  # the shared paths of the repo
    of_macs: frozenset[Form]  # the forms that cover Macs' own manifests
    _read: dict[Form | None, Mapping[str, Sequence[Reading]]] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def of(cls, shape: RepoShape) -> "Evidence":
        """Return the evidence of the Macs that say most."""
        there = {path for path in shape.shared if candidates.is_path(path)}
        found = FoundNames(there, lambda: shape.ignores_case)
        includes = [
            tuple(dict.fromkeys(filter(None, map(found.find, entries))))
            for name in telling(shape)
            if 0 < len(entries := shape.includes.get(name, ())) <= MAX_INCLUDES
        ]
        count = Counter(entry for entries in includes for entry in entries)
        most = {entry for entry in count if count[entry] >= _enough(entry, len(includes))}
        most -= _of_choice(most, there, includes)
        first = next((entries for entries in includes if most <= set(entries)), ())
        always = tuple(entry for entry in first if entry in most)
        rest = tuple(
            tuple(entry for entry in entries if entry not in always) for entries in includes
        )
        offered = tuple(sorted(there - set(always)))
        return cls(always, rest, offered, frozenset(candidates.all_forms(telling(shape))))

    @property
    def few(self) -> float:
        """The number of Macs that may be exceptions from a rule."""
        return max(1, SPARED * len(self.macs))

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The includes of a Mac, without those that all have."""
        return tuple(sorted({entry for entries in self.macs for entry in entries}))

    def best(self, catalogs: Sequence[str]) -> tuple[Pair | None, float]:
        """Return the pair that tells most Macs' sites and builds, and the share of Macs (0 to 1).

        Where builds do not name their site, either of the two may be the sites. None where no
        pair tells any.
        """
        singles = self._singles()
        pairs = (each for each in combinations(singles, 2) if not each[0].paths & each[1].paths)
        told = [self._told_by(each) for each in chain(((each,) for each in singles), pairs)]
        with_sites = candidates.pairs_with_sites(self.entries, self.offered, catalogs)
        told += (each for pair in with_sites if (each := self._told_with_sites(pair)))
        best = max(told, key=self._rank, default=None)
        return (None, 0) if best is None else (best.pair, best.macs / max(1, len(self.macs)))

    def is_chosen(self, values: int) -> bool:
        """False where each of several Macs has a value of its own, which is no choice."""
        return values < len(self.macs) or len(self.macs) < EACH

    def _singles(self) -> list[SingleForm]:
        """The folders, prefixes and endings of which nearly all Macs include only one."""
        covered = candidates.all_forms(self.entries)
        offered = candidates.single_forms(self.offered)
        number = {entry: bit for bit, entry in enumerate(self.entries)}
        forms_of: defaultdict[str, list[Form]] = defaultdict(list)
        for form, paths in covered.items():
            for path in paths:
                forms_of[path].append(form)
        once, more = defaultdict[Form, int](int), Counter[Form]()
        for bit, entries in enumerate(self.macs):
            for form, times in Counter(form for each in entries for form in forms_of[each]).items():
                if times == 1:
                    once[form] |= 1 << bit
                else:
                    more[form] += 1
        singles = [
            SingleForm(form, once[form], reduce(or_, (1 << number[path] for path in paths)))
            for form, paths in covered.items()
            if more[form] <= self.few
            and form in offered
            and form not in self.of_macs
            and (len(paths) > 1 or _is_choice(form, offered[form]))
            and self.is_chosen(len(paths))
        ]
        exact = {each.paths for each in singles if SITE_DEFAULT not in offered[each.form]}
        singles = [  # site_ says less than site_default_, and would offer site_default itself
            each
            for each in singles
            if SITE_DEFAULT not in offered[each.form] or each.paths not in exact
        ]
        singles.sort(key=lambda each: (-each.macs.bit_count(), -each.form.weight))
        return singles[: candidates.MAX_FORMS]

    def _told_by(self, singles: tuple[SingleForm, ...]) -> PairEvidence:
        """The Macs that include one manifest of each of these forms, one or two."""
        macs = reduce(and_, (each.macs for each in singles))
        paths = reduce(or_, (each.paths for each in singles))
        pair = Pair(singles[0].form, singles[1].form if len(singles) > 1 else None)
        is_worded = len(singles) > 1 and all(map(candidates.is_worded, pair.forms))
        return PairEvidence(
            pair,
            macs=self._counted(macs.bit_count(), THREE if is_worded else SEVERAL),
            kinds=len(singles),
            paths=paths.bit_count(),
            is_free=len(singles) > 1,
        )

    def _rank(self, told: PairEvidence) -> tuple[bool, int, int, int, bool, int, int]:
        """The rank of a pair: the Macs and kinds that it tells, its words, what it explains."""
        forms = told.pair.forms
        return (
            told.macs >= MANY * len(self.macs),
            told.macs * told.kinds,
            sum(candidates.is_worded(form) for form in forms),
            told.paths,
            told.is_free,
            sum(form.weight for form in forms),
            sum(isinstance(form, FolderForm) for form in forms),
        )

    def _counted(self, macs: int, enough: int = SEVERAL) -> int:
        """The number of Macs that a rule counts for, whose exceptions are few: of all."""
        is_rule = len(self.macs) >= enough and macs >= len(self.macs) - self.few
        return len(self.macs) if is_rule else macs

    def _readings(self, pair: Pair) -> dict[str, Reading | None]:
        """The reading of each entry as a build; None for those that are none.

        Of several, as in `st-gallen-lab`, it is the one whose site Macs include.
        """
        sites, builds, included = pair.sites, pair.builds, frozenset[str]()
        if sites and builds and pair.includes_site:
            included = frozenset(entry for entry in self.entries if sites.readings(entry))
        readings = dict[str, Reading | None]()
        for entry, found in self._all_readings(builds).items():
            known = (each for each in found if sites and sites.path(each.site or "") in included)
            readings[entry] = next(known, found[0] if found else None)
        if sites and builds and sites.weight >= builds.weight:
            readings |= dict.fromkeys(included)
        return readings

    def _all_readings(self, builds: Form | None) -> Mapping[str, Sequence[Reading]]:
        if builds not in self._read and builds is not None:
            self._read[builds] = {entry: builds.readings(entry) for entry in self.entries}
        return self._read.get(builds, {})

    def _told_with_sites(self, pair: Pair) -> PairEvidence | None:
        """The Macs that a pair tells whose builds name their site; None where it is no rule."""
        readings = self._readings(pair)
        macs, more, seen = 0, 0, set[Reading]()
        for entries in self.macs:
            found = [reading for entry in entries if (reading := readings[entry])]
            more += len(found) > 1
            if len(found) == 1 and _agrees(pair, found[0], entries):
                macs += 1
                seen.add(found[0])
        sites, names = {each.site for each in seen}, {each.name for each in seen}
        is_free = len(seen) > len(names)
        if len(seen) == len(sites):  # the Macs of a site are all alike so far
            is_free = self._is_grid(pair)
            macs *= is_free
        if more > self.few or min(len(sites), len(names)) < FEW or not macs:
            return None
        return PairEvidence(
            pair,
            macs=self._counted(macs),
            kinds=1 + pair.includes_site,
            paths=sum(any(form.readings(each) for form in pair.forms) for each in self.entries),
            is_free=is_free,
        )

    def _is_grid(self, pair: Pair) -> bool:
        """True where the repo has several builds for each site, and most of them for several."""
        readings = {
            reading
            for path in self.offered
            for reading in (pair.builds.readings(path) if pair.builds else ())
        }
        names, sites = {each.name for each in readings}, {each.site for each in readings}
        return len(readings) >= FEW * max(len(names), len(sites))


def _agrees(pair: Pair, reading: Reading, entries: Sequence[str]) -> bool:
    """True where a Mac includes the site that its build names, if sites are included at all."""
    if not pair.includes_site or pair.sites is None or reading.site is None:
        return True
    return pair.sites.path(reading.site) in entries


def _enough(entry: str, macs: int) -> float:
    """The number of Macs that have to include a manifest, for it to count as included by all."""
    if entry == SITE_DEFAULT:
        return macs * HALF
    return min(macs * ENOUGH, macs - 1) if macs >= SEVERAL else macs


def telling(shape: RepoShape) -> Sequence[str]:
    """Return the Macs whose manifests tell the layout: by serial; by other names where FEW are."""

    def weight(names: Sequence[str]) -> tuple[bool, int]:
        informing = sum(bool(shape.includes.get(name)) for name in names)
        return names == shape.serials and informing >= FEW, informing

    return max((shape.serials, shape.others), key=weight)


def _is_choice(form: Form, covered: Collection[str]) -> bool:
    """True where words say that a form tells a kind, though all Macs include the same of it."""
    is_sure = isinstance(form, FolderForm) and candidates.leaning(form) != 0
    return candidates.is_worded(form) and (len(covered) > 1 or is_sure)


def _of_choice(
    most: Collection[str], paths: Collection[str], includes: Sequence[Sequence[str]]
) -> set[str]:
    """Those that most Macs include by chance: words say that each is one of several to choose.

    It is none by chance where most Macs include another one of these several beside it.
    """
    forms = candidates.single_forms(path for path in paths if not candidates.is_of_all(path))
    of_choice = set[str]()
    for form, covered in forms.items():
        included = [path for path in covered if path in most]
        beside = sum(len({*entries}.intersection(covered)) > 1 for entries in includes)
        is_alone = beside < HALF * len(includes)
        if len(included) == 1 and is_alone and _is_choice(form, covered):
            of_choice.update(included)
    return of_choice
