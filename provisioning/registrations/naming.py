"""Names that are given to Macs: one registered Mac a name, and an event for each change."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from infrastructure.database.engine import rows_of
from infrastructure.errors import RollcallError
from provisioning.munki.namesakes import Look
from provisioning.registrations import history, name_clashes
from provisioning.registrations.models import Event, Operation, Registration
from provisioning.values.computer_names import LONGEST, InvalidComputerName, parse
from provisioning.values.serials import Serial

NAMED = "named"  # the event
_OPEN = Registration.closed_at.is_(None)


class ComputerNameTaken(RollcallError):
    """A name that another registered Mac has."""

    def __init__(self, name: str, serial: str) -> None:
        super().__init__(f"{serial} is called {name} already.")
        self.name = name
        self.serial = serial


def call(session: Session, mac: Registration, name: str, look: Look, *, act: Operation) -> None:
    """Give a registered Mac, which is held, the name that somebody typed: a parsed one.

    `look` finds manifests by host names. Raises ComputerNameTaken and ComputerNameClashes, having
    changed nothing.
    """
    clash = name_clashes.found(session, look, Serial(mac.name), name)
    if clash is not None and clash.is_sure:
        raise name_clashes.ComputerNameClashes(mac.name, name, clash.why)
    take_turns(session)
    other = holder(session, name, mac.serial)
    if other is not None:
        raise ComputerNameTaken(name, other)
    _call(session, mac, name, act, history.event_of(session, mac.id, act))


def call_all(session: Session, names: Mapping[str, str], *, act: Operation) -> None:
    """Give the Macs with these keys, where `act` changed them, their names: parsed ones.

    Names that other Macs have are left out.
    """
    if not names:
        return
    texts = rows_of(session, sorted(names))
    query = (
        select(Registration, Event)
        .join(texts, Registration.serial == texts.c.value)
        .join(Event, (Event.registration_id == Registration.id) & (Event.act_id == act.id))
        .where(_OPEN)
        .order_by(Registration.serial)
    )
    macs = [(mac, event) for mac, event in session.execute(query)]
    take_turns(session)
    taken = holders(session, names)
    for mac, event in macs:
        name = names[mac.serial]
        if taken.setdefault(name, mac.serial) == mac.serial:
            _call(session, mac, name, act, event)


def holder(session: Session, name: str, serial: str) -> str | None:
    """Return the serial of another registered Mac that has a name, or None."""
    same = (Registration.computer_name == name) & (Registration.serial != serial)
    return session.scalars(select(Registration.serial).where(_OPEN, same)).first()


def holders(session: Session, names: Mapping[str, str]) -> dict[str, str]:
    """Return which of the names (by serial) another registered Mac has, with its serial."""
    texts = rows_of(session, sorted(set(names.values())))
    query = (
        select(Registration.computer_name, Registration.serial)
        .join(texts, Registration.computer_name == texts.c.value)
        .where(_OPEN)
    )
    found = session.execute(query).all()
    return {name: serial for name, serial in found if name and names.get(serial) != name}


def doubts(session: Session, written: Mapping[str, str]) -> dict[str, str]:
    """Return why Macs with these keys cannot be called what somebody wrote.

    As the end of a sentence that begins with the serial.
    """
    names, first = usable(written), dict[str, str]()
    taken = holders(session, names) if names else {}
    why = {}
    for key, wish in written.items():
        name = names.get(key)
        other = name and (taken.get(name) or first.setdefault(name, key))
        if name is None:
            why[key] = f"gets no name, because {wish[:LONGEST]!r} can be none"
        elif other != key:
            why[key] = f"gets no name, because {other} has the same: {name!r}"
    return why


def usable(written: Mapping[str, str]) -> dict[str, str]:
    """Return those of the names (by serial) that a computer can have, parsed."""
    names = {}
    for serial, wish in written.items():
        with suppress(InvalidComputerName):
            names[serial] = parse(wish)
    return names


def record(
    session: Session,
    mac: Registration,
    before: dict[str, Any],
    *,
    at: datetime,
    act: Operation | None = None,
) -> None:
    """Record a new name; without an act no person gave it, but the Mac asked for one."""
    mac.revision += 1
    mac.changed_at = at
    after = snapshot(mac)
    history.record(session, mac.id, NAMED, at=at, before=before, after=after, operation=act)


def snapshot(mac: Registration) -> dict[str, Any]:
    """Return what an event keeps of a Mac whose name changes."""
    return history.snapshot(mac, "computer_name", "named_for")


def take_turns(session: Session) -> None:
    """Let nobody else give a name until the commit: two would find that the same one is free.

    Whoever holds registrations holds them before that.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('computer names'))"))


def _call(
    session: Session, mac: Registration, name: str, act: Operation, event: Event | None
) -> None:
    before = snapshot(mac)
    mac.computer_name, mac.named_for = name, None
    if snapshot(mac) == before:
        return
    if event is None:
        record(session, mac, before, at=act.at, act=act)
        return
    history.merge(event, before, {"computer_name": name})
