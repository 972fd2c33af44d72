"""Evidence for a layout: the includes of Macs besides those that all of them have."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from itertools import chain, combinations
from operator import itemgetter, or_
from typing import TypeAlias

from infrastructure.text import normalize
from provisioning.munki.layout.finder import candidates
from provisioning.munki.layout.finder.candidates import Pair
from provisioning.munki.layout.finder.shape import RepoShape
from provisioning.munki.layout.forms import WHOLE, FolderForm, Form, NamesForm, Reading
from provisioning.munki.layout.layout import SITE_DEFAULT

ENOUGH = 0.95  # of the Macs make a rule; the others are exceptions
SPARED = 0.1  # of the Macs may have two of a kind that the others have one of
HALF = 0.5  # of the Macs are enough where there is no better rule
MANY = 0.75  # of the Macs: a form that tells fewer is worse than a list
SEVERAL = 10  # Macs are enough to have exceptions
FEW = 2  # Macs by serial: less says nothing, so those by other names are looked at
MOST_NAMES = 300  # in a list; more would fill the policy file
MOST_EXTRAS = 8  # that more Macs include than any of a list
MOST_INCLUDES = 100  # of one Mac; one with more is no example
Macs: TypeAlias = int  # a set of Macs: a bit for each
Score: TypeAlias = tuple[bool, int, int, int, int, int]
NOTHING: Score = (False, 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Single:
    """A form, with the Macs that include exactly one of its paths, and its paths as a set."""

    form: Form
    macs: Macs
    paths: int


@dataclass(frozen=True)
class Evidence:
    """The includes of each Mac, without those in `always`: the forms have to explain these."""

    always: tuple[str, ...]
    macs: tuple[tuple[str, ...], ...]
    offered: tuple[str, ...]  # the shared paths of the repo
    of_macs: frozenset[Form]  # the forms that cover Macs' own manifests
    _read: dict[Form | None, dict[str, Reading | None]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, shape: RepoShape) -> "Evidence":
        """Return the evidence of the Macs that say most."""
        there = {path for path in shape.shared if candidates.is_path(path)}
        alike = {normalize(path): path for path in sorted(there)} if shape.ignores_case else {}
        includes = [
            tuple(dict.fromkeys(_existing(entries, there, alike)))
            for name in telling(shape)
            if 0 < len(entries := shape.includes.get(name, ())) <= MOST_INCLUDES
        ]
        count = Counter(entry for entries in includes for entry in entries)
        most = {entry for entry in count if count[entry] >= _enough(entry, len(includes))}
        most -= _of_choice(most, there)
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
        pairs = chain(((each,) for each in singles), combinations(singles, 2))
        scored = ((self._score(pair), tuple(each.form for each in pair)) for pair in pairs)
        score, forms = max(scored, key=itemgetter(0), default=(NOTHING, ()))
        best = Pair(forms[0], forms[1] if len(forms) > 1 else None) if forms else None
        rank, kinds = (*score[:2], len(forms) > 1, WHOLE), len(forms) or 1
        for pair in candidates.pairs_with_sites(self.entries, self.offered, catalogs):
            told, is_grid = self._told_with_sites(pair)
            count = 1 + pair.includes_site
            weight = sum(form.weight for form in pair.forms)
            ranked = (self._is_many(told), self._counted(told) * count, is_grid, weight)
            if told and ranked > rank:
                best, rank, kinds = pair, ranked, count
        return best, rank[1] / kinds / max(1, len(self.macs))

    def names(self, beside: Form | None) -> NamesForm | None:
        """Return a list of manifests of which each Mac includes one; None where there is none.

        Entries that the form `beside` explains are left out. Of those that Macs include together,
        the list has the more frequent one; very frequent ones may be extras, and be left out. The
        list of which the fewest Macs include two is best.
        """
        macs_of = defaultdict[str, Macs](int)
        for bit, entries in enumerate(self.macs):
            for entry in entries:
                if beside is None or not beside.readings(entry):
                    macs_of[entry] |= 1 << bit
        common = sorted(macs_of, key=lambda each: (-macs_of[each].bit_count(), each))
        lists = (self._exclusive(common[first:], macs_of) for first in range(MOST_EXTRAS))
        _, best = min((each for each in lists if each[1]), key=itemgetter(0), default=(0, []))
        return candidates.names_form(best) if best else None

    def names_of_some(self) -> NamesForm | None:
        """Return a list of which HALF of the Macs or more include one, and the others nothing."""
        telling = tuple(entries for entries in self.macs if entries)
        is_most = len(telling) >= HALF * len(self.macs)
        return replace(self, macs=telling).names(None) if is_most else None

    def _exclusive(
        self, common: Sequence[str], macs_of: Mapping[str, Macs]
    ) -> tuple[int, list[str]]:
        """Entries, from the first on, of which few Macs include two, and the number of those Macs.

        None where it is no rule.
        """
        told, twice, chosen = 0, 0, list[str]()
        spared = self.few if len(self.macs) >= SEVERAL else 0
        for entry in common:
            again = twice | (told & macs_of[entry])
            if again.bit_count() <= spared and told & macs_of[entry] != macs_of[entry]:
                told, twice = told | macs_of[entry], again
                chosen.append(entry)
        is_list = FEW <= len(chosen) <= MOST_NAMES and self._is_chosen(len(chosen))
        is_rule = told.bit_count() >= ENOUGH * len(self.macs)
        return twice.bit_count(), (chosen if is_list and is_rule else [])

    def _is_chosen(self, values: int) -> bool:
        """False where each of several Macs has a value of its own, which is no choice."""
        return values < len(self.macs) or len(self.macs) < SEVERAL

    def _singles(self) -> list[Single]:
        """The folders, prefixes and ends of which a Mac includes one, those of the most Macs."""
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
            Single(form, once[form], reduce(or_, (1 << number[path] for path in paths)))
            for form, paths in covered.items()
            if more[form] <= self.few
            and form in offered
            and form not in self.of_macs
            and (len(paths) > 1 or _is_choice(form, offered[form]))
            and self._is_chosen(len(paths))
        ]
        exact = {each.paths for each in singles if SITE_DEFAULT not in offered[each.form]}
        singles = [  # site_ says less than site_default_, and would offer site_default itself
            each
            for each in singles
            if SITE_DEFAULT not in offered[each.form] or each.paths not in exact
        ]
        singles.sort(key=lambda each: (-each.macs.bit_count(), -each.form.weight))
        return singles[: candidates.MOST_FORMS]

    def _score(self, pair: tuple[Single, ...]) -> Score:
        """A rank of these forms: Macs that have one of each, few forms, their words and length."""
        macs = reduce(lambda every, each: every & each.macs, pair, pair[0].macs)
        clash = pair[0].paths & pair[-1].paths if len(pair) > 1 else 0
        forms = [each.form for each in pair]
        return (
            self._is_many(macs.bit_count()),
            self._counted(macs.bit_count()) * len(pair) - 100 * clash.bit_count(),
            -len(pair),
            sum(candidates.is_worded(form) for form in forms),
            sum(form.weight for form in forms),
            sum(isinstance(form, FolderForm) for form in forms),
        )

    def _counted(self, macs: int) -> int:
        """The number of Macs that a rule counts for, whose exceptions are few: of all."""
        is_rule = len(self.macs) >= SEVERAL and macs >= len(self.macs) - self.few
        return len(self.macs) if is_rule else macs

    def _is_many(self, macs: int) -> bool:
        return macs >= MANY * len(self.macs)

    def _readings(self, pair: Pair) -> dict[str, Reading | None]:
        """The reading of each entry as a build; None for those that are none."""
        if pair.builds not in self._read and pair.builds is not None:
            self._read[pair.builds] = {
                entry: next(iter(pair.builds.readings(entry)), None) for entry in self.entries
            }
        readings = dict(self._read.get(pair.builds, {}))
        sites, builds = pair.sites, pair.builds
        if sites and builds and pair.includes_site and sites.weight >= builds.weight:
            readings |= {entry: None for entry in self.entries if sites.readings(entry)}
        return readings

    def _told_with_sites(self, pair: Pair) -> tuple[int, bool]:
        """The number of Macs that a pair tells whose builds name their site; 0 where it is no rule.

        And True where it is a grid: sites have builds of the same name.
        """
        readings = self._readings(pair)
        told, more, seen = 0, 0, set[Reading]()
        for entries in self.macs:
            found = [reading for entry in entries if (reading := readings[entry])]
            more += len(found) > 1
            if len(found) == 1 and _agrees(pair, found[0], entries):
                told += 1
                seen.add(found[0])
        sites, names = {each.site for each in seen}, {each.name for each in seen}
        if more > self.few or min(len(sites), len(names)) < FEW:
            return 0, False
        if len(seen) == len(sites):  # the Macs of a site are all alike so far
            return (told, True) if self._is_grid(pair) else (0, False)
        return told, len(seen) > len(names)

    def _is_grid(self, pair: Pair) -> bool:
        """True where the repo has several builds for each site, and most of them for several."""
        readings = {
            reading
            for path in self.offered
            for reading in (pair.builds.readings(path) if pair.builds else ())
        }
        names, sites = {each.name for each in readings}, {each.site for each in readings}
        return len(readings) >= FEW * max(len(names), len(sites))


def _existing(
    entries: Sequence[str], there: Collection[str], alike: Mapping[str, str]
) -> Iterator[str]:
    """Yield those of the entries that there are; `alike` has others, by their names in one case."""
    for entry in entries:
        path = entry if entry in there else alike.get(normalize(entry))
        if path is not None:
            yield path


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


def _of_choice(most: Collection[str], paths: Collection[str]) -> set[str]:
    """Those that most Macs include by chance: words say that each is one of several to choose."""
    forms = candidates.single_forms(path for path in paths if not candidates.is_of_all(path))
    of_choice = set[str]()
    for form, covered in forms.items():
        included = [path for path in covered if path in most]
        if len(included) == 1 and _is_choice(form, covered):
            of_choice.update(included)
    return of_choice
