"""What people do in one go, and how it is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session, aliased

from provisioning import notifications, strangers
from provisioning.errors import RollcallError
from provisioning.models import CANCELLED, Act, Bench, Card, Event, Registration

BENCHED = "benched"  # the one act whose Macs come later, and stay where it is taken back
UNDOABLE = timedelta(minutes=10)

_EVENT_OF_IT = Event.registration_id == Registration.id


class NotUndoable(RollcallError):
    """Something that cannot be taken back; its text says why."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What came of taking an act back: the Macs as they were before it, and those left alone.

    A Mac is left alone where something happened to it since.
    """

    act: Act
    restored: Sequence[Registration]
    left: Sequence[Registration]


def begin(session: Session, what: str, *, by: str, via: str, at: datetime) -> Act:
    """Record that a person does something; `via` says from where, such as a command."""
    act = Act(what=what, by=by, via=via, at=at)
    session.add(act)
    session.flush()
    return act


def record(session: Session, registration: Registration, act: Act, before: dict[str, Any]) -> None:
    """Write down what an act changed in a registration, and owe its card the new look.

    `before` is `snapshot` of it, taken before the change, `named` where that is of its serial.
    """
    record_all(session, [(registration, before)], act)


def record_all(
    session: Session,
    changed: Sequence[tuple[Registration, dict[str, Any]]],
    act: Act,
    what: str | None = None,
) -> None:
    """The same for any number of registrations; `what` happened to each, if not the act's own."""
    session.add_all([_event(registration, act, before, what) for registration, before in changed])
    session.flush()
    shown_on = {registration.card_id for registration, _ in changed} - {None}
    for card in session.scalars(select(Card).where(Card.id.in_(shown_on)).order_by(Card.id)):
        notifications.owe_card(session, card, at=act.at)


def _event(registration: Registration, act: Act, before: dict[str, Any], what: str | None) -> Event:
    registration.revision += 1
    registration.changed_at = act.at
    return Event(
        registration_id=registration.id,
        act_id=act.id,
        what=what or act.what,
        by=act.by,
        at=act.at,
        before=before,
        after=_after(registration, named="serial" in before),
    )


def snapshot(registration: Registration, *, named: bool = False) -> dict[str, Any]:
    """What of a registration people can change, as an event keeps it; its serial where `named`."""
    confirmed_at = registration.confirmed_at
    return {
        **({"serial": registration.serial} if named else {}),
        "site": registration.site,
        "build": registration.build,
        "state": registration.state,
        "confirmed_at": confirmed_at.isoformat() if confirmed_at else None,
    }


def hold(session: Session, these: ColumnElement[bool]) -> None:
    """Hold registrations until the commit, in the order in which all do that take several.

    Before they are read: a Mac may be confirmed at this moment.
    """
    macs = select(Registration.id).where(these).order_by(Registration.serial, Registration.id)
    session.execute(macs.with_for_update()).all()


def undo(session: Session, act_id: int, *, by: str, via: str, at: datetime) -> Undone:
    """Take back what an act did, for every Mac to which nothing happened since.

    Taking a bench back ends it; the Macs that it took are left alone.
    Raises NotUndoable where it was undone, is older than UNDOABLE, or cannot be undone.
    """
    act = _undoable(session, act_id, at)
    act.undone_at, act.undone_by = at, by
    undoing = begin(session, "undone", by=by, via=via, at=at)
    if act.what == BENCHED:
        return Undone(act, [], _end_bench(session, act, undoing))
    hold(session, exists().where(_EVENT_OF_IT, Event.act_id == act.id))
    restored, left = [], []
    changed: list[tuple[Registration, dict[str, Any]]] = []
    for event, registration, overtaken in session.execute(_touched(act)).all():
        if overtaken or not _is_free(session, registration, event):
            left.append(registration)
            continue
        before = snapshot(registration, named="serial" in (event.before or {}))
        _restore(registration, event, at)
        changed.append((registration, before))
        restored.append(registration)
    record_all(session, changed, undoing)
    strangers.settle_known(session, at)
    return Undone(act, restored, left)


def _undoable(session: Session, act_id: int, at: datetime) -> Act:
    try:
        # Not a lock on its key: a Mac that a bench takes just now refers to it.
        act = session.get_one(Act, act_id, with_for_update={"key_share": True})
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


def _touched(act: Act) -> Any:
    """The events of an act, their registrations, and whether something happened to those since."""
    later = aliased(Event)
    since = exists().where(later.registration_id == Registration.id, later.id > Event.id)
    return select(Event, Registration, since).join(Registration).where(Event.act_id == act.id)


def _is_free(session: Session, registration: Registration, event: Event) -> bool:
    """Whether a registration may be open as it was: nobody registered the same Mac meanwhile."""
    serial = (event.before or {}).get("serial", registration.serial)
    if registration.closed_at is None and serial == registration.serial:
        return True
    same = (Registration.serial == serial) & Registration.closed_at.is_(None)
    return not session.scalar(select(exists().where(same)))


def _restore(registration: Registration, event: Event, at: datetime) -> None:
    if event.before is None:  # it was not registered before
        registration.state, registration.closed_at = CANCELLED, at
        return
    before = event.before
    registration.serial = before.get("serial", registration.serial)
    registration.site, registration.build = before["site"], before["build"]
    registration.state, registration.closed_at = before["state"], None
    confirmed_at = before["confirmed_at"]
    registration.confirmed_at = datetime.fromisoformat(confirmed_at) if confirmed_at else None
    for name in {"computer_name", "named_for"} & before.keys():
        setattr(registration, name, before[name])


def _after(registration: Registration, *, named: bool) -> dict[str, Any] | None:
    return snapshot(registration, named=named) if registration.closed_at is None else None


def _end_bench(session: Session, act: Act, undoing: Act) -> list[Registration]:
    """End the bench that an act opened, and return the Macs that it took."""
    card_id = session.scalar(
        update(Bench)
        .where(Bench.act_id == act.id, Bench.ended_at.is_(None))
        .values(ended_at=undoing.at, ended_by=undoing.by)
        .returning(Bench.card_id)
    )
    if card_id is None:
        raise NotUndoable("That bench has ended already; the Macs that it took stay registered.")
    notifications.owe_card(session, session.get_one(Card, card_id), at=undoing.at)
    return [registration for _, registration, _ in session.execute(_touched(act))]
