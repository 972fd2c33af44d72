"""The views of registrations: a list, one of them, and the acts on one."""

from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from structlog.contextvars import bind_contextvars

from provisioning.access.programs.models import CHANGE, READ, REGISTER
from provisioning.access.programs.tokens import OutsideToken
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.firstboot.replacements.replacing import NotReplaceable, ReplacementRequest
from provisioning.imports.dry_run import classify
from provisioning.imports.parsing.entries import ParseResult
from provisioning.maintenance.acts import changing, identity, registering
from provisioning.maintenance.acts.identity import NameRequest
from provisioning.maintenance.acts.registering import DoubtfulSerial, MacRequest
from provisioning.maintenance.acts.verbs import Verb
from provisioning.munki import Destination
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import ManifestUnreadable, SerialMeansSomething, UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.registrations import queries
from provisioning.registrations.changes import AlreadyThere, NothingToDo
from provisioning.registrations.listings import table
from provisioning.registrations.listings.table import TableFilters
from provisioning.registrations.models import IS_OPEN, Registration
from provisioning.registrations.names.name_clashes import ComputerNameClashes
from provisioning.registrations.names.naming import ComputerNameTaken
from provisioning.values.computer_names import InvalidComputerName
from provisioning.values.serials import InvalidSerial, PlaceholderSerial, Serial
from server.api.v1.frame import paging
from server.api.v1.frame.errors import AlreadyRegistered, Changed, DoubtfulName
from server.api.v1.frame.routes import Answer, Call, Route
from server.api.v1.registrations.models import (
    Done,
    NewName,
    NewRegistration,
    Place,
    RegistrationQuery,
    RegistrationResource,
    Registrations,
    Replacing,
    etag_of,
)
from server.api.v1.registrations.reach import find, reached, reasons

_ALL, _ONE = "/registrations", "/registrations/{number}"
_PLACE = (OutsideToken, NotAllowed, UnknownDestination)
_SERIAL = (InvalidSerial, PlaceholderSerial)
_NAME = (InvalidComputerName, ComputerNameClashes, ComputerNameTaken)
_REFUSED = (AlreadyRegistered, DoubtfulSerial, SerialMeansSomething)
KINDS = {"board": BOARD, "mac": MAC}


def list_registrations(call: Call, query: RegistrationQuery) -> Answer[Registrations]:
    """Registrations, the newest first, page by page.

    The filters are those of the board's table.
    """
    filters = TableFilters(query.text, query.site, query.build, query.state)
    last = paging.last_of(query.cursor)
    with call.database.reading() as session:
        wanted = table.condition(session, filters) & reached(call.caller)
        if query.batch is not None:
            wanted &= Registration.card_id == query.batch
        if last is not None:
            wanted &= Registration.id < last
        rows = (
            select(Registration)
            .where(wanted)
            .order_by(Registration.id.desc())
            .limit(query.limit + 1)
        )
        page, following = paging.cut(session.scalars(rows).all(), query.limit)
    return Answer(
        Registrations(
            items=[RegistrationResource.model_validate(row) for row in page], next=following
        )
    )


def get_registration(call: Call, number: int) -> Answer[RegistrationResource]:
    """One registration, with an `ETag` for changes of it."""
    with call.database.reading() as session:
        row = find(session, call.caller, number)
        return Answer(RegistrationResource.model_validate(row), etag=etag_of(row))


def register_mac(call: Call, body: NewRegistration) -> Answer[Done]:
    """Register one Mac, as in Slack.

    Its card is in the channel of the site. A doubtful serial or name is refused, unless
    `is_sure` says that somebody has compared it.
    """
    serial = Serial.parse(body.serial)
    bind_contextvars(serial=serial.text)
    destination = call.dependencies.repo.now().destination(body.site, body.build)
    wanted = MacRequest(serial, destination, body.name, body.note)
    try:
        result = registering.register(
            call.dependencies.repo,
            wanted,
            call.principal,
            is_sure=body.is_sure,
            channel_of=call.dependencies.channel_of,
        )
    except DoubtfulSerial:
        raise DoubtfulSerial(serial.text, _doubt_of(call, wanted)) from None
    if result.batch.already:
        (row,) = result.batch.already
        if not call.caller.token.reaches(row.site):
            raise AlreadyRegistered(serial.text, "a site that this token does not reach", None)
        raise AlreadyRegistered(row.name, str(row.destination), row.id)
    with call.database.reading() as session:
        row = queries.get_open(session, serial)
        done = Done(
            registration=RegistrationResource.model_validate(row), operation=result.operation.id
        )
        path = f"/registrations/{row.id}"
        return Answer(done, HTTPStatus.CREATED, etag_of(row), path)


def move_mac(call: Call, number: int, body: Place) -> Answer[Done]:
    """Send a Mac to another site or build; it waits again."""
    destination = call.dependencies.repo.now().destination(body.site, body.build)
    return _change(call, Verb.MOVE, number, destination)


def reimage_mac(call: Call, number: int) -> Answer[Done]:
    """Have a Mac wait for another first boot."""
    return _change(call, Verb.REIMAGE, number)


def cancel_registration(call: Call, number: int) -> Answer[Done]:
    """Cancel a registration; its history stays."""
    return _change(call, Verb.CANCEL, number)


def name_mac(call: Call, number: int, body: NewName) -> Answer[Done]:
    """Give a Mac a computer name."""
    serial, revision = _serial_of(call, number)
    naming = identity.name(
        call.dependencies.repo,
        serial,
        NameRequest(body.name, body.is_sure, revision),
        call.principal,
    )
    if naming.operation is None:
        raise DoubtfulName(naming.doubt)
    return _done(call, number, naming.operation.id)


def replace_mac(call: Call, number: int, body: Replacing) -> Answer[Done]:
    """Put a Mac, or a new board, in the place of another: registration and manifest go along.

    The manifest is copied by a job.
    """
    with call.database.reading() as session:
        row = find(session, call.caller, number)
        call.check_seen(etag_of(row))
        old, revision = Serial(row.name), row.revision
    new = identity.spelled(Serial.parse(body.serial))
    bind_contextvars(serial=new.text)
    with call.database.reading() as session:
        standing = queries.find_open(session, new)
        if standing is not None and not call.caller.token.reaches(standing.site):
            raise OutsideToken
    keep = body.keep or body.kind == "board"
    _, operation = identity.replace(
        call.dependencies.repo,
        ReplacementRequest(old, new, KINDS[body.kind], keep, revision),
        call.principal,
    )
    return _done(call, number, operation.id)


def _doubt_of(call: Call, wanted: MacRequest) -> str:
    """The reason for which a person should compare a Mac, as far as the token may know it."""
    places = DestinationIndex(call.dependencies.repo.now(), call.caller.token.reaches)
    read = ParseResult((wanted.entry,))
    with call.database.reading() as session:
        rows = classify(session, read, places, by=call.caller.actor.by).rows
        return reasons(session, call.caller, rows)(rows[0])


def _change(
    call: Call, verb: Verb, number: int, destination: Destination | None = None
) -> Answer[Done]:
    try:
        changed = changing.change(verb, _as_seen(call, number), destination, call.principal)
    except NothingToDo:
        raise Changed from None
    return _done(call, number, changed.operation.id)


def _as_seen(call: Call, number: int) -> Callable[[Session], ColumnElement[bool]]:
    """The condition for an open registration as the program saw it. It raises Changed."""

    def condition(session: Session) -> ColumnElement[bool]:
        row = find(session, call.caller, number)
        call.check_seen(etag_of(row))
        return (Registration.id == number) & (Registration.revision == row.revision) & IS_OPEN

    return condition


def _serial_of(call: Call, number: int) -> tuple[Serial, int]:
    """The serial and the revision of a registration as the program saw it. Raises Changed."""
    with call.database.reading() as session:
        row = find(session, call.caller, number)
        call.check_seen(etag_of(row))
        bind_contextvars(serial=row.name)
        return Serial(row.name), row.revision


def _done(call: Call, number: int, operation_id: int) -> Answer[Done]:
    with call.database.reading() as session:
        row = session.get_one(Registration, number)
        done = Done(registration=RegistrationResource.model_validate(row), operation=operation_id)
        return Answer(done, etag=etag_of(row))


_route, _RIGHTS = partial(Route, tag="registrations"), (OutsideToken, NotAllowed)
_changing = partial(_route, "POST", act=CHANGE, conditional=True)
_OF_NEW = (*_PLACE, *_SERIAL, *_NAME, *_REFUSED)
_OF_REPLACING = (*_RIGHTS, *_SERIAL, NotReplaceable, ManifestUnreadable)
ROUTES: Sequence[Route] = [
    _route("GET", _ALL, list_registrations, READ),
    _route("GET", _ONE, get_registration, READ),
    _route("POST", _ALL, register_mac, REGISTER, _OF_NEW, HTTPStatus.CREATED),
    _changing(f"{_ONE}/move", move_mac, refuses=(*_PLACE, AlreadyThere)),
    _changing(f"{_ONE}/reimage", reimage_mac, refuses=_RIGHTS),
    _changing(f"{_ONE}/cancel", cancel_registration, refuses=_RIGHTS),
    _changing(f"{_ONE}/name", name_mac, refuses=(*_RIGHTS, *_NAME, DoubtfulName)),
    _changing(f"{_ONE}/replace", replace_mac, refuses=_OF_REPLACING),
]
