"""The registering of Macs, one or many at once, without a dry run."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from infrastructure.errors import Conflict, RollcallError
from provisioning.imports import approval, dry_run
from provisioning.imports.dry_run import DryRun, DryRunRow
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.imports.parsing.tokens.serial_shapes import doubt_of, is_apple
from provisioning.imports.prepared import HistoryMark, keys_of
from provisioning.maintenance.acts.actors import Permit, Principal, acting
from provisioning.munki import Destination, MunkiRepo
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.manifests.namesakes import ManifestFinder
from provisioning.registrations import queries, similar
from provisioning.registrations import register as registrations
from provisioning.registrations.models import Operation
from provisioning.registrations.names import name_clashes, naming
from provisioning.registrations.register import RegisterResult
from provisioning.values import computer_names
from provisioning.values.serials import Serial


class DoubtfulSerial(Conflict):
    """A serial, or the name with it, that a person should check before it is registered.

    `why` is what a dry run says of it, where one was made.
    """

    def __init__(self, serial: str, why: str = "is doubtful") -> None:
        super().__init__("{serial} {why}: compare it with the Mac first.", serial=serial, why=why)


@dataclass(frozen=True, slots=True)
class MacRequest:
    """A Mac that is to be registered; `name`, where given, becomes its computer name."""

    serial: Serial
    destination: Destination
    name: str = ""
    note: str = ""

    @property
    def entry(self) -> Entry:
        """The Mac as an entry of a dry run, with its doubt."""
        place = self.destination
        doubt = doubt_of(Serial(self.serial.key))
        return Entry(self.serial, place.site, place.build, doubt=doubt, name=self.name or None)


@dataclass(frozen=True, slots=True)
class RegisteredMac:
    """The result of registering one Mac: its batch, destination, operation and name."""

    batch: RegisterResult
    destination: Destination
    operation: Operation
    name: str | None


def register(
    repo: MunkiRepo,
    request: MacRequest,
    principal: Principal,
    *,
    is_sure: bool,
    channel_of: Callable[[str], str],
) -> RegisteredMac:
    """Register one Mac.

    A doubtful Mac is registered only if the caller `is_sure`. Raises DoubtfulSerial, NotAllowed,
    InvalidComputerName, SerialMeansSomething, and what `naming.assign` raises.
    """
    serial, destination = request.serial, request.destination
    called = computer_names.parse(request.name) if request.name else None
    principal.permit(destination.site)
    view = repo.now()
    view.check_serial(serial)
    namesakes = view.namesakes() if called else None
    if not is_sure:
        with principal.database.reading() as session:
            if _is_doubtful(session, serial, called, namesakes):
                raise DoubtfulSerial(serial.text)
    with acting("registered", principal) as (session, operation):
        batch = registrations.register(
            session,
            [serial],
            destination,
            operation=operation,
            channel=channel_of(destination.site),
            note=request.note,
        )
        if called and namesakes and batch.registered:
            mac = queries.get_open(session, serial, lock=True)
            naming.assign(session, mac, called, namesakes, operation=operation)
        return RegisteredMac(batch, destination, operation, called)


def _is_doubtful(
    session: Session, serial: Serial, name: str | None, namesakes: ManifestFinder | None
) -> bool:
    """Return True if a person should check a serial or a name; never of a registered Mac.

    Those that are not of Apple's shape are often numbered, so each is near another one.
    """
    if queries.is_open(session, serial):
        return False
    near_miss = is_apple(serial.key) and similar.slip_of(session, serial.key)
    namesake = name_clashes.called(session, serial.key)
    clash = (
        name_clashes.clash_of(session, namesakes, Serial(serial.key), name)
        if name and namesakes
        else None
    )
    is_doubted = clash is not None and not clash.is_sure
    return bool(near_miss or namesake or is_doubted or doubt_of(Serial(serial.key)))


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """Macs that are to be registered: the ready rows of a reading, and of more kinds.

    `note` stands on their cards. `is_dry`: nothing is written.
    """

    reading: ParseResult
    including: Sequence[str] = ()
    note: str = ""
    is_dry: bool = False


@dataclass(frozen=True, slots=True)
class ManyRegistered:
    """The result of registering many Macs: a row for each serial, as it was before.

    `refused` are the sites where the caller may not do it, `conflicts` the keys of serials that
    others registered just now. Without an `operation` nothing was registered.
    """

    rows: Sequence[DryRunRow]
    chosen: Sequence[DryRunRow]
    refused: Mapping[str, str]
    conflicts: Collection[str] = ()
    operation: Operation | None = None


def register_many(
    places: DestinationIndex,
    request: BulkRequest,
    principal: Principal,
    *,
    channel_of: Callable[[str], str],
) -> ManyRegistered:
    """Register many Macs in one operation.

    Macs at sites where the caller may not register are left out. Raises NothingLeft.
    """
    with principal.database.reading() as session:
        history = HistoryMark.of(session)
        dry = _judged(session, request, places, principal.actor.by)
    chosen, refused = _allowed(dry, request.including, principal.permit)
    if request.is_dry or not chosen:
        return ManyRegistered(dry.rows, chosen, refused)
    with acting("registered", principal) as (session, operation):
        is_moving = any(row.is_registered for row in chosen)
        if is_moving and not history.holds(session, keys_of(dry.rows)):
            dry = _judged(session, request, places, principal.actor.by)
            chosen, refused = _allowed(dry, request.including, principal.permit)
        applied = approval.apply(
            session, chosen, note=request.note, operation=operation, channel_of=channel_of
        )
    return ManyRegistered(dry.rows, chosen, refused, applied.conflicts, operation)


def _judged(session: Session, request: BulkRequest, places: DestinationIndex, by: str) -> DryRun:
    """The dry run of a reading. Where doubtful rows are included, doubts are not searched for."""
    is_sure = dry_run.DOUBTFUL in request.including
    return dry_run.classify(session, request.reading, places, by=by, looks_for_slips=not is_sure)


def _allowed(
    dry: DryRun, including: Sequence[str], permit: Permit
) -> tuple[list[DryRunRow], dict[str, str]]:
    """The rows that are to be registered, and the forbidden sites with the reasons."""
    wanted = approval.chosen(dry, including)
    refused: dict[str, str] = {}
    for site in {site for row in wanted for site in row.sites}:
        try:
            permit(site)
        except RollcallError as error:
            refused[site] = str(error)
    return [row for row in wanted if not refused.keys() & row.sites], refused
