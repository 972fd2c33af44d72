"""The registering of Macs, one or many at once, by each door that asks for no dry run first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from infrastructure.database.engine import Transactions
from infrastructure.errors import RollcallError
from provisioning.imports.parsing.serial_shapes import doubt_of, is_apple
from provisioning.maintenance.acts import Actor, Permit, acting
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.registrations import queries, similar
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Operation
from provisioning.registrations.names import name_clashes, naming
from provisioning.registrations.register import Batch
from provisioning.values import computer_names
from provisioning.values.serials import Serial


class DoubtfulSerial(RollcallError):
    """A serial, or the name with it, that a person should check before it is registered."""

    def __init__(self, serial: str) -> None:
        super().__init__("{serial} is doubtful: compare it with the Mac first.", serial=serial)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A Mac that is to be registered; `name`, where given, becomes its computer name."""

    serial: Serial
    destination: Destination
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """The result of registering one Mac: its batch, destination, operation and name."""

    batch: Batch
    destination: Destination
    operation: Operation
    name: str | None


def register(
    database: Transactions,
    repo: MunkiRepo,
    wanted: Wanted,
    *,
    is_sure: bool,
    actor: Actor,
    permit: Permit,
    channel_of: Callable[[str], str],
    at: datetime,
) -> Registered:
    """Register one Mac.

    A doubtful one only where the caller `is_sure`. Raises DoubtfulSerial, NotAllowed,
    InvalidComputerName, SerialMeansSomething, and what `naming.assign` raises.
    """
    serial, destination = wanted.serial, wanted.destination
    called = computer_names.parse(wanted.name) if wanted.name else None
    permit(destination.site)
    view = repo.now()
    view.check_serial(serial)
    namesakes = view.namesakes() if called else None
    if not is_sure:
        with database.reading() as session:
            if is_doubtful(session, serial, called, namesakes):
                raise DoubtfulSerial(serial.text)
    with acting(database, "registered", actor, at) as (session, operation):
        batch = registrations.register(
            session,
            [serial],
            destination,
            operation=operation,
            channel=channel_of(destination.site),
            note=wanted.note,
        )
        if called and namesakes and batch.registered:
            mac = queries.get_open(session, serial, lock=True)
            naming.assign(session, mac, called, namesakes, operation=operation)
        return Registered(batch, destination, operation, called)


def is_doubtful(
    session: Session, serial: Serial, name: str | None, namesakes: ManifestFinder | None
) -> bool:
    """Return whether a person should check a serial or a name; never of a registered Mac.

    Those that are not of Apple's shape are often numbered, so each is near another one.
    """
    if queries.is_open(session, serial):
        return False
    near_miss = is_apple(serial.key) and similar.slip_of(session, serial.key)
    has_namesake = name_clashes.called_like(session, [serial.key])
    clash = (
        name_clashes.clash_of(session, namesakes, Serial(serial.key), name)
        if name and namesakes
        else None
    )
    is_doubted = clash is not None and not clash.is_sure
    return bool(near_miss or has_namesake or is_doubted or doubt_of(Serial(serial.key)))
