"""People who do something and take it back, and Macs that boot, as the doors would record it."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from infrastructure.database.engine import Database
from provisioning.firstboot import placement
from provisioning.firstboot.confirmation import Confirmation
from provisioning.firstboot.placement import Requested
from provisioning.maintenance import adoption
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.layout.finder.existing import read_existing
from provisioning.registrations import changes, operations, queries
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Mac, Operation
from provisioning.registrations.operations import UndoResult
from provisioning.registrations.register import RegisterResult
from provisioning.values.serials import Serial
from tests.support.installation import CHANNEL

LONDON = Destination("london", "design")


def did(session: Session, what: str, *, by: str, at: datetime | None = None) -> Operation:
    """The operation of a person, now unless told otherwise."""
    return operations.begin(session, what, by=by, via="command", at=at or datetime.now(UTC))


def undo(session: Session, act_id: int, *, by: str, at: datetime) -> UndoResult:
    """Take an act back, with the button below its message."""
    undoing = operations.begin(session, "undone", by=by, via="button", at=at)
    return operations.undo(session, operations.begin_undo(session, act_id, undoing), undoing)


def register(
    database: Database,
    *serials: str,
    to: Destination = LONDON,
    by: str = "U0ALICE",
    at: datetime | None = None,
    channel: str = CHANNEL,
    note: str = "",
) -> RegisterResult:
    """Register Macs on one card, now unless told otherwise."""
    with database.begin() as session:
        act = did(session, "registered", by=by, at=at)
        macs = [Serial.parse(text) for text in serials]
        return registrations.register(session, macs, to, operation=act, channel=channel, note=note)


def boot(
    database: Database,
    repo: MunkiRepo,
    text: str,
    *,
    requested: Requested | None = None,
    at: datetime | None = None,
) -> None:
    """Have a Mac boot for the first time: its manifest is written, and that is recorded."""
    serial, view = Serial.parse(text), repo.now()
    with database.reading() as session:
        mac = placement.place(session, view, serial, requested)
    with view.holding(serial):
        written = view.assign(serial, mac.destination)
    at = at or datetime.now(UTC)
    with database.begin() as session:
        Confirmation(mac, written, at).record(session, CHANNEL)


def lock_open(session: Session, serial: Serial) -> Mac:
    """The open registration of a Mac, locked until the commit."""
    return Mac.of(queries.get_open(session, serial, lock=True))


def move(session: Session, serial: Serial, destination: Destination, *, act: Operation) -> None:
    """Send a registered Mac somewhere else."""
    changes.move(session, [lock_open(session, serial)], destination, act)


def reimage(session: Session, serial: Serial, *, act: Operation) -> None:
    """Have a registered Mac wait for another first boot."""
    changes.apply(session, [lock_open(session, serial)], changes.reimage, act)


def cancel(session: Session, serial: Serial, *, act: Operation) -> None:
    """Close the registration of a Mac."""
    changes.apply(session, [lock_open(session, serial)], changes.cancel, act)


def move_now(
    database: Database,
    serial: str,
    to: Destination,
    *,
    by: str = "U0ALICE",
    at: datetime | None = None,
) -> None:
    """Send a registered Mac somewhere else, in a transaction of its own."""
    with database.begin() as session:
        move(session, Serial(serial), to, act=did(session, "moved", by=by, at=at))


def cancel_now(
    database: Database, serial: str, *, by: str = "U0ALICE", at: datetime | None = None
) -> None:
    """Close the registration of a Mac, in a transaction of its own."""
    with database.begin() as session:
        cancel(session, Serial(serial), act=did(session, "cancelled", by=by, at=at))


def adopt(database: Database, repo: MunkiRepo, *, at: datetime | None = None) -> int:
    """Register the existing Macs of a repo, as `boot.sh adopt --register --yes`; their number."""
    view, at = repo.now(), at or datetime.now(UTC)
    macs = read_existing(repo.store, view.places).macs
    with database.begin() as session:
        act = adoption.begin(session, at)
        adoption.bring_in(session, act, macs, view.layout, lambda _: CHANNEL)
        return adoption.finish(session, act, channel=CHANNEL, at=at)
