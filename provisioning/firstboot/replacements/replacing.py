"""The replacing of a Mac or of its board: its registration gets another serial.

Its name and its history stay with it. A job then copies its manifest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from infrastructure.errors import Conflict
from infrastructure.jobs import queue, schedule
from provisioning.firstboot.replacements.models import BOARD, MAC, Replacement
from provisioning.registrations import changes, history, queries
from provisioning.registrations.changes import Change, Edit
from provisioning.registrations.history import History
from provisioning.registrations.models import IS_OPEN, Mac, Operation, Registration
from provisioning.registrations.operations import NotUndoable
from provisioning.values.language import marked
from provisioning.values.serials import Serial

REPLACED = "replaced"  # the kind of operation
MANIFESTS = "replacement"  # the job
MAX_SILENCE = timedelta(days=7)  # after a swap of the board: then the doctor tells it
INTERVAL = timedelta(minutes=1)  # the two manifests of a swapped board are compared so often

_OPEN = Replacement.ended_at.is_(None)
_STANDS = Replacement.undone_at.is_(None)
_UNDO_PENDING = marked("The undo of the replacement of {old} is not done yet; try again.")
_UNHEARD = (Replacement.kind == BOARD) & Replacement.heard_at.is_(None) & _OPEN & _STANDS


class NotReplaceable(Conflict):
    """Two serials of which one cannot replace the other; the message has the reason."""


class SerialTaken(NotReplaceable):
    """A serial that another registration has, or had; the message names its place, or its Mac.

    `site` is the one of that registration.
    """

    def __init__(self, sentence: str, site: str, **facts: object) -> None:
        super().__init__(sentence, **facts)
        self.site = site


class HasEntries(NotReplaceable):
    """A serial whose manifest has entries of its own, with their names."""

    def __init__(self, new: Serial, entries: Sequence[str]) -> None:
        super().__init__(
            "The manifest {new} has entries of its own: {names}. Move them into the other Mac's "
            "manifest, or remove that manifest, and ask again.",
            new=new,
            names=", ".join(entries),
        )
        self.new = new


@dataclass(frozen=True, slots=True)
class ReplacementRequest:
    """A request to give the serial `new`, spelled as in its manifest's name, the place of `old`.

    `kind` and `keep` are as in a `Replacement`; `revision` is that of the registration that the
    person saw.
    """

    old: Serial
    new: Serial
    kind: str
    keep: bool
    revision: int


def check(session: Session, old: Serial, new: Serial) -> Registration:
    """Return the open registration that is to get the serial `new`.

    Raises NotReplaceable, and NotRegistered with similar serials.
    """
    if old.key == new.key:
        raise NotReplaceable(
            "{new} is the same Mac; type the serial of the other one behind it.", new=new
        )
    registration = queries.find_open(session, old)
    if registration is None:
        _check_not_replaced(session, old)
        return queries.get_open(session, old)
    other = queries.find_open(session, new)
    if other is not None:
        place = other.destination
        raise SerialTaken(
            "{new} is registered for {place}; cancel that first.", other.site, new=new, place=place
        )
    _check_not_replaced(session, new)
    # It was registered again since, and its former place is still being taken.
    if session.scalar(select(exists().where(_OPEN, _STANDS, Replacement.old == old.key))):
        _check_not_replaced(session, old)
    of_either = (Replacement.registration_id == registration.id) | (Replacement.old == old.key)
    if session.scalar(select(exists().where(_OPEN, ~_STANDS, of_either))):
        raise NotReplaceable(_UNDO_PENDING, old=old)
    return registration


def check_entries(new: Serial, entries: Sequence[str]) -> None:
    """Raise HasEntries where the manifest of `new` has these entries of its own."""
    if entries:
        raise HasEntries(new, entries)


def replace(
    session: Session, request: ReplacementRequest, found: str | None, operation: Operation
) -> Replacement:
    """Give a registration its new serial, and enqueue the job for its manifest.

    `found` is as in a `Replacement`. A whole Mac that was replaced waits for its first boot. Raises
    what `check` raises, and
    NotReplaceable where the registration is not the revision that the person saw.
    """
    old, new = request.old, request.new
    queries.find_open(session, old, lock=True)
    registration = check(session, old, new)
    if registration.revision != request.revision:
        raise NotReplaceable("The registration of {old} changed meanwhile; ask again.", old=old)
    mac = Mac.of(registration)
    try:
        with session.begin_nested():
            changes.apply(session, [mac], _getting(new, request.kind), operation)
    except IntegrityError as error:  # the other one was registered at this moment
        raise NotReplaceable(
            "{new} was registered at this moment; cancel that first.", new=new
        ) from error
    replacement = Replacement(
        act_id=operation.id,
        registration_id=mac.id,
        by=operation.by,
        kind=request.kind,
        keep=request.keep,
        old=old.key,
        new=new.key,
        old_name=mac.name,
        new_name=new.text,
        found=found,
        at=operation.at,
    )
    session.add(replacement)
    session.flush()
    _enqueue(session, [replacement.id], operation.at)
    return replacement


def take_back(session: Session, operation: Operation, restored: Sequence[Mac]) -> None:
    """Have the manifests follow the undo of the replacement of an `operation`.

    `restored` are the Macs that were taken back, without those that changed meanwhile. Raises
    NotUndoable where a former one was registered and replaced again since: both would take its
    manifest.
    """
    ids = [mac.id for mac in restored]
    undone = _STANDS & (Replacement.act_id == operation.id) & Replacement.registration_id.in_(ids)
    replacements = session.scalars(select(Replacement).where(undone)).all()
    for replacement in replacements:
        _check_not_replaced_since(session, replacement)
        replacement.undone_at, replacement.ended_at = operation.undone_at, None
    session.flush()
    if replacements and operation.undone_at is not None:
        _enqueue(session, [replacement.id for replacement in replacements], operation.undone_at)


def answered_as(session: Session, serial: Serial) -> Serial | None:
    """Return the new serial of a Mac whose swapped board had that `serial`, else None.

    Its disk may still ask for the former one, until the Mac was heard under the new one.
    """
    query = (
        select(Registration)
        .join(Replacement, Replacement.registration_id == Registration.id)
        .where(_UNHEARD, Replacement.old == serial.key, IS_OPEN)
    )
    registration = session.scalars(query).first()
    return None if registration is None else Serial(registration.name)


def successor(session: Session, serial: Serial) -> Replacement | None:
    """Return the newest replacement of a Mac by another; None where it was not replaced."""
    query = select(Replacement).where(_STANDS, Replacement.old == serial.key)
    return session.scalars(query.order_by(Replacement.id.desc()).limit(1)).first()


def history_of(session: Session, serial: Serial, *, before: int | None = None) -> History:
    """Return the history of a Mac; of the one that took its place, where it has none of its own.

    `before` is as for `history.of_mac`. Raises NotRegistered.
    """
    registered = select(exists().where(queries.of_serial(serial.key)))
    replacement = None if session.scalar(registered) else successor(session, serial)
    mac = serial if replacement is None else Serial(replacement.new)
    return history.of_mac(session, mac, before=before)


def unheard(
    session: Session, *, before: datetime | None = None, registration_id: int | None = None
) -> Sequence[Replacement]:
    """Return the swaps of boards whose Macs were not heard under their new serials, oldest first.

    Only those before a moment, or of one registration, where it is given.
    """
    query = select(Replacement).join(Registration, Registration.id == Replacement.registration_id)
    query = query.where(_UNHEARD, IS_OPEN)
    if before is not None:
        query = query.where(Replacement.at < before)
    if registration_id is not None:
        query = query.where(Registration.id == registration_id)
    return session.scalars(query.order_by(Replacement.id)).all()


def note_call(
    session: Session, registration_id: int, *, heard: bool, at: datetime, in_use: str = ""
) -> None:
    """Have the manifests follow the call of a Mac that was replaced.

    `heard`: it called under its new serial, so the former manifest may be removed. Not where Munki
    there still asks for that one, by its ClientIdentifier: `in_use` is its name.
    """
    condition = _UNHEARD & (Replacement.registration_id == registration_id)
    ids = session.scalars(select(Replacement.id).where(condition)).all()
    if ids and heard:
        left = condition & (Replacement.old_name != in_use)
        session.execute(update(Replacement).where(left).values(heard_at=at))
    _enqueue(session, ids, at)


def enqueue_comparing(session: Session, now: datetime) -> None:
    """Enqueue jobs that keep the manifests of swapped boards equal: a periodic task."""
    ids = session.scalars(select(Replacement.id).where(_UNHEARD).order_by(Replacement.id)).all()
    if not ids or queue.is_any(session, MANIFESTS):
        return
    last = schedule.lock_last_run(session, MANIFESTS, now)
    if last < now < last + INTERVAL:
        return
    schedule.note(session, MANIFESTS, now)
    _enqueue(session, ids, now)


def _enqueue(session: Session, ids: Sequence[int], at: datetime) -> None:
    for replacement_id in ids:
        queue.enqueue(session, MANIFESTS, {"replacement": replacement_id}, at=at)


def _check_not_replaced(session: Session, serial: Serial) -> None:
    """Raise SerialTaken where that Mac was replaced by another."""
    replacement = successor(session, serial)
    if replacement is not None:
        raise SerialTaken(
            "{serial} was replaced by {new_name} on {at:%Y-%m-%d}; type the serial of a Mac that "
            "is not replaced.",
            session.get_one(Registration, replacement.registration_id).site,
            serial=serial,
            new_name=replacement.new_name,
            at=replacement.at,
        )


def _check_not_replaced_since(session: Session, replacement: Replacement) -> None:
    """Raise NotUndoable where a later replacement of the same Mac stands, or is not ended."""
    is_later = (Replacement.old == replacement.old) & (Replacement.id > replacement.id)
    query = select(Replacement).where(is_later, _OPEN | _STANDS).order_by(Replacement.id.desc())
    later = session.scalars(query).first()
    if later is None:
        return
    old = Serial(later.old_name)
    if later.undone_at is not None:
        raise NotUndoable(_UNDO_PENDING, old=old)
    raise NotUndoable(
        "{old} was replaced again since, by {new_name}; undo that first.",
        old=old,
        new_name=later.new_name,
    )


def _getting(new: Serial, kind: str) -> Change:
    """The change that gives a registration the serial `new`; a whole Mac waits for its boot."""

    def change(mac: Mac, operation: Operation) -> Edit:
        waiting = changes.reimage(mac, operation) if kind == MAC else Edit(mac, {})
        values = {**waiting.new, "serial": new.key, "reported_as": new.text}
        return Edit(mac, values, (*waiting.also, "serial", "reported_as"))

    return change
