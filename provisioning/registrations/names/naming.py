"""Names of registered Macs: no two have the same, and each change of a name is an event."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import texts_as_table
from infrastructure.database.statements.dialects import take_turns
from infrastructure.errors import Conflict
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.registrations import history
from provisioning.registrations.models import IS_OPEN, Event, Operation, Registration
from provisioning.registrations.names import name_clashes
from provisioning.values.computer_names import LONGEST, InvalidComputerName, parse
from provisioning.values.serials import Serial

NAMED = "named"  # the event
SLICE = 250  # Macs that are held at a time


class ComputerNameTaken(Conflict):
    """A name that another registered Mac has, at a `site`."""

    def __init__(self, name: str, serial: str, site: str) -> None:
        super().__init__("{serial} is already called {name}.", serial=serial, name=name)
        self.name, self.site = name, site


@dataclass(frozen=True, slots=True)
class NameDoubt:
    """A reason why a Mac cannot have a name, as the end of a sentence that begins with its serial.

    `other` is the serial of another Mac that it names, `manifest` a manifest.
    """

    why: str
    other: str | None = None
    manifest: str | None = None


def assign(
    session: Session, mac: Registration, name: str, finder: ManifestFinder, *, operation: Operation
) -> None:
    """Give a registered Mac, which is locked, a parsed name that a person typed.

    `finder` finds manifests by host names. Raises ComputerNameTaken and ComputerNameClashes, having
    changed nothing.
    """
    clash = name_clashes.clash_of(session, finder, Serial(mac.name), name)
    if clash is not None and clash.is_sure:
        raise name_clashes.ComputerNameClashes(mac.name, name, clash.why, clash.manifest)
    lock_names(session)
    other = holder(session, name, mac.serial)
    if other is not None:
        raise ComputerNameTaken(name, *other)
    _call(session, mac, name, operation, history.event_of(session, mac.id, operation))


def assign_all(session: Session, names: Mapping[str, str], *, operation: Operation) -> None:
    """Give many Macs their parsed names, by the keys of their serials.

    Macs that `operation` did not change are left out, and names that other Macs have.
    """
    if not names:
        return
    lock_names(session)
    serials_by_name, serials = holders(session, names), sorted(names)
    for start in range(0, len(serials), SLICE):
        for mac, event in _changed_by(session, operation, serials[start : start + SLICE]):
            name = names[mac.serial]
            if serials_by_name.setdefault(name, mac.serial) == mac.serial:
                _call(session, mac, name, operation, event)
        session.flush()


def _changed_by(
    session: Session, operation: Operation, serials: Sequence[str]
) -> list[tuple[Registration, Event]]:
    """Return the open registrations of these that an operation changed, each with its event."""
    texts = texts_as_table(session, serials)
    query = (
        select(Registration, Event)
        .join(texts, Registration.serial == texts.c.value)
        .join(Event, (Event.registration_id == Registration.id) & (Event.act_id == operation.id))
        .where(IS_OPEN)
        .order_by(Registration.serial)
    )
    return [(mac, event) for mac, event in session.execute(query)]


def holder(session: Session, name: str, serial: str) -> tuple[str, str] | None:
    """Return the serial and the site of another registered Mac that has a name, or None."""
    condition = (Registration.computer_name == name) & (Registration.serial != serial)
    query = select(Registration.serial, Registration.site).where(IS_OPEN, condition)
    found = session.execute(query).first()
    return None if found is None else (found.serial, found.site)


def holders(session: Session, names: Mapping[str, str]) -> dict[str, str]:
    """Return those of the names (by serial) that another registered Mac has, with its serial."""
    texts = texts_as_table(session, sorted(set(names.values())))
    query = (
        select(Registration.computer_name, Registration.serial)
        .join(texts, Registration.computer_name == texts.c.value)
        .where(IS_OPEN)
    )
    rows = session.execute(query).all()
    return {name: serial for name, serial in rows if name and names.get(serial) != name}


def doubts(
    session: Session, wishes: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, NameDoubt]:
    """Return the reasons why Macs cannot have the names that a person wrote, by serial.

    `wishes` are texts by the keys of serials, `names` those of them that `usable_names` returns.
    Macs that can have their names are left out.
    """
    first_with = dict[str, str]()
    serials_by_name = holders(session, names) if names else {}
    reasons = {}
    for key, wish in wishes.items():
        name = names.get(key)
        other = name and (serials_by_name.get(name) or first_with.setdefault(name, key))
        if name is None:
            why = f"gets no name, because {wish[:LONGEST]!r} cannot be a computer's"
            reasons[key] = NameDoubt(why)
        elif other != key:
            why = f"gets no name, because {other} has the same: {name!r}"
            reasons[key] = NameDoubt(why, other)
    return reasons


def usable_names(wishes: Mapping[str, str]) -> dict[str, str]:
    """Return those of the wished names (by serial) that a computer can have, parsed."""
    names = {}
    for serial, wish in wishes.items():
        with suppress(InvalidComputerName):
            names[serial] = parse(wish)
    return names


def record(
    session: Session,
    mac: Registration,
    before: dict[str, Any],
    *,
    at: datetime,
    operation: Operation | None = None,
) -> None:
    """Record a new name; without an `operation` it is a generated one that the Mac requested."""
    mac.revision += 1
    mac.changed_at = at
    after = snapshot(mac)
    history.record(session, mac.id, NAMED, at=at, before=before, after=after, operation=operation)


def snapshot(mac: Registration) -> dict[str, Any]:
    """Return the columns of a Mac that the event of a new name keeps."""
    return history.snapshot(mac, "computer_name", "named_for")


def lock_names(session: Session) -> None:
    """Lock the giving of names until the commit: two transactions could see the same free name.

    Registrations are locked before this, never after it, or two transactions deadlock.
    """
    take_turns(session, "computer names")


def _call(
    session: Session, mac: Registration, name: str, operation: Operation, event: Event | None
) -> None:
    before = snapshot(mac)
    mac.computer_name, mac.named_for = name, None
    if snapshot(mac) == before:
        return
    if event is None:
        record(session, mac, before, at=operation.at, operation=operation)
        return
    history.merge(event, before, {"computer_name": name})
