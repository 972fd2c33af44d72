"""Lists of manifests of which each Mac includes one, for kinds that no folder or prefix tells."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provisioning.munki.layout.finder.candidates import MAX_NAMES, names_form
from provisioning.munki.layout.finder.evidence import (
    ENOUGH,
    FEW,
    HALF,
    SEVERAL,
    Evidence,
    Macs,
)
from provisioning.munki.layout.forms import Form, NamesForm

MAX_EXTRAS = 8  # that more Macs include than any of a list


@dataclass(frozen=True, slots=True)
class _List:
    """Manifests, and the number of Macs that include none or several of them."""

    names: Sequence[str]
    exceptions: int


def list_of(evidence: Evidence, beside: Form | None = None) -> NamesForm | None:
    """Return a list of manifests of which each Mac includes one; None where there is none.

    Entries that the form `beside` explains are left out. Of those that Macs include together, the
    list has the more frequent one; very frequent ones may be extras, and be left out. The list
    with the fewest exceptions is best, and of these the longest.
    """
    macs_of = defaultdict[str, Macs](int)
    for bit, entries in enumerate(evidence.macs):
        for entry in entries:
            if beside is None or not beside.readings(entry):
                macs_of[entry] |= 1 << bit
    common = sorted(macs_of, key=lambda each: (-macs_of[each].bit_count(), each))
    spared = evidence.few if len(evidence.macs) >= SEVERAL else 0
    found = [
        found
        for most_twice in (0, spared)
        for first in range(MAX_EXTRAS)
        if (found := _exclusive(common[first:], macs_of, evidence, most_twice))
    ]
    best = min(found, key=lambda each: (each.exceptions, -len(each.names)), default=None)
    return names_form(best.names) if best else None


def list_of_some(evidence: Evidence) -> NamesForm | None:
    """Return a list of manifests: at least HALF of the Macs include one of it, the others none."""
    telling = tuple(entries for entries in evidence.macs if entries)
    is_most = len(telling) >= HALF * len(evidence.macs)
    return list_of(replace(evidence, macs=telling)) if is_most else None


def _exclusive(
    common: Sequence[str], macs_of: Mapping[str, Macs], evidence: Evidence, most_twice: float
) -> _List | None:
    """A list from the first of these on, of which at most so many Macs include two."""
    told, twice, names = 0, 0, list[str]()
    for entry in common:
        again = twice | (told & macs_of[entry])
        if again.bit_count() <= most_twice and told & macs_of[entry] != macs_of[entry]:
            told, twice = told | macs_of[entry], again
            names.append(entry)
    untold = len(evidence.macs) - told.bit_count()
    is_list = FEW <= len(names) <= MAX_NAMES and evidence.is_chosen(len(names) + untold)
    if not is_list or told.bit_count() < ENOUGH * len(evidence.macs):
        return None
    return _List(names, untold + twice.bit_count())
