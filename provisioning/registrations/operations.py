"""Operations: units of work that a person did in one go and can undo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, aliased

from infrastructure.database.bulk import is_among
from infrastructure.errors import RollcallError
from provisioning.registrations import changes
from provisioning.registrations.changes import Before
from provisioning.registrations.models import MAC_COLUMNS, Event, Mac, Operation, Registration

UNDOABLE = timedelta(minutes=10)


class NotUndoable(RollcallError):
    """Something that cannot be taken back; its text says why."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of taking an act back: the Macs as they were before it, and those left alone.

    A Mac is left alone where something happened to it since.
    """

    act: Operation
    restored: Sequence[Mac]
    left: Sequence[Mac]


def begin(session: Session, what: str, *, by: str, via: str, at: datetime) -> Operation:
    """Record that a person does something; `via` says from where, such as a command."""
    act = Operation(what=what, by=by, via=via, at=at)
    session.add(act)
    session.flush()
    return act


def begin_undo(session: Session, act_id: int, undoing: Operation) -> Operation:
    """Mark an act as undone by the act `undoing`, and return it.

    The caller then takes back what it did. Raises NotUndoable where it was undone, is older than
    UNDOABLE, or cannot be undone.
    """
    act = _undoable(session, act_id, undoing.at)
    act.undone_at, act.undone_by = undoing.at, undoing.by
    return act


def undo(session: Session, act: Operation, undoing: Operation) -> Undone:
    """Take back what an act did, for every Mac to which nothing happened since.

    `act` is marked as undone already, by the act `undoing`.
    """
    # Not by EXISTS: SQLite would look through the act once for every registration there is.
    touched = select(Event.registration_id).where(Event.act_id == act.id)
    changes.lock_rows(session, Registration.id.in_(touched))
    rows = _touched(session, act)
    restored, left = _sorted(session, rows)
    before = {mac.id: was for mac, was, _ in rows}
    changes.apply(session, restored, changes.restore(before), undoing)
    return Undone(act, restored, left)


def macs_of(session: Session, act: Operation) -> list[Mac]:
    """Return the Macs that an act touched, as they are now."""
    return [mac for mac, _, _ in _touched(session, act)]


def _undoable(session: Session, act_id: int, at: datetime) -> Operation:
    try:
        # Not a lock on its key: a Mac that a bench takes just now refers to it.
        act = session.get_one(Operation, act_id, with_for_update={"key_share": True})
    except NoResultFound as error:
        raise NotUndoable("There is nothing like that to undo.") from error
    if act.undone_at is not None:
        raise NotUndoable("That was undone already.")
    if act.what == "undone":
        raise NotUndoable("An undo cannot be undone; do it again instead.")
    if at - act.at > UNDOABLE:
        minutes = int(UNDOABLE.total_seconds() // 60)
        raise NotUndoable(
            f"That was more than {minutes} minutes ago and cannot be undone: move or cancel "
            "the Macs instead."
        )
    return act


_Touched = tuple[Mac, Before, bool]  # and whether something happened to it since


def _touched(session: Session, act: Operation) -> list[_Touched]:
    """The Macs of an act as they are, and as they were before it."""
    later = aliased(Event)
    since = exists().where(later.registration_id == Registration.id, later.id > Event.id)
    rows = (
        select(Event.before, since, *MAC_COLUMNS)
        .join(Registration)
        .where(Event.act_id == act.id)
        .order_by(Event.id)
    )
    return [(Mac(*mac), before, gone_on) for before, gone_on, *mac in session.execute(rows)]


def _sorted(session: Session, touched: Sequence[_Touched]) -> tuple[list[Mac], list[Mac]]:
    """Return the Macs that can be as they were, and those that are left alone."""
    reopened = [_reopened(mac, before) for mac, before, gone_on in touched if not gone_on]
    taken = _open_among(session, [serial for serial in reopened if serial is not None])
    restored, left = list[Mac](), list[Mac]()
    for mac, before, gone_on in touched:
        is_left = gone_on or _reopened(mac, before) in taken
        (left if is_left else restored).append(mac)
    return restored, left


def _reopened(mac: Mac, before: Before) -> str | None:
    """The serial under which a Mac would be open that is not now; None for those that would not."""
    if before is None:
        return None
    serial: str = before.get("serial", mac.serial)
    return None if mac.closed_at is None and serial == mac.serial else serial


def _open_among(session: Session, serials: Sequence[str]) -> set[str]:
    """Those of the serials that somebody registered meanwhile."""
    if not serials:
        return set()
    same = is_among(session, serials, Registration.serial) & Registration.closed_at.is_(None)
    return set(session.scalars(select(Registration.serial).where(same)))
