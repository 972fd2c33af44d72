"""Queries for registrations: the open one of a Mac, and those that a person or a card shows."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select
from sqlalchemy.orm import Session

from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations.errors import NotRegistered
from provisioning.registrations.models import (
    CANCELLED,
    CONFIRMED,
    FAILED,
    IMAGING,
    WAITING,
    Registration,
)
from provisioning.values import serials
from provisioning.values.serials import Serial

STALLED = "stalled"  # imaging, and its registrant was told of its silence: derived, not stored

_OPEN = Registration.closed_at.is_(None)
_SEEN_AS = case(
    (
        (Registration.state == IMAGING) & Registration.mentioned_at.is_not(None),
        literal_column(f"'{STALLED}'"),
    ),
    else_=Registration.state,
)
_URGENCY = case(
    {FAILED: 0, STALLED: 1, IMAGING: 2, WAITING: 3, CONFIRMED: 4, CANCELLED: 5}, value=_SEEN_AS
)


def find_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration | None:
    """Return the open registration of a Mac, None where it has none.

    With `lock` it is locked until the commit, and as it is then, also where the session has met
    it before: its Mac may have been confirmed since.
    """
    query = select(Registration).where(Registration.serial == serial.key, _OPEN)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def get_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration:
    """Return what `find_open` does. Raises NotRegistered, with near misses, where that is None."""
    registration = find_open(session, serial, lock=lock)
    if registration is None:
        raise NotRegistered(serial.text, nearest=nearest(session, serial))
    return registration


def is_open(session: Session, serial: Serial) -> bool:
    """Tell if a Mac has an open registration, whoever made it."""
    return bool(session.scalar(select(exists().where(Registration.serial == serial.key, _OPEN))))


def nearest(session: Session, serial: Serial) -> list[str]:
    """Return the serials of open registrations that `serial` may be a slip of."""
    half = len(serial.key) // 2  # a few typing mistakes leave the beginning or the end
    near = or_(
        Registration.serial.startswith(serial.key[:half], autoescape=True),
        Registration.serial.endswith(serial.key[half:], autoescape=True),
    )
    return serials.nearest(serial, session.scalars(select(Registration.serial).where(_OPEN, near)))


def destination_of(registration: Registration) -> Destination:
    """Return where a registration sends its Mac."""
    return Destination(registration.site, registration.build)


def find(
    session: Session, text: str, *, most: int, first: int = 0
) -> tuple[list[Registration], int]:
    """Return the newest registrations that hold `text`, and how many there are.

    `text` is a part of a serial, a site, a build or a note, or a Slack user id or mention, in any
    case. Of those found, `most` come back, from the one with the index `first` on.
    """
    columns = (Registration.serial, Registration.site, Registration.build)
    noted = select(Card.id).where(Card.note.icontains(text, autoescape=True))
    held = or_(
        Registration.registered_by == text.strip("<@>").split("|")[0].upper(),
        *(column.icontains(text, autoescape=True) for column in columns),
        Registration.card_id.in_(noted),
    )
    return _newest(session, select(Registration.id).where(held), most, first)


def waiting(
    session: Session, site: str | None, *, most: int, first: int = 0
) -> tuple[list[Registration], int]:
    """Return the newest Macs that still wait (for `site`, where given), and their number.

    `most` of them come back, from the one with the index `first` on.
    """
    # As a literal: SQLite uses no partial index for a parameter.
    query = select(Registration.id).where(Registration.state == literal_column(f"'{WAITING}'"))
    query = query.where(Registration.site == site) if site else query
    return _newest(session, query, most, first)


def on_card(session: Session, card: Card, most: int) -> tuple[dict[str, int], list[Registration]]:
    """Return how many Macs of a card are in which state, and the first `most` of them.

    Those that need somebody come first: failed, stalled, imaging, waiting, and then the others.
    """
    macs = (
        select(Registration)
        .where(Registration.card_id == card.id)
        .order_by(_URGENCY, Registration.id)
        .limit(most)
    )
    return tally(session, card), list(session.scalars(macs))


def among(session: Session, card: Card, text: str, *, most: int) -> list[Registration]:
    """Return the first `most` open Macs of a card whose serial holds `text`."""
    macs = _open_on(card).where(Registration.serial.icontains(text.strip(), autoescape=True))
    return list(session.scalars(macs.limit(most)))


def to_be_done(card: Card, serials: Sequence[str], *, done: bool) -> ColumnElement[bool]:
    """The open Macs of a card: those of these serials, or where there are none of any state.

    Of any state means: those that are confirmed or failed where `done`, otherwise those that are
    not confirmed.
    """
    on_it = (Registration.card_id == card.id) & Registration.closed_at.is_(None)
    if serials:
        return on_it & Registration.serial.in_(serials)
    if done:
        return on_it & Registration.state.in_((CONFIRMED, FAILED))
    return on_it & (Registration.state != CONFIRMED)


def first_of(
    session: Session, these: ColumnElement[bool], most: int
) -> tuple[list[Registration], int]:
    """Return the first `most` of some Macs, those that need somebody before, and their number."""
    macs = select(Registration).where(these).order_by(_URGENCY, Registration.id).limit(most)
    number = session.scalar(select(func.count()).select_from(Registration).where(these))
    return list(session.scalars(macs)), number or 0


def _open_on(card: Card) -> Select[Registration]:
    on_it = (Registration.card_id == card.id) & Registration.closed_at.is_(None)
    return select(Registration).where(on_it).order_by(_URGENCY, Registration.id)


def tally(session: Session, card: Card) -> dict[str, int]:
    """Return how many Macs of a card are in which state; one that fell silent is STALLED."""
    counts = select(_SEEN_AS, func.count()).where(Registration.card_id == card.id)
    return dict(session.execute(counts.group_by(_SEEN_AS)).all())


def _newest(
    session: Session, ids: Select[int], most: int, first: int
) -> tuple[list[Registration], int]:
    """Return the Macs on the page and the number of all, in one pass: the table may be long."""
    found = ids.add_columns(func.count().over().label("total")).subquery()
    page = select(found).order_by(found.c.id.desc()).offset(first).limit(most)
    rows = session.execute(page).all()
    newest = select(Registration).where(Registration.id.in_([row.id for row in rows]))
    macs = list(session.scalars(newest.order_by(Registration.id.desc())))
    return macs, rows[0].total if rows else 0
