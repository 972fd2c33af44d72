"""Changes of registrations by one operation: a few statements for any number of Macs."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, func, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import rows_as_table
from infrastructure.errors import Conflict
from infrastructure.text import counted
from provisioning.munki import Destination
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.outbox.models import Card
from provisioning.registrations import history
from provisioning.registrations.models import (
    CANCELLED,
    MAC_COLUMNS,
    WAITING,
    Mac,
    Operation,
    Registration,
)
from provisioning.values.serials import Serial

MAX_AT_ONCE = 10_000  # Macs, in one transaction while a person waits
_MACS = Registration.__table__
_WAITS = {"state": WAITING, **dict.fromkeys(("confirmed_at", "heard_at", "step", "mentioned_at"))}
# Columns that few operations change, and that an event keeps only where one did.
_SELDOM = (
    "registered_by", "card_id", "channel", "computer_name", "named_for", "layout",
    "reported_as",  # of another Mac, once that takes the place of this one
)  # fmt: skip


class TooManyMacs(Conflict):
    """More Macs than can be changed while a person waits."""

    def __init__(self, number: int) -> None:
        super().__init__("{number} Macs are too many at once; name some of them.", number=number)


class NothingToDo(Conflict):
    """A card without a Mac in the state that an operation needs."""

    def __init__(self) -> None:
        super().__init__("This applies to no Mac on this card as it is now.")


class AlreadyThere(Conflict):
    """Macs that are registered for the new destination already."""

    def __init__(self, number: int, destination: Destination) -> None:
        super().__init__(
            counted(
                "That Mac is registered for {place} already; choose another {kinds}.",
                "Those {number} Macs are registered for {place} already; choose another {kinds}.",
                number,
                place=str(destination),
                kinds=destination.layout.kinds.in_words(joint="or"),
            )
        )


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one Mac: the columns that get a `new` value.

    Its event keeps, before and after, the columns `history.KEPT_COLUMNS` and `also`.
    """

    mac: Mac
    new: dict[str, Any]
    also: Collection[str] = ()

    def value(self, column: str) -> object:
        """Return the value of a column once it is changed."""
        return self.new[column] if column in self.new else getattr(self.mac, column)


Change = Callable[[Mac, Operation], Edit | None]  # None: that Mac stays as it is
Before = dict[str, Any] | None  # what an event keeps of a Mac; None: it was not registered


def lock(session: Session, condition: ColumnElement[bool]) -> list[Mac]:
    """Return registrations, locked until the commit, in the order of their serials.

    Their keys are not locked, here and elsewhere: a row that refers to a Mac, such as an unknown
    Mac's, does not wait for it. Two that settle each other's unknown Macs would wait forever.
    """
    macs = select(*MAC_COLUMNS).where(condition).order_by(Registration.serial, Registration.id)
    return [Mac(*row) for row in session.execute(macs.with_for_update(key_share=True))]


def lock_rows(session: Session, condition: ColumnElement[bool]) -> None:
    """Lock registrations until the commit, in the order of their serials, as `lock` does.

    Call it before they are read: a Mac may be confirmed at this moment.
    """
    macs = select(Registration.id).where(condition).order_by(Registration.serial, Registration.id)
    session.scalar(
        select(func.count()).select_from(macs.with_for_update(key_share=True).subquery())
    )


def apply(
    session: Session,
    macs: Sequence[Mac],
    change: Change,
    operation: Operation,
    event: str | None = None,
) -> list[Mac]:
    """Change locked Macs as `write` does, and enqueue their cards.

    Returns the Macs that were changed, as they were before.
    """
    edits = write(session, macs, change, operation, event)
    if edits:
        _enqueue_cards(session, edits, operation)
    return [edit.mac for edit in edits]


def write(
    session: Session,
    macs: Sequence[Mac],
    change: Change,
    operation: Operation,
    event: str | None = None,
) -> list[Edit]:
    """Change locked Macs and write their events; their cards stay as Slack shows them.

    All edits of `change` set the same columns. `event` is the kind of the events; None means the
    kind of the operation. Rows that the session has loaded do not show the change.
    """
    edits = [edit for mac in macs if (edit := change(mac, operation)) is not None]
    if edits:
        _write(session, edits, operation, event or operation.what)
    return edits


def move(
    session: Session, macs: Sequence[Mac], destination: Destination, operation: Operation
) -> list[Mac]:
    """Send locked Macs to another destination; those registered for it already stay as they are.

    Returns the moved Macs, as they were before. Raises AlreadyThere where none was moved.
    """
    kept.keep(session, destination.layout, operation.at)
    moved = apply(session, macs, _move_to(destination), operation)
    if not moved:
        raise AlreadyThere(len(macs), destination)
    return moved


def move_each(
    session: Session,
    macs: Sequence[Mac],
    destinations: Mapping[str, Destination],
    operation: Operation,
) -> list[Mac]:
    """Send each locked Mac to its own destination, by the keys of serials, as `move` does."""
    for layout in {place.layout.digest: place.layout for place in destinations.values()}.values():
        kept.keep(session, layout, operation.at)

    def change(mac: Mac, operation: Operation) -> Edit:
        return _moved(mac, destinations[mac.serial], operation)

    return apply(session, macs, change, operation, "moved")


def _move_to(destination: Destination) -> Change:
    """Return the change that sends Macs to a destination, where they wait again."""

    def change(mac: Mac, operation: Operation) -> Edit | None:
        is_there = mac.destination == destination
        is_there &= mac.layout == destination.layout.key
        return None if is_there else _moved(mac, destination, operation)

    return change


def reimage(mac: Mac, operation: Operation) -> Edit:
    """A change: the Mac waits for another first boot."""
    return _taken_over(mac, dict(_WAITS), operation)


def cancel(mac: Mac, operation: Operation) -> Edit:
    """A change: the registration of the Mac is closed. Its history stays."""
    return Edit(mac, {"state": CANCELLED, "closed_at": operation.at})


def rename(serial: Serial) -> Change:
    """Return the change that gives a registration another serial."""
    return lambda mac, _: Edit(mac, {"serial": serial.key}, ("serial",))


def restore(befores: Mapping[int, Before]) -> Change:
    """Return the change that takes Macs back to a former state, by their registrations' ids."""

    def change(mac: Mac, operation: Operation) -> Edit:
        before = befores[mac.id]
        names = ("serial", "site", "build", "state", *_SELDOM)
        if before is None:
            new = {name: getattr(mac, name) for name in names} | {"state": CANCELLED}
            return Edit(mac, new | {"confirmed_at": mac.confirmed_at, "closed_at": operation.at})
        new = {name: before.get(name, getattr(mac, name)) for name in names}
        confirmed_at = before["confirmed_at"]
        new["confirmed_at"] = datetime.fromisoformat(confirmed_at) if confirmed_at else None
        return Edit(mac, new | {"closed_at": None}, before.keys() - set(history.KEPT_COLUMNS))

    return change


def _moved(mac: Mac, destination: Destination, operation: Operation) -> Edit:
    layout = destination.layout.key
    place = {"site": destination.site, "build": destination.build, "layout": layout}
    also = ("layout",) if mac.layout != layout else ()
    return _taken_over(mac, {**place, **_WAITS}, operation, also)


def _taken_over(
    mac: Mac, new: dict[str, Any], operation: Operation, also: Collection[str] = ()
) -> Edit:
    """An edit that also names the person, where no person had registered the Mac."""
    also = also if mac.registered_by else (*also, "registered_by")
    return Edit(mac, {**new, "registered_by": mac.registered_by or operation.by}, also)


def _write(session: Session, edits: Sequence[Edit], operation: Operation, event: str) -> None:
    def differs(column: str) -> bool:  # true for columns that a `Mac` does not hold
        return any(edit.new[column] != getattr(edit.mac, column, ...) for edit in edits)

    new = list(filter(differs, edits[0].new))
    types = {
        "id": Integer(),
        **{name: _MACS.c[name].type for name in new},
        "before": JSON(),
        "after": JSON(),
    }
    rows = rows_as_table(session, [_row(edit) for edit in edits], types)
    session.execute(
        update(_MACS)
        .where(_MACS.c.id == rows.c.id)
        .values(
            **{name: rows.c[name] for name in new},
            revision=_MACS.c.revision + 1,
            changed_at=operation.at,
        )
    )
    history.record_many(session, rows, operation, event)


def _enqueue_cards(session: Session, edits: Sequence[Edit], operation: Operation) -> None:
    card_ids = {edit.mac.card_id for edit in edits} | {edit.value("card_id") for edit in edits}
    cards = select(Card).where(Card.id.in_(card_ids - {None})).order_by(Card.id)
    for card in session.scalars(cards):  # in one order for all, or two operations deadlock
        outbox.enqueue_card(session, card, at=operation.at)


def _row(edit: Edit) -> dict[str, Any]:
    is_open = edit.value("closed_at") is None
    after = {name: history.plain(edit.value(name)) for name in (*history.KEPT_COLUMNS, *edit.also)}
    return {
        "id": edit.mac.id,
        **edit.new,
        "before": history.snapshot(edit.mac, *edit.also),
        "after": after if is_open else None,
    }
