"""Queries for registrations: the open one of a Mac, those of a search, and those of a card."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from infrastructure.database.statements.compiled import CompiledStatement
from provisioning.outbox.models import Card
from provisioning.registrations import similar
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    IS_OPEN,
    STALLED,
    WAITING,
    Registration,
)
from provisioning.values.serials import Serial

MAX_ON_A_CARD = 20  # Macs that a card lists; the rest is counted, and listed in a file

SEEN_AS = case((Registration.is_stalled, literal_column(f"'{STALLED}'")), else_=Registration.state)
URGENCY = case(
    {FAILED: 0, STALLED: 1, IMAGING: 2, WAITING: 3, CONFIRMED: 4, CANCELLED: 5}, value=SEEN_AS
)


_HAS_OPEN = CompiledStatement(
    lambda _: select(exists().where(Registration.serial == bindparam("key"), IS_OPEN))
)


def find_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration | None:
    """Return the open registration of a Mac, None where it has none.

    With `lock` it is locked until the commit and read again, also where the session has loaded it
    before: its Mac may have been confirmed since.
    """
    query = select(Registration).where(Registration.serial == serial.key, IS_OPEN)
    if lock:
        query = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def get_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration:
    """Return the open registration of a Mac. Raises NotRegistered, with similar serials."""
    registration = find_open(session, serial, lock=lock)
    if registration is None:
        raise NotRegistered(serial.text, nearest=similar.nearest(session, serial))
    return registration


def lock(session: Session, registration_id: int) -> Registration:
    """Return a registration as it is now, open or not, locked until the commit."""
    return session.get_one(
        Registration, registration_id, with_for_update={"key_share": True}, populate_existing=True
    )


def is_open(session: Session, serial: Serial) -> bool:
    """Return True if a Mac has an open registration, made by a person or by its own script."""
    row = _HAS_OPEN.row(session, key=serial.key)
    return row is not None and bool(row[0])


def sites_of(session: Session, condition: ColumnElement[bool]) -> Sequence[str]:
    """Return the sites of the registrations that meet a condition."""
    return session.scalars(select(Registration.site).where(condition).distinct()).all()


def of_serial(key: str) -> ColumnElement[bool]:
    """The condition for the registrations of a Mac, each kind of which has an index of its own."""
    is_closed = Registration.closed_at.is_not(None)
    return or_((Registration.serial == key) & IS_OPEN, (Registration.serial == key) & is_closed)


def waiting(
    session: Session, site: str | None, *, limit: int, offset: int = 0
) -> tuple[list[Registration], int]:
    """Return a page of the waiting Macs, the newest first, and their number.

    Only those of `site`, where it is given. The page has `limit` rows at most, from the index
    `offset` on; the number counts all.
    """
    # As a literal: SQLite uses no partial index for a parameter.
    query = select(Registration.id).where(Registration.state == literal_column(f"'{WAITING}'"))
    query = query.where(Registration.site == site) if site else query
    return newest(session, query, limit, offset)


def on_card(session: Session, card: Card, limit: int) -> tuple[dict[str, int], list[Registration]]:
    """Return the number of a card's Macs by state, and the first `limit` Macs.

    The most urgent come first: failed, stalled, imaging, waiting, and then the others.
    """
    macs = (
        select(Registration)
        .where(Registration.card_id == card.id)
        .order_by(URGENCY, Registration.id)
        .limit(limit)
    )
    return tally(session, card), list(session.scalars(macs))


def among(session: Session, card: Card, text: str, *, limit: int) -> list[Registration]:
    """Return the first `limit` open Macs of a card whose serial contains `text`."""
    has_text = Registration.serial.icontains(text.strip(), autoescape=True)
    macs = select(Registration).where(open_on(card), has_text)
    return list(session.scalars(macs.order_by(URGENCY, Registration.id).limit(limit)))


def open_on(card: Card) -> ColumnElement[bool]:
    """Return the condition for the open Macs of a card."""
    return (Registration.card_id == card.id) & IS_OPEN


def to_be_done(card: Card, serials: Sequence[str], *, finished: bool) -> ColumnElement[bool]:
    """Return the condition for the open Macs of a card that an operation is about.

    Those of `serials`; where these are empty, the confirmed and failed ones if `finished`, else
    those that are not confirmed.
    """
    on_it = open_on(card)
    if serials:
        return on_it & Registration.serial.in_(serials)
    if finished:
        return on_it & Registration.state.in_((CONFIRMED, FAILED))
    return on_it & (Registration.state != CONFIRMED)


def first_of(
    session: Session, condition: ColumnElement[bool], limit: int, offset: int = 0
) -> tuple[list[Registration], int]:
    """Return `limit` Macs of a condition, the most urgent first, and the number of all."""
    macs = select(Registration).where(condition).order_by(URGENCY, Registration.id)
    macs = macs.offset(offset).limit(limit)
    number = session.scalar(select(func.count()).select_from(Registration).where(condition))
    return list(session.scalars(macs)), number or 0


def tally(session: Session, card: Card) -> dict[str, int]:
    """Return the number of a card's Macs by state; a silent one counts as STALLED."""
    counts = select(SEEN_AS, func.count()).where(Registration.card_id == card.id)
    return dict(session.execute(counts.group_by(SEEN_AS)).all())


def newest(
    session: Session, ids: Select[int], limit: int, offset: int
) -> tuple[list[Registration], int]:
    """Return the Macs of a page and the number of all, in one pass: the table may be long."""
    found = ids.subquery()
    numbered = select(found.c.id, func.count().over().label("total")).subquery()
    page = select(numbered).order_by(numbered.c.id.desc()).offset(offset).limit(limit)
    rows = session.execute(page).all()
    query = select(Registration).where(Registration.id.in_([row.id for row in rows]))
    macs = list(session.scalars(query.order_by(Registration.id.desc())))
    return macs, rows[0].total if rows else 0
