"""The placement of Macs without a registration: by the open bench, or by asking people."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot import benches, unknown
from provisioning.firstboot.models import Bench
from provisioning.firstboot.placement.facts import PlacedMac
from provisioning.munki import RepoView
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.values.serials import Serial


def place_unknown(database: Database, serial: Serial, *, channel: str) -> bool:
    """Have the open bench take a Mac that just was UNKNOWN, or the channel asked about it.

    Neither is done about one that a person turned away less than a day ago. Returns True where it
    is registered: by the bench now, or by a person since its call. Macs repeat their calls every
    few seconds, so one with an open card is answered with few reads.
    """
    at = datetime.now(UTC)
    with database.reading() as session:
        if unknown.is_pending(session, serial, at) and not benches.is_any_open(session):
            return False
    with database.begin() as session:
        return _apply(session, serial, channel=channel, at=at)


def _apply(session: Session, serial: Serial, *, channel: str, at: datetime) -> bool:
    unwanted = unknown.is_unwanted(session, serial, at)
    bench = None if unwanted else benches.lock_open(session, at)
    is_taken = bench is not None and benches.take(session, bench, serial, at)
    # Read last: it may have called twice at once, and the bench took it while this call waited.
    if is_taken or queries.is_open(session, serial):
        return True
    if not unwanted:
        unknown.ask_about(session, serial, channel=channel, at=at)
    return False


def take_named(database: Database, repo: RepoView, policy: Policy, mac: PlacedMac) -> bool:
    """Have the open bench take a Mac that has no registration and would go where its script says.

    Returns False where the Mac goes there. A Mac that a person turned away, or whose caller may
    not send it to the site of the bench, is never taken. Raises SerialMeansSomething.
    """
    if mac.registration is not None:
        return False
    at = datetime.now(UTC)
    with database.reading() as session:
        if not _takes(benches.current(session, at), policy, mac):
            return False
    repo.check_serial(mac.serial)
    with database.begin() as session:
        if unknown.is_unwanted(session, mac.serial, at):
            return False
        bench = benches.lock_open(session, at)
        return (
            bench is not None
            and _takes(bench, policy, mac)
            and benches.take(session, bench, mac.serial, at)
        )


def _takes(bench: Bench | None, policy: Policy, mac: PlacedMac) -> bool:
    if bench is None or not benches.takes_from(bench, mac.destination, policy):
        return False
    return mac.requested is None or mac.requested.allows(bench.site)
