"""A dashboard for one person: the unfinished Macs, the person's own first; reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    func,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from provisioning.outbox.models import Card
from provisioning.registrations.models import FAILED, IMAGING, STALLED, WAITING, Registration

STATES = (FAILED, STALLED, IMAGING, WAITING)  # the most urgent first
FEW = 1_000  # Macs that are sorted sooner than met among a million others


@dataclass(frozen=True, slots=True)
class MacFilter:
    """A filter of Macs; None lets all through."""

    site: str | None = None
    build: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class DashboardPart:
    """The Macs of one state that are the person's own, or the others: `number` in all.

    `macs` are those on the page, the newest first, each with the note of its batch.
    """

    state: str
    mine: bool
    number: int
    macs: Sequence[tuple[Registration, str]]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page, counted from 0, of the wanted Macs; `total` is the number of all.

    `counts` are all Macs of the wanted site and build by state, `mine` the number of the person's
    own among them.
    """

    counts: dict[str, int]
    mine: int
    parts: Sequence[DashboardPart]
    page: int
    pages: int
    total: int


def overview(
    session: Session, user: str, mac_filter: MacFilter, *, page: int, size: int
) -> Dashboard:
    """Return the requested page of `user`, or the nearest that exists; it has `size` Macs."""
    numbers = _numbers(session, user, mac_filter)
    groups = [
        _Group(state, mine, numbers[state][mine])
        for mine in (True, False)
        for state in STATES
        if mac_filter.state in (None, state)
    ]
    total = sum(group.number for group in groups)
    pages = max(1, -(-total // size))
    page = min(max(page, 0), pages - 1)
    cut = [
        (group, list(session.scalars(_ids(group, user, mac_filter).offset(offset).limit(limit))))
        for group, offset, limit in _cut(groups, page * size, size)
    ]
    rows = _rows(session, [key for _, keys in cut for key in keys])
    return Dashboard(
        {state: sum(of) for state, of in numbers.items()},
        sum(mine for _, mine in numbers.values()),
        [DashboardPart(g.state, g.mine, g.number, [rows[key] for key in keys]) for g, keys in cut],
        page,
        pages,
        total,
    )


@dataclass(frozen=True, slots=True)
class _Group:
    state: str
    mine: bool
    number: int


def _is(state: str) -> ColumnElement[bool]:
    # As literals: SQLite uses no partial index for a parameter.
    return Registration.state == literal_column(f"'{state}'")


_SEEN_AS = {
    FAILED: _is(FAILED),
    STALLED: Registration.is_stalled,
    IMAGING: _is(IMAGING) & Registration.mentioned_at.is_(None),
    WAITING: _is(WAITING),
}


def _here(mac_filter: MacFilter) -> Iterator[ColumnElement[bool]]:
    if mac_filter.site is not None:
        yield Registration.site == mac_filter.site
    if mac_filter.build is not None:
        yield Registration.build == mac_filter.build


def _numbers(session: Session, user: str, mac_filter: MacFilter) -> dict[str, tuple[int, int]]:
    """Numbers of Macs by state: others', and the person's own."""
    mine = func.count().filter(Registration.registered_by == user)
    counts: CompoundSelect[str, int, int] = union_all(
        *(
            select(literal_column(f"'{state}'"), func.count() - mine, mine).where(
                count, *_here(mac_filter)
            )
            for state, count in _SEEN_AS.items()
        )
    )
    return {state: (others, own_count) for state, others, own_count in session.execute(counts)}


def _ids(group: _Group, user: str, mac_filter: MacFilter) -> Select[int]:
    """The newest first. Where many match, a walk down the ids is fast; few are selected at once."""
    whose = Registration.registered_by.is_not_distinct_from(user)
    order = Registration.id + 0 if group.number <= FEW else Registration.id
    return (
        select(Registration.id)
        .where(_SEEN_AS[group.state], whose if group.mine else ~whose, *_here(mac_filter))
        .order_by(order.desc())
    )


def _cut(groups: Sequence[_Group], first: int, size: int) -> Iterator[tuple[_Group, int, int]]:
    """The parts of groups among the `size` Macs from `first` on: group, offset and number."""
    for group in groups:
        low, high = max(first, 0), min(first + size, group.number)
        if low < high:
            yield group, low, high - low
        first -= group.number


def _rows(session: Session, keys: Sequence[int]) -> dict[int, tuple[Registration, str]]:
    """The registrations and the notes of their batches, by id."""
    query = select(Registration, func.coalesce(Card.note, "")).outerjoin(Card)
    rows = session.execute(query.where(Registration.id.in_(keys)))
    return {mac.id: (mac, note) for mac, note in rows}
