"""The reach of a token: which registrations a program sees."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from provisioning.registrations import operations
from provisioning.registrations.models import Operation
from provisioning.registrations.models import Registration as Row
from server.api.v1.frame.callers import Caller
from server.api.v1.frame.problems import NoSuchThing


def reached(caller: Caller) -> ColumnElement[bool]:
    """Return the condition for the registrations that a token sees."""
    sites = caller.token.sites
    return true() if sites is None else Row.site.in_(sites)


def find(session: Session, caller: Caller, number: int) -> Row:
    """Return a registration that a token sees. Raises NoSuchThing."""
    row = session.get(Row, number)
    if row is None or not caller.token.reaches(row.site):
        raise NoSuchThing
    return row


def find_operation(
    session: Session, caller: Caller, number: int
) -> tuple[Operation, Sequence[str]]:
    """Return an operation that a token sees, and the sites of its Macs. Raises NoSuchThing.

    A token of certain sites sees none of other sites, nor one of no Mac at all.
    """
    row, sites = operations.find(session, number), operations.sites_of(session, number)
    is_seen = caller.token.sites is None or (sites and all(map(caller.token.reaches, sites)))
    if row is None or not is_seen:
        raise NoSuchThing
    return row, sites
