"""Generated names: names of computers that a pattern of the policy makes, and their counters.

A name is made at the first request for it, and kept. No two registered Macs have the same one.
"""

from collections.abc import Callable
from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import upsert
from provisioning.munki import Destination
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.policy import Pattern, Policy
from provisioning.policy.name_patterns import numbered, series
from provisioning.registrations.models import Counter, Registration
from provisioning.registrations.names import name_clashes, naming
from provisioning.values.computer_names import host_name
from provisioning.values.serials import Serial


def is_to_be_named(policy: Policy, registration: Registration) -> bool:
    """Return True if `name_for` would make a new name and store it."""
    if registration.called is not None:
        return False
    return policy.pattern_for(registration.site, registration.build) is not None


def name_for(
    session: Session,
    policy: Policy,
    registration: Registration,
    finder: ManifestFinder,
    at: datetime,
) -> str | None:
    """Return the name of a registered Mac, and keep a new one; None where it has no name.

    Needs a transaction that writes, where `is_to_be_named`. Safe to repeat: the same registration
    keeps its name, and no other Mac gets its number. No pattern makes a name that clashes with
    a manifest that `finder` finds. Raises ComputerNameClashes where no number changes the host
    name.
    """
    if is_to_be_named(policy, registration):
        # Another server may be naming it.
        session.refresh(registration, with_for_update={"key_share": True})
        pattern = policy.pattern_for(registration.site, registration.build)
        if registration.called is None and pattern is not None:
            _name(session, pattern, registration, finder, at)
    return registration.called


def next_name(
    session: Session,
    policy: Policy,
    serial: Serial,
    destination: Destination,
    registration: Registration | None,
    finder: ManifestFinder,
) -> str | None:
    """Return the name that `name_for` would return now; reads only, and takes no number.

    `registration` is the open one of the Mac, None where it has none yet.
    """
    if registration is not None and registration.called:
        return registration.called
    pattern = policy.pattern_for(destination.site, destination.build)
    if pattern is None:
        return None

    def numbers(series: str, first: int) -> Callable[[], int]:
        return count(upcoming_number(session, series, first=first)).__next__

    return _first_free_name(session, pattern, destination, serial, finder, numbers)


def _name(
    session: Session, pattern: Pattern, mac: Registration, finder: ManifestFinder, at: datetime
) -> None:
    naming.lock_names(session)
    before, destination = naming.snapshot(mac), mac.destination

    def numbers(series: str, first: int) -> Callable[[], int]:
        return lambda: take_number(session, series, first=first)

    serial = Serial(mac.name)
    mac.computer_name = _first_free_name(session, pattern, destination, serial, finder, numbers)
    mac.named_for = destination.key
    naming.record(session, mac, before, at=at)


def _first_free_name(
    session: Session,
    pattern: Pattern,
    destination: Destination,
    serial: Serial,
    finder: ManifestFinder,
    numbers: Callable[[str, int], Callable[[], int]],
) -> str:
    """The first free name of a pattern.

    `numbers` returns a source of numbers, for a series and its first number. Raises
    ComputerNameClashes where no number changes the host name.
    """

    def is_free(name: str) -> bool:
        clash = name_clashes.clash_of(session, finder, serial, name)
        holder = naming.holder(session, name, serial.key) is not None
        return not holder and not (clash and clash.is_sure)

    place, first = (destination.site, destination.build, serial.key), 1
    if not pattern.counts:
        name = pattern.stem(*place)
        if is_free(name):
            return name
        pattern, first = pattern.counting(), 2
    stem = pattern.stem(*place)
    following = numbers(series(stem), first)
    name = numbered(stem, following())
    while not is_free(name):
        former, name = name, numbered(stem, following())
        if host_name(name) == host_name(former):
            reason = "the network takes 63 signs of a name, and the number comes after them"
            raise name_clashes.ComputerNameClashes(serial.text, name, reason)
    return name


def take_number(session: Session, series: str, *, first: int = 1) -> int:
    """Return the next number of a series, which is given only once; the first one is `first`."""
    number = upsert(session, Counter).values(pattern=series, last=first)
    following = number.on_conflict_do_update(
        index_elements=["pattern"], set_={"last": Counter.last + 1}
    )
    return int(session.execute(following.returning(Counter.last)).scalar_one())


def upcoming_number(session: Session, series: str, *, first: int = 1) -> int:
    """Return the number that `take_number` would return; takes none."""
    last = session.scalar(select(Counter.last).where(Counter.pattern == series))
    return first if last is None else last + 1
