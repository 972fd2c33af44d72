"""Searches among registrations: for a part of a serial, a site, a build, a note, or a person."""

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from provisioning.outbox.models import Card
from provisioning.registrations import queries, serial_index
from provisioning.registrations.models import Registration
from provisioning.values.computer_names import spellings
from provisioning.values.slack import is_user_id

MAX_COUNTED = 5_000  # Macs that a search finds: 250 pages


def find(
    session: Session, text: str, *, limit: int, offset: int = 0, max_counted: int = MAX_COUNTED
) -> tuple[list[Registration], int]:
    """Return a page of the registrations that match `text`, newest first, and their number.

    `text` is a part of a serial, a site, a build or a note, or a Slack user id or mention, in any
    case, or a whole computer name; a whole serial finds that Mac alone. The page has `limit` rows
    at most, from the index `offset` on; the number counts up to `max_counted`, and one more where
    there are more.
    """
    whole = queries.of_serial(text.strip().upper())
    known = session.scalar(select(exists().where(whole)))
    found = (
        select(Registration.id).where(whole) if known else newest_of(session, text, max_counted + 1)
    )
    return queries.newest(session, found, limit, offset)


def matching(session: Session, text: str) -> ColumnElement[bool]:
    """Return the condition for the registrations that match a text, as for `find`.

    It reads all of them, once; for the newest ones `find` is faster.
    """
    serial = Registration.serial.contains(text.upper(), autoescape=True)
    return or_(serial, *_other_meanings(session, text))


def newest_of(session: Session, text: str, number: int) -> Select[int]:
    """Return the ids of the newest `number` registrations that match a text, as for `find`."""
    parts = [
        *serial_index.containing(session, text.upper()),
        *(select(Registration.id).where(meaning) for meaning in _other_meanings(session, text)),
    ]
    # As a literal: PostgreSQL's plan for any limit counts on a tenth of what is found.
    limit = literal_column(str(number), Integer)
    newest = (part.order_by(part.selected_columns[0].desc()).limit(limit) for part in parts)
    found = union(*(select(part.subquery().c.id) for part in newest)).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(number)


def _other_meanings(session: Session, text: str) -> list[ColumnElement[bool]]:
    """The conditions of a text that is no part of a serial, one for each of its meanings."""
    user = person_in(text)
    noted = select(Card.id).where(
        Card.note != literal_column("''"), Card.note.icontains(text, autoescape=True)
    )
    return [
        *(
            column.in_(_names(session, column, text))
            for column in (Registration.site, Registration.build)
        ),
        Registration.card_id.in_(noted),
        Registration.computer_name.in_(spellings(text)),
        *([Registration.registered_by == user] if user else []),
    ]


def person_in(text: str) -> str:
    """Return the id of the Slack user that a text is, or mentions; empty for other texts."""
    user = text.strip("<@>").split("|")[0].upper()
    return user if is_user_id(user) else ""


def _names(session: Session, column: InstrumentedAttribute[str], text: str) -> list[str]:
    """The names in a column that contain a text: one step in its index a name, not a Mac."""
    names = select(func.min(column).label("name")).cte("names", recursive=True)
    following = select(func.min(column)).where(column > names.c.name).scalar_subquery()
    names = names.union_all(select(following).where(names.c.name.is_not(None)))
    part = text.casefold()
    return [
        name for name in session.scalars(select(names.c.name)) if part in (name or "").casefold()
    ]
