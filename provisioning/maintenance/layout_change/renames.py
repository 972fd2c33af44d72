"""Renames after a change of the layout: one operation on all that names a site or a build."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import changed
from infrastructure.errors import RollcallError
from provisioning.access.models import Credential
from provisioning.firstboot.models import Bench
from provisioning.maintenance.layout_change import bindings, counters
from provisioning.maintenance.layout_change.proposal import Place, RenameProposal
from provisioning.munki import Destination
from provisioning.munki.errors import LayoutChanged
from provisioning.munki.layout import kept
from provisioning.outbox.models import Card
from provisioning.registrations import changes, operations
from provisioning.registrations.changes import Edit
from provisioning.registrations.models import FAILED, WAITING, Event, Mac, Operation, Registration

RENAMED, UNDONE = "renamed", "undone"  # kinds of operations
VIA = "boot.sh adopt"
PAGE = 2000  # registrations
_WAITS = {"state": WAITING, "step": None}

NewPlace = Callable[[Mac, Place], Place | None]  # of a Mac, and of a card that shows it


class NoRenameToUndo(RollcallError):
    """No rename of a layout, and no adoption, that is not undone."""

    def __init__(self) -> None:
        super().__init__("There is nothing to undo.")


@dataclass(frozen=True, slots=True)
class Renamed:
    """The numbers of renamed rows; `left` are registrations that changed since, by serial.

    `bindings` are those of tokens, webhooks and screens, by these words.
    `waiting` of the registrations had failed by the change of the layout, and wait again.
    """

    registrations: int
    benches: int
    keys: int
    left: Sequence[str] = ()
    waiting: int = 0
    bindings: Mapping[str, int] = field(default_factory=dict)


def rename(
    session: Session, proposal: RenameProposal, at: datetime, *, page: int = PAGE
) -> Renamed:
    """Rename all that a proposal names, as one operation, or raise UnknownNewNames.

    Macs that failed by the change wait again, and their cards show it. Other cards in Slack are
    drawn again when their Macs go on: thousands at once would hold it up.
    """
    places = proposal.places
    layout = kept.keep(session, proposal.now, at)
    operation = operations.begin(session, RENAMED, by="", via=VIA, at=at)
    number, waiting, seen = 0, 0, set[int]()
    for macs in _pages(session, proposal.waiting.registrations, page):
        known = [mac for mac in macs if (mac.layout, (mac.site, mac.build)) in places]
        _rename_cards(session, known, lambda mac, card: places.get((mac.layout, card)), seen)
        change = _renaming(lambda mac: (*places[mac.layout, _of(mac)], layout))
        failed = _failed_by_it(session, known)
        others = [mac for mac in known if mac.id not in failed]
        changes.write(session, others, change, operation)
        stopped = [mac for mac in known if mac.id in failed]
        changes.apply(session, stopped, _with(change, _WAITS), operation)
        number, waiting = number + len(known), waiting + len(stopped)
    facts = {
        "benches": list(_rename_benches(session, places, layout)),
        "keys": list(_rename_keys(session, proposal)),
        "bindings": list(bindings.rename(session, proposal.bindings)),
        "counters": [[each.series, each.new_series] for each in proposal.counters],
    }
    counters.go_on(session, [(old, new) for old, new in facts["counters"]])
    operation.facts = facts
    return Renamed(
        number,
        len(facts["benches"]),
        len(facts["keys"]),
        waiting=waiting,
        bindings=Counter(kind for kind, *_ in facts["bindings"]),
    )


def undo(session: Session, at: datetime, *, page: int = PAGE) -> Renamed:
    """Undo the last rename, where its names have not changed since. Raises NoRenameToUndo."""
    renames = select(Operation).where(Operation.what == RENAMED, Operation.undone_at.is_(None))
    operation = session.scalars(renames.order_by(Operation.id.desc()).with_for_update()).first()
    if operation is None:
        raise NoRenameToUndo
    operation.undone_at = at
    undoing = operations.begin(session, UNDONE, by="", via=VIA, at=at)
    number, seen, left = 0, set[int](), list[str]()
    for befores, afters in _events(session, operation, page):
        macs = changes.lock(session, Registration.id.in_(befores))
        stay = [mac for mac in macs if _stands(mac, afters[mac.id])]
        left += [mac.name for mac in macs if not _stands(mac, afters[mac.id])]
        _undo_page(session, stay, befores, undoing, seen)
        number += len(stay)
    facts: Mapping[str, Any] = operation.facts or {}
    counters.go_on(session, [(new, old) for old, new in facts.get("counters", ())])
    benches = sum(_put_back(session, Bench, *row) for row in facts.get("benches", ()))
    keys = sum(_put_back(session, Credential, *row) for row in facts.get("keys", ()))
    bound = Counter(
        kind
        for kind, row_id, before, after in facts.get("bindings", ())
        if bindings.put(session, kind, row_id, before, after)
    )
    return Renamed(number, benches, keys, left, bindings=bound)


def _undo_page(
    session: Session,
    macs: Sequence[Mac],
    befores: Mapping[int, Mapping[str, Any]],
    undoing: Operation,
    seen: set[int],
) -> None:
    def former(mac: Mac, card: Place) -> Place | None:
        return _place(befores[mac.id]) if card == _of(mac) else None

    _rename_cards(session, macs, former, seen)
    change = _renaming(lambda mac: (*_place(befores[mac.id]), befores[mac.id]["layout"]))
    changes.write(session, macs, change, undoing)


def _pages(session: Session, condition: ColumnElement[bool], page: int) -> Iterator[list[Mac]]:
    """Yield the registrations of a condition, locked, in the order of their serials."""
    last = ""
    while True:
        rest = select(Registration.id).where(condition, Registration.serial > last)
        ids = rest.order_by(Registration.serial).limit(page)
        macs = changes.lock(session, Registration.id.in_(ids))
        if not macs:
            return
        last = macs[-1].serial
        yield macs


def _events(
    session: Session, operation: Operation, page: int
) -> Iterator[tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]]]:
    """Yield the values before and after in an operation's events, by registration."""
    last = 0
    of_operation = (Event.act_id == operation.id) & (Event.what == RENAMED)
    columns = (Event.id, Event.registration_id, Event.before, Event.after)
    while True:
        query = select(*columns).where(of_operation, Event.id > last).order_by(Event.id)
        rows = session.execute(query.limit(page)).all()
        if not rows:
            return
        last = rows[-1].id
        befores = {row.registration_id: row.before for row in rows if row.before and row.after}
        yield befores, {row.registration_id: row.after for row in rows if row.before and row.after}


def _renaming(names: Callable[[Mac], tuple[str, str, str | None]]) -> changes.Change:
    """The change that gives each Mac a site, a build and a layout, and leaves its name alone."""

    def change(mac: Mac, _: Operation) -> Edit:
        site, build, layout = names(mac)
        is_made = mac.named_for == mac.destination.key
        named_for = Destination(site, build).key if is_made else mac.named_for
        new = {"site": site, "build": build, "layout": layout, "named_for": named_for}
        return Edit(mac, new, ("layout", "named_for"))

    return change


def _with(change: changes.Change, new: Mapping[str, Any]) -> changes.Change:
    """Return a change that also sets these columns."""

    def also(mac: Mac, operation: Operation) -> Edit | None:
        edit = change(mac, operation)
        return edit and replace(edit, new={**edit.new, **new})

    return also


def _failed_by_it(session: Session, macs: Sequence[Mac]) -> set[int]:
    """Return the ids of the Macs that failed because their names lead elsewhere."""
    failed = [mac.id for mac in macs if mac.state == FAILED]
    says_so = Registration.step.contains(LayoutChanged.WORDS)
    return set(session.scalars(select(Registration.id).where(Registration.id.in_(failed), says_so)))


def _stands(mac: Mac, after: Mapping[str, Any]) -> bool:
    """Return True if a registration still has the names that a rename gave it."""
    is_named = (mac.site, mac.build, mac.layout) == (*_place(after), after["layout"])
    return is_named and mac.closed_at is None


def _rename_cards(
    session: Session, macs: Sequence[Mac], new_place: NewPlace, seen: set[int]
) -> None:
    """Rename the site and build of the cards of Macs; each card once, however many it shows."""
    by_card = {mac.card_id: mac for mac in macs if mac.card_id and mac.card_id not in seen}
    cards = select(Card.id, Card.site, Card.build).where(Card.id.in_(by_card)).order_by(Card.id)
    new = {
        key: place
        for key, site, build in session.execute(cards)
        if (place := new_place(by_card[key], (site, build)))
    }
    seen.update(new)
    if new:
        rows = [{"id": key, "site": site, "build": build} for key, (site, build) in new.items()]
        session.execute(update(Card), rows)


def _rename_benches(
    session: Session, places: Mapping[tuple[str | None, Place], Place], layout: str | None
) -> Iterator[list[Any]]:
    """Rename the open benches; yields the facts of each for an undo."""
    for bench in session.scalars(select(Bench).where(Bench.ended_at.is_(None)).with_for_update()):
        new = places.get((bench.layout, (bench.site, bench.build)))
        if new is not None:
            before = {"site": bench.site, "build": bench.build, "layout": bench.layout}
            bench.site, bench.build, bench.layout = *new, layout
            after = {"site": bench.site, "build": bench.build, "layout": bench.layout}
            yield [bench.id, before, after]


def _rename_keys(session: Session, proposal: RenameProposal) -> Iterator[list[Any]]:
    """Rename the sites and builds of keys; yields the facts of each for an undo."""
    for key in proposal.keys:
        if not key.is_known:
            continue
        before = {"site": key.site, "build": key.build}
        after = {"site": key.new_site, "build": key.new_build}
        _put_back(session, Credential, key.id, after, before)
        yield [key.id, before, after]


def _put_back(
    session: Session,
    table: type[Bench | Credential],
    row_id: int,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> int:
    """Give a row the values `before`, where it has those of `after`; returns the number of rows."""
    still = [getattr(table, name).is_not_distinct_from(value) for name, value in after.items()]
    return changed(session, update(table).where(table.id == row_id, *still).values(**before))


def _of(mac: Mac) -> Place:
    return mac.site, mac.build


def _place(kept_values: Mapping[str, Any]) -> Place:
    return kept_values["site"], kept_values["build"]
