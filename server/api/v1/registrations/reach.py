"""The reach of a token: which registrations a program sees."""

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

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
