"""What becomes of a Mac that asks before anybody has said where it goes."""

from datetime import UTC, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot import bench, unknown
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial


def is_awaited(session: Session, serial: Serial, at: datetime) -> bool:
    """Whether an unknown Mac only asks again, and all that can be done for it is done; reads only.

    Macs ask every few seconds until they are answered, so this has to cost little.
    """
    return unknown.is_pending(session, serial, at) and not bench.is_any_open(session)


def place(session: Session, serial: Serial, *, channel: str, at: datetime) -> bool:
    """Register an unknown Mac for the open bench, or have `channel` asked where it goes.

    Returns whether it is registered: by the bench now, or by somebody else since it asked. Nobody
    is asked about a Mac of which a person said less than a day ago that it is none of ours.
    """
    unwanted = unknown.is_unwanted(session, serial, at)
    if not unwanted and bench.take(session, serial, at):
        return True
    # Only now: it may have asked twice at once, and the bench took it while this call waited.
    registered = (Registration.serial == serial.key) & Registration.closed_at.is_(None)
    if session.scalar(select(exists().where(registered))):
        return True
    if not unwanted:
        unknown.meet(session, serial, channel=channel, at=at)
    return False


def is_placed(database: Database, serial: Serial, *, channel: str) -> bool:
    """Whether somebody has said after all where a Mac goes that just was unknown: see `place`."""
    at = datetime.now(UTC)
    with database.reading() as session:
        if is_awaited(session, serial, at):
            return False
    with database.begin() as session:
        return place(session, serial, channel=channel, at=at)
