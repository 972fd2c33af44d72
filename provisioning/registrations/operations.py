"""Operations: the acts of people, each of which can be undone as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError, NoResultFound
from sqlalchemy.orm import Session, aliased

from infrastructure.database.statements.bulk import is_among
from infrastructure.errors import Conflict
from provisioning.registrations import changes
from provisioning.registrations.changes import Before
from provisioning.registrations.models import (
    IS_OPEN,
    MAC_COLUMNS,
    Event,
    Mac,
    Operation,
    Registration,
)

UNDOABLE = timedelta(minutes=10)


class NotUndoable(Conflict):
    """An operation that cannot be undone; the message says why."""


@dataclass(frozen=True, slots=True)
class UndoResult:
    """The result of an undo: the restored Macs, and those left alone.

    A Mac is left alone where it changed after the operation.
    """

    operation: Operation
    restored: Sequence[Mac]
    left: Sequence[Mac]


def begin(session: Session, kind: str, *, by: str, via: str, at: datetime) -> Operation:
    """Record the begin of an operation of a `kind`; `by` is a Slack user id, `via` the source."""
    operation = Operation(what=kind, by=by, via=via, at=at)
    session.add(operation)
    session.flush()
    return operation


def sites_of(session: Session, operation_id: int) -> Sequence[str]:
    """Return the sites at which the Macs of an operation are now."""
    touched = select(Event.registration_id).where(Event.act_id == operation_id)
    sites = select(Registration.site).where(Registration.id.in_(touched)).distinct()
    return session.scalars(sites).all()


def begin_undo(session: Session, operation_id: int, undoing: Operation) -> Operation:
    """Mark an operation as undone by the operation `undoing`, and return it.

    The caller then takes back its changes. Raises NotUndoable where it was undone already, is
    older than UNDOABLE, or cannot be undone.
    """
    operation = _undoable(session, operation_id, undoing.at)
    operation.undone_at, operation.undone_by = undoing.at, undoing.by
    return operation


def undo(session: Session, operation: Operation, undoing: Operation) -> UndoResult:
    """Take back the changes of an operation, for every Mac that did not change since.

    `operation` is marked as undone already, by the operation `undoing`.
    """
    # No EXISTS: SQLite would read the operation's events once for every registration.
    touched = select(Event.registration_id).where(Event.act_id == operation.id)
    changes.lock_rows(session, Registration.id.in_(touched))
    try:
        with session.begin_nested():
            return _restore(session, operation, undoing)
    except IntegrityError:  # another person registered a Mac of it again at this very moment
        return _restore(session, operation, undoing)


def _restore(session: Session, operation: Operation, undoing: Operation) -> UndoResult:
    rows = _touched(session, operation)
    restored, left = _divided(session, rows)
    befores = {mac.id: before for mac, before, _ in rows}
    changes.apply(session, restored, changes.restore(befores), undoing)
    return UndoResult(operation, restored, left)


def macs_of(session: Session, operation: Operation) -> list[Mac]:
    """Return the Macs that an operation touched, as they are now."""
    return [mac for mac, _, _ in _touched(session, operation)]


def _undoable(session: Session, operation_id: int, at: datetime) -> Operation:
    try:
        # Not a lock on its key: a Mac that a bench takes just now refers to it.
        operation = session.get_one(Operation, operation_id, with_for_update={"key_share": True})
    except NoResultFound as error:
        raise NotUndoable("There is no such change to undo.") from error
    if operation.undone_at is not None:
        raise NotUndoable("That was undone already.")
    if operation.what == "undone":
        raise NotUndoable("An undo cannot be undone; do it again instead.")
    if at - operation.at > UNDOABLE:
        minutes = int(UNDOABLE.total_seconds() // 60)
        raise NotUndoable(
            "That was more than {minutes} minutes ago and cannot be undone: move or cancel the "
            "Macs instead.",
            minutes=minutes,
        )
    return operation


_Touched = tuple[Mac, Before, bool]  # a Mac now, its values before, True: it changed since


def _touched(session: Session, operation: Operation) -> list[_Touched]:
    """Return the Macs of an operation as they are now, and as they were before it."""
    later_event = aliased(Event)
    since = exists().where(
        later_event.registration_id == Registration.id, later_event.id > Event.id
    )
    rows = (
        select(Event.before, since, *MAC_COLUMNS)
        .join(Registration)
        .where(Event.act_id == operation.id)
        .order_by(Event.id)
    )
    return [(Mac(*mac), before, gone_on) for before, gone_on, *mac in session.execute(rows)]


def _divided(session: Session, touched: Sequence[_Touched]) -> tuple[list[Mac], list[Mac]]:
    """Return the Macs that can be restored, and those that are left alone."""
    reopened = [_reopened(mac, before) for mac, before, gone_on in touched if not gone_on]
    registered = _open_among(session, [serial for serial in reopened if serial is not None])
    restored, left = list[Mac](), list[Mac]()
    for mac, before, gone_on in touched:
        is_left = gone_on or _reopened(mac, before) in registered
        (left if is_left else restored).append(mac)
    return restored, left


def _reopened(mac: Mac, before: Before) -> str | None:
    """Return the serial that an undo would register again, None where it is open already."""
    if before is None:
        return None
    serial: str = before.get("serial", mac.serial)
    return None if mac.closed_at is None and serial == mac.serial else serial


def _open_among(session: Session, serials: Sequence[str]) -> set[str]:
    """Return those of the serials that have been registered meanwhile."""
    if not serials:
        return set()
    condition = is_among(session, serials, Registration.serial) & IS_OPEN
    return set(session.scalars(select(Registration.serial).where(condition)))
