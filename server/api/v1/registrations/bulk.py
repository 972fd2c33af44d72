"""Many registrations at once, for programs: registering, and acts on all that are chosen."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from provisioning.access.programs.models import CHANGE, REGISTER
from provisioning.access.programs.tokens import OutsideToken
from provisioning.imports import dry_run
from provisioning.imports.approval import NothingLeft
from provisioning.imports.dry_run import DryRunRow
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.imports.parsing.tokens.serial_shapes import doubt_of
from provisioning.maintenance.acts import changing, registering, verbs
from provisioning.maintenance.acts.registering import BulkRequest, ManyRegistered
from provisioning.maintenance.acts.verbs import Verb
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.errors import UnknownDestination
from provisioning.policy import NotAllowed
from provisioning.registrations import queries
from provisioning.registrations.changes import AlreadyThere, NothingToDo, TooManyMacs
from provisioning.registrations.listings import table
from provisioning.registrations.listings.table import TableFilters
from provisioning.registrations.models import IS_OPEN, Registration
from provisioning.values.serials import InvalidSerial, Serial
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.routes import Answer, Call, Route
from server.api.v1.registrations.many import (
    Change,
    ChangeDone,
    Choice,
    Many,
    ManyDone,
    Outcome,
    RowOutcome,
    Wanted,
)
from server.api.v1.registrations.reach import reached, reasons

LARGEST_BULK = 4 * 1024 * 1024  # bytes of a body
LARGEST_CHANGE = 256 * 1024


def register_macs(call: Call, body: Many) -> Answer[ManyDone]:
    """Register up to 10,000 Macs in one operation, with the outcome of each row.

    What can be registered is, whatever becomes of the other rows. There is one card for each
    site and build.
    """
    kinds = ((dry_run.DOUBTFUL, body.is_sure), (dry_run.CONFLICT, body.take_over))
    read = list(_read(body.rows, is_sure=body.is_sure))
    result = registering.register_many(
        DestinationIndex(call.dependencies.repo.now(), call.caller.token.reaches),
        BulkRequest(
            ParseResult(tuple(each for each in read if isinstance(each, Entry))),
            [kind for kind, is_included in kinds if is_included],
            body.note,
            body.dry_run,
        ),
        call.principal,
        channel_of=call.dependencies.channel_of,
    )
    with call.database.reading() as session:
        numbers = _numbers(session, call, [row.entry.serial.key for row in result.rows])
        why = reasons(session, call.caller, result.rows)
    rows = zip(body.rows, read, strict=True)
    outcomes = [*_outcomes(call.caller, rows, result, numbers, why)]
    number = result.operation.id if result.operation else None
    return Answer(ManyDone(operation=number, rows=outcomes))


def change_macs(call: Call, body: Change) -> Answer[ChangeDone]:
    """Move, image again or cancel all Macs that are chosen, in one operation."""
    verb, destination = Verb(body.act), None
    if verb == Verb.MOVE:
        destination = call.dependencies.repo.now().destination(body.site, body.build)
    if body.dry_run:
        if destination is not None:
            call.caller.permit(destination.site)
        with call.database.reading() as session:
            wanted = _chosen(session, call, body)
            number = queries.first_of(session, wanted & _meant(verb, body), 0)[1]
            others = queries.first_of(session, wanted, 0)[1] - number
            call.caller.permit(*queries.sites_of(session, wanted & _meant(verb, body)))
        return Answer(ChangeDone(operation=None, changed=number, left=others))
    with call.database.reading() as session:
        all_of_them = queries.first_of(session, _chosen(session, call, body), 0)[1]
    done = changing.change(
        verb,
        lambda session: _chosen(session, call, body) & _meant(verb, body),
        destination,
        call.principal,
    )
    changed = len(done.macs)
    left = max(all_of_them - changed, 0)
    return Answer(ChangeDone(operation=done.operation.id, changed=changed, left=left))


def _read(rows: Sequence[Wanted], *, is_sure: bool) -> Iterator[Entry | str]:
    """Yield an entry for each row, or the reason why it is none."""
    seen: dict[str, int] = {}
    for number, row in enumerate(rows):
        try:
            serial = Serial.parse(row.serial)
        except InvalidSerial as error:
            yield str(error)
            continue
        first = seen.setdefault(serial.key, number)
        if first != number:
            yield f"It is the Mac of row {first}."
            continue
        doubt = None if is_sure else doubt_of(Serial(serial.key))
        yield Entry(serial, row.site or None, row.build or None, doubt=doubt, name=row.name or None)


def _numbers(session: Session, call: Call, keys: Sequence[str]) -> dict[str, int]:
    """The numbers of the open registrations that the token reaches, by the keys of serials."""
    found = is_among(session, keys, Registration.serial) & IS_OPEN & reached(call.caller)
    return dict(session.execute(select(Registration.serial, Registration.id).where(found)).all())


def _outcomes(
    caller: Caller,
    rows: Iterable[tuple[Wanted, Entry | str]],
    result: ManyRegistered,
    numbers: Mapping[str, int],
    reason: Callable[[DryRunRow], str],
) -> Iterator[RowOutcome]:
    chosen = {row.entry.serial.key for row in result.chosen}
    by_key = {row.entry.serial.key: row for row in result.rows}
    for number, (row, entry) in enumerate(rows):
        if isinstance(entry, str):
            yield RowOutcome(
                row=number, serial=row.serial, outcome="invalid", why=entry, registration=None
            )
            continue
        key = entry.serial.key
        outcome, why = _outcome(by_key[key], result, reason, is_chosen=key in chosen)
        standing = by_key[key].standing
        if key not in chosen and standing and not caller.token.reaches(standing.site):
            outcome, why = "refused", "This token does not reach the site where the Mac is."
        yield RowOutcome(
            row=number,
            serial=entry.serial.text,
            outcome=outcome,
            why=why,
            registration=numbers.get(key),
        )


def _outcome(
    row: DryRunRow, result: ManyRegistered, reason: Callable[[DryRunRow], str], *, is_chosen: bool
) -> tuple[Outcome, str | None]:
    """The outcome of a row, and the reason where nothing was done."""
    if row.entry.serial.key in result.conflicts:
        return "conflict", "Somebody else registered it at this moment."
    if is_chosen:
        return ("moved" if row.is_registered else "registered"), reason(row) or None
    for site in row.sites:
        if site in result.refused:
            return "refused", result.refused[site]
    return row.kind, reason(row) or None  # type: ignore[return-value] # each is an outcome too


def _chosen(session: Session, call: Call, body: Change) -> ColumnElement[bool]:
    """The condition for the open Macs that were chosen, of those that the token reaches."""
    if body.numbers is not None:
        return Registration.id.in_(body.numbers) & reached(call.caller)
    choice = body.choice or Choice()
    filters = TableFilters(choice.text, choice.site, choice.build, choice.state)
    return table.condition(session, filters) & reached(call.caller)


def _meant(verb: Verb, body: Change) -> ColumnElement[bool]:
    """The condition for those of them to which the act is done."""
    meant = verbs.meaningful(verb)
    return meant if body.seen is None else meant & (Registration.changed_at <= body.seen)


_act, _PATH = partial(Route, "POST", tag="many registrations"), "/registrations"
_FRUITLESS = (NothingToDo, TooManyMacs, AlreadyThere)
_OF_CHANGE = (OutsideToken, NotAllowed, *_FRUITLESS, UnknownDestination)
ROUTES: Sequence[Route] = [
    _act(f"{_PATH}/bulk", register_macs, REGISTER, (NothingLeft,), largest=LARGEST_BULK),
    _act(f"{_PATH}/change", change_macs, CHANGE, _OF_CHANGE, largest=LARGEST_CHANGE),
]
