"""The reach of a token: the registrations that a program sees."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from provisioning.imports.dry_run import DryRunRow
from provisioning.registrations import operations
from provisioning.registrations.models import IS_OPEN, Operation, Registration
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.discretion import without_manifest
from server.api.v1.frame.errors import NoSuchThing


def reached(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for the registrations that a token sees."""
    sites = caller.token.sites
    return true() if sites is None else Registration.site.in_(sites)


def find(session: Session, caller: Caller, number: int) -> Registration:
    """Return a registration that a token sees. Raises NoSuchThing."""
    row = session.get(Registration, number)
    if row is None or not caller.token.reaches(row.site):
        raise NoSuchThing
    return row


def reasons(
    session: Session, caller: Caller, rows: Sequence[DryRunRow]
) -> Callable[[DryRunRow], str]:
    """Return a function for the reason why a person should check one of the `rows` of a dry run.

    It names no other Mac that a token does not see, unless that is in the rows itself; and to a
    token of certain sites no manifest, which may be of another site.
    """
    if caller.token.sites is None:
        return lambda row: row.why
    own = {row.entry.serial.key for row in rows}
    named = {other for row in rows for other in row.others} - own
    found = is_among(session, sorted(named), Registration.serial) & IS_OPEN & reached(caller)
    hidden = named - set(session.scalars(select(Registration.serial).where(found)))

    def why(row: DryRunRow) -> str:
        text = row.why
        for other in hidden.intersection(row.others):
            text = text.replace(other, "a Mac that this token does not reach")
        return without_manifest(text, row.manifest)

    return why


def find_operation(session: Session, caller: Caller, number: int) -> Operation:
    """Return an operation that a token sees. Raises NoSuchThing.

    A token of certain sites sees none of other sites, nor one of no Mac at all.
    """
    row, sites = session.get(Operation, number), operations.sites_of(session, number)
    is_seen = caller.token.sites is None or (sites and all(map(caller.token.reaches, sites)))
    if row is None or not is_seen:
        raise NoSuchThing
    return row
