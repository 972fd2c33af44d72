"""Queries for registrations: the open one of a Mac, those of a search, and those of a card."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

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
from provisioning.values.slack_ids import is_user_id

STALLED = "stalled"  # a derived state, not stored: imaging, and Slack was told of its silence
MOST_COUNTED = 10_000  # Macs that a search finds; nobody turns 500 pages
MOST_ON_A_CARD = 20  # Macs that a card lists; the rest is counted, and listed in a file

_OPEN, _CLOSED = Registration.closed_at.is_(None), Registration.closed_at.is_not(None)
_SEEN_AS = case(
    (
        Registration.is_stalled,
        literal_column(f"'{STALLED}'"),
    ),
    else_=Registration.state,
)
_OPEN_STATES = (FAILED, STALLED, IMAGING, WAITING, CONFIRMED)
_URGENCY = case(
    {FAILED: 0, STALLED: 1, IMAGING: 2, WAITING: 3, CONFIRMED: 4, CANCELLED: 5}, value=_SEEN_AS
)


def find_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration | None:
    """Return the open registration of a Mac, None where it has none.

    With `lock` it is locked until the commit and read again, also where the session has loaded it
    before: its Mac may have been confirmed since.
    """
    query = select(Registration).where(Registration.serial == serial.key, _OPEN)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def get_open(session: Session, serial: Serial, *, lock: bool = False) -> Registration:
    """Return the open registration of a Mac. Raises NotRegistered, with similar serials."""
    registration = find_open(session, serial, lock=lock)
    if registration is None:
        raise NotRegistered(serial.text, nearest=nearest(session, serial))
    return registration


def is_open(session: Session, serial: Serial) -> bool:
    """Tell if a Mac has an open registration, made by a person or by its own script."""
    return bool(session.scalar(select(exists().where(Registration.serial == serial.key, _OPEN))))


def nearest(session: Session, serial: Serial) -> list[str]:
    """Return the serials of open registrations that `serial` may be a misspelling of."""
    middle = len(serial.key) // 2  # a few typing mistakes leave the beginning or the end
    near = or_(
        Registration.serial.startswith(serial.key[:middle], autoescape=True),
        Registration.serial.endswith(serial.key[middle:], autoescape=True),
    )
    return serials.nearest(serial, session.scalars(select(Registration.serial).where(_OPEN, near)))


def destination_of(registration: Registration) -> Destination:
    """Return the destination of a registration."""
    return Destination(registration.site, registration.build)


def sites_of(session: Session, condition: ColumnElement[bool]) -> Sequence[str]:
    """Return the sites of the registrations that meet a condition."""
    return session.scalars(select(Registration.site).where(condition).distinct()).all()


def find(
    session: Session, text: str, *, limit: int, offset: int = 0, most: int = MOST_COUNTED
) -> tuple[list[Registration], int]:
    """Return a page of the registrations that match `text`, newest first, and their number.

    `text` is a part of a serial, a site, a build or a note, or a Slack user id or mention, in any
    case; a whole serial finds that Mac alone. The page has `limit` rows at most, from the index
    `offset` on; the number counts up to `most`, and one more where there are more.
    """
    whole = of_serial(text.strip().upper())
    known = session.scalar(select(exists().where(whole)))
    matches = select(Registration.id).where(whole) if known else _matches(session, text, most + 1)
    return _newest(session, matches, limit, offset)


def of_serial(key: str) -> ColumnElement[bool]:
    """The condition for the registrations of a Mac, each kind of which has an index of its own."""
    return or_((Registration.serial == key) & _OPEN, (Registration.serial == key) & _CLOSED)


def _matches(session: Session, text: str, number: int) -> Select[int]:
    """The ids of the newest `number` registrations that match a text, in any of its meanings."""
    ids = select(Registration.id)
    user = text.strip("<@>").split("|")[0].upper()
    noted = select(Card.id).where(
        Card.note != literal_column("''"), Card.note.icontains(text, autoescape=True)
    )
    parts = [
        ids.where(Registration.serial.contains(text.upper(), autoescape=True)),
        *(
            ids.where(column.in_(_names(session, column, text)))
            for column in (Registration.site, Registration.build)
        ),
        ids.where(Registration.card_id.in_(noted)),
    ]
    if is_user_id(user):
        parts.append(ids.where(Registration.registered_by == user))
    newest = (part.order_by(Registration.id.desc()).limit(number) for part in parts)
    found = union(*(select(part.subquery().c.id) for part in newest)).subquery()
    return select(found.c.id).order_by(found.c.id.desc()).limit(number)


def _names(session: Session, column: InstrumentedAttribute[str], text: str) -> list[str]:
    """The names in a column that hold a text: a look at its index for each name, not each Mac."""
    names = select(func.min(column).label("name")).cte("names", recursive=True)
    following = select(func.min(column)).where(column > names.c.name).scalar_subquery()
    names = names.union_all(select(following).where(names.c.name.is_not(None)))
    part = text.casefold()
    return [
        name for name in session.scalars(select(names.c.name)) if part in (name or "").casefold()
    ]


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
    return _newest(session, query, limit, offset)


def on_card(session: Session, card: Card, limit: int) -> tuple[dict[str, int], list[Registration]]:
    """Return the number of a card's Macs by state, and the first `limit` Macs.

    The most urgent come first: failed, stalled, imaging, waiting, and then the others.
    """
    macs = (
        select(Registration)
        .where(Registration.card_id == card.id)
        .order_by(_URGENCY, Registration.id)
        .limit(limit)
    )
    return tally(session, card), list(session.scalars(macs))


def among(session: Session, card: Card, text: str, *, limit: int) -> list[Registration]:
    """Return the first `limit` open Macs of a card whose serial contains `text`."""
    macs = _open_on(card).where(Registration.serial.icontains(text.strip(), autoescape=True))
    return list(session.scalars(macs.limit(limit)))


def to_be_done(card: Card, serials: Sequence[str], *, finished: bool) -> ColumnElement[bool]:
    """Return the condition for the open Macs of a card that an operation is about.

    Those of `serials`; where these are empty, the confirmed and failed ones if `finished`, else
    those that are not confirmed.
    """
    on_it = (Registration.card_id == card.id) & Registration.closed_at.is_(None)
    if serials:
        return on_it & Registration.serial.in_(serials)
    if finished:
        return on_it & Registration.state.in_((CONFIRMED, FAILED))
    return on_it & (Registration.state != CONFIRMED)


def first_of(
    session: Session, condition: ColumnElement[bool], limit: int
) -> tuple[list[Registration], int]:
    """Return the first `limit` Macs of a condition, the most urgent first, and their number."""
    macs = select(Registration).where(condition).order_by(_URGENCY, Registration.id).limit(limit)
    number = session.scalar(select(func.count()).select_from(Registration).where(condition))
    return list(session.scalars(macs)), number or 0


def _open_on(card: Card) -> Select[Registration]:
    on_it = (Registration.card_id == card.id) & Registration.closed_at.is_(None)
    return select(Registration).where(on_it).order_by(_URGENCY, Registration.id)


def tally(session: Session, card: Card) -> dict[str, int]:
    """Return the number of a card's Macs by state; a silent one counts as STALLED."""
    counts = select(_SEEN_AS, func.count()).where(Registration.card_id == card.id)
    return dict(session.execute(counts.group_by(_SEEN_AS)).all())


def _newest(
    session: Session, ids: Select[int], limit: int, offset: int
) -> tuple[list[Registration], int]:
    """Return the Macs of a page and the number of all, in one pass: the table may be long."""
    numbered = ids.add_columns(func.count().over().label("total")).subquery()
    page = select(numbered).order_by(numbered.c.id.desc()).offset(offset).limit(limit)
    rows = session.execute(page).all()
    newest = select(Registration).where(Registration.id.in_([row.id for row in rows]))
    macs = list(session.scalars(newest.order_by(Registration.id.desc())))
    return macs, rows[0].total if rows else 0


Columns = dict[str, tuple[int, list[Registration]]]  # the number of all, and the newest of them


def columns(session: Session, *, site: str, build: str, text: str, limit: int) -> Columns:
    """Return the open Macs by state: how many there are, and the newest `limit` of them.

    The newest of those that are imaged or in trouble are those that were heard last.

    Only those of `site` and of `build`, where these are given, and those that match `text` as for
    `find`: among the newest MOST_COUNTED that do.
    """
    condition: ColumnElement[bool] = _OPEN
    if site:
        condition &= Registration.site == site
    if build:
        condition &= Registration.build == build
    if not text:
        return _columns_of_many(session, condition, limit)
    found = Registration.id.in_(_matches(session, text, MOST_COUNTED))
    return _columns_of_few(session, condition & found, limit)


def _columns_of_many(session: Session, condition: ColumnElement[bool], limit: int) -> Columns:
    """The columns of a condition that many Macs meet, each by a walk back from the newest Mac."""
    found = {}
    for state, number in _counts(session, condition).items():
        here = condition & _seen_as(state)
        # What reports were sent of last is what happened last; others are in order of their rows.
        last = Registration.heard_at if state in (FAILED, IMAGING, STALLED) else Registration.id
        newest = select(Registration).where(here).order_by(last.desc()).limit(limit)
        found[state] = number, list(session.scalars(newest))
    return found


def _counts(session: Session, condition: ColumnElement[bool]) -> dict[str, int]:
    """The number of open Macs in each state, of those of a condition; none that is 0."""
    counted = select(func.count()).select_from(Registration)
    counts = {
        state: session.scalar(counted.where(condition & _seen_as(state))) for state in _OPEN_STATES
    }
    return {state: number for state, number in counts.items() if number}


def _seen_as(state: str) -> ColumnElement[bool]:
    # As a literal: SQLite uses no partial index for a parameter.
    stored: ColumnElement[str] = literal_column(f"'{IMAGING if state == STALLED else state}'")
    condition: ColumnElement[bool] = Registration.state == stored
    if state in (IMAGING, STALLED):
        is_silent = Registration.mentioned_at.is_not(None)
        condition &= is_silent if state == STALLED else ~is_silent
    return condition


def _columns_of_few(session: Session, condition: ColumnElement[bool], limit: int) -> Columns:
    """The columns of a condition that is dear to find out: in one pass, which sorts them."""
    state, newest_first = _SEEN_AS.label("state"), Registration.id.desc()
    ranked = select(
        Registration.id,
        state,
        func.count().over(partition_by=state).label("total"),
        func.row_number().over(partition_by=state, order_by=newest_first).label("rank"),
    )
    rows = ranked.where(condition).subquery()
    shown = select(rows.c.state, rows.c.total, Registration)
    shown = shown.join(Registration, Registration.id == rows.c.id).where(rows.c.rank <= limit)
    found: Columns = {}
    for name, total, mac in session.execute(shown.order_by(rows.c.rank)):
        found.setdefault(name, (total, []))[1].append(mac)
    return found
