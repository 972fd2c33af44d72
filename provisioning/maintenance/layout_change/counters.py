"""Counters of computer names, which go on under the new names of sites and builds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.policy import Policy
from provisioning.policy.name_patterns import Pattern, series
from provisioning.registrations.models import Counter

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CounterRename:
    """A counter, and the one that goes on from its last number."""

    series: str
    new_series: str
    last: int


def renamed_counters(
    session: Session, policy: Policy, places: Mapping[Place, Place]
) -> Iterator[CounterRename]:
    """Yield the counters of former sites and builds, each with that of its new names."""
    pairs = dict.fromkeys(pair for old, new in places.items() for pair in _series(policy, old, new))
    last = dict(session.execute(select(Counter.pattern, Counter.last)).all()) if pairs else {}
    for old, new in pairs:
        if old in last:
            yield CounterRename(old, new, last[old])


def go_on(session: Session, pairs: Sequence[tuple[str, str]]) -> None:
    """Raise the second counter of each pair to the last number of the first one."""
    for old, new in pairs:
        last = session.scalar(select(Counter.last).where(Counter.pattern == old))
        if last is None:
            continue
        row = upsert(session, Counter).values(pattern=new, last=last)
        larger = case((Counter.last < last, last), else_=Counter.last)
        session.execute(
            row.on_conflict_do_update(index_elements=["pattern"], set_={"last": larger})
        )


def _series(policy: Policy, old: Place, new: Place) -> Iterator[tuple[str, str]]:
    """The series that the patterns for both pairs make, where they differ."""
    patterns = {policy.pattern_for(*old), policy.pattern_for(*new)} - {None}
    for pattern in patterns:
        if pattern is not None and _is_of_places(pattern):
            former, present = (series(pattern.stem(*place, "")) for place in (old, new))
            if former != present:
                yield former, present


def _is_of_places(pattern: Pattern) -> bool:
    """True for a pattern with one counter for many Macs, not one for each serial."""
    return pattern.counts and "{serial" not in pattern.text
