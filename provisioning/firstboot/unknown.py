"""Unknown Macs: they call for their manifest, and have no registration.

Each has one card in Slack that asks for its destination, however often the Mac calls, until a
person settles it.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.bulk import is_among
from infrastructure.database.statements.compiled import CompiledStatement
from infrastructure.database.statements.dialects import add_new, changed
from infrastructure.errors import Conflict
from infrastructure.text import Sentence
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import STRANGER, Card
from provisioning.registrations import queries, similar
from provisioning.registrations.models import IS_OPEN, WAITING, Event, Registration
from provisioning.values.serials import Serial

CORRECTED = "corrected"  # the operation that gives a registration the serial of an unknown Mac
DISMISSED_FOR = timedelta(hours=24)  # a dismissed Mac gets no new card within this time
NOTE_INTERVAL = timedelta(minutes=1)  # the precision of `last_at`, the moment of a Mac's last call
MAX_CARDS = 200  # open cards at a time: a wrong workflow must not fill a channel for days
TOO_MANY = Sentence(
    "{number} Macs that nobody registered are waiting for an answer in this channel. More of them "
    "ask, but no more cards are shown: register those that are yours, and say of the others that "
    "they are not.",
    number=MAX_CARDS,
)

_OPEN = UnknownMac.settled_at.is_(None)
_IS_REGISTERED = (Registration.serial == UnknownMac.serial) & IS_OPEN
_SETTLE_KNOWN = CompiledStatement(
    lambda _: (
        update(UnknownMac.__table__)
        .where(_OPEN, exists().where(_IS_REGISTERED))
        .values(
            settled_by=select(Registration.registered_by).where(_IS_REGISTERED).scalar_subquery(),
            registration_id=select(Registration.id).where(_IS_REGISTERED).scalar_subquery(),
        )
        .returning(UnknownMac.__table__.c.card_id)
    ),
    "settled_at",
)


class AlreadySettled(Conflict):
    """An unknown Mac that another person settled first.

    `by` is None where the Mac's own script did; `to` is None where the Mac is not ours.
    """

    def __init__(self, serial: str, by: str | None, destination: Destination | None) -> None:
        super().__init__("It has already been settled what becomes of {serial}.", serial=serial)
        self.serial = serial
        self.by = by
        self.to = destination


def is_pending(session: Session, serial: Serial, at: datetime) -> bool:
    """Return True if an unknown Mac that calls at `at` has a card already; reads only."""
    lately = _OPEN & (UnknownMac.last_at > at - NOTE_INTERVAL)
    return _is_any(session, serial, or_(lately, _unwanted(at)))


def is_unwanted(session: Session, serial: Serial, at: datetime) -> bool:
    """Return True if a person answered less than a day ago that this Mac is not ours."""
    return _is_any(session, serial, _unwanted(at))


def ask_about(session: Session, serial: Serial, *, channel: str, at: datetime) -> None:
    """Enqueue a card that asks `channel` about an unknown Mac, unless it has an open one."""
    again = update(UnknownMac).where(UnknownMac.serial == serial.key, _OPEN)
    if changed(session, again.values(last_at=at, reported_as=serial.text)):
        return
    if (session.scalar(select(func.count()).where(_OPEN)) or 0) >= MAX_CARDS:
        outbox.enqueue_trouble(session, channel=channel, sentence=TOO_MANY, at=at)
        return
    card = outbox.open_card(session, Card(kind=STRANGER, channel=channel, created_at=at))
    seen = {"first_at": at, "last_at": at, "reported_as": serial.text}
    if add_new(session, UnknownMac, serial=serial.key, card_id=card.id, **seen):
        outbox.enqueue_card(session, card, at=at)
    else:  # it called a second server at the same moment
        session.delete(card)


def pending(session: Session, before: int | None, limit: int) -> list[UnknownMac]:
    """Return unknown Macs that are not settled, the newest first, from before an id on."""
    query = select(UnknownMac).where(_OPEN).order_by(UnknownMac.id.desc()).limit(limit)
    return [*session.scalars(query if before is None else query.where(UnknownMac.id < before))]


def find_asking(session: Session, serial: Serial) -> tuple[UnknownMac, Card] | None:
    """Return an unknown Mac that is not settled, and never was registered, with its card."""
    registered = exists().where(queries.of_serial(serial.key))
    query = select(UnknownMac, Card).join(Card, Card.id == UnknownMac.card_id)
    row = session.execute(query.where(UnknownMac.serial == serial.key, _OPEN, ~registered)).first()
    return None if row is None else (row[0], row[1])


def get_pending(session: Session, unknown_mac_id: int) -> UnknownMac:
    """Return an unknown Mac that is not settled. Raises AlreadySettled."""
    unknown_mac = session.get_one(UnknownMac, unknown_mac_id, populate_existing=True)
    if unknown_mac.settled_at is not None:
        raise _settled(session, unknown_mac)
    return unknown_mac


def already_settled(session: Session, unknown_mac: UnknownMac) -> AlreadySettled:
    """Return the error for a Mac that another person settled first, or registered; reads only."""
    session.refresh(unknown_mac)
    return _settled(session, unknown_mac)


def dismiss(session: Session, unknown_mac_id: int, *, by: str, at: datetime) -> UnknownMac:
    """Settle a Mac as not ours: it gets no new card for a day. Raises AlreadySettled."""
    unknown_mac = get_pending(session, unknown_mac_id)
    if not settle(session, unknown_mac, by=by, at=at):
        raise already_settled(session, unknown_mac)
    return unknown_mac


def settle(
    session: Session,
    unknown_mac: UnknownMac,
    *,
    by: str,
    at: datetime,
    registration: Registration | None = None,
) -> bool:
    """Settle one Mac, and enqueue its card. Returns False where it was settled already."""
    statement = update(UnknownMac).where(UnknownMac.id == unknown_mac.id, _OPEN)
    registration_id = registration.id if registration else None
    if not changed(
        session, statement.values(settled_at=at, settled_by=by, registration_id=registration_id)
    ):
        return False
    outbox.enqueue_cards(session, [unknown_mac.card_id], at=at)
    return True


def settle_known(session: Session, at: datetime) -> int:
    """Settle all unknown Macs that have a registration by now. Returns their number.

    Each door calls this at the end of a transaction that opens registrations. It reads the open
    unknown Macs, which are few, and not the registrations, which may be ten thousand. Macs that are
    registered by another transaction at the same moment are found by the next call.
    """
    session.flush()
    cards = [card_id for (card_id,) in _SETTLE_KNOWN.rows(session, settled_at=at)]
    outbox.enqueue_cards(session, cards, at=at)
    return len(cards)


def on_card(session: Session, card: Card) -> UnknownMac:
    """Return the unknown Mac of a card."""
    return session.scalars(select(UnknownMac).where(UnknownMac.card_id == card.id)).one()


def outcome(session: Session, unknown_mac: UnknownMac) -> tuple[Registration | None, str | None]:
    """Return the registration of a settled Mac, and the serial that a correction replaced.

    Both are None where the Mac is not ours; the serial also where nothing was corrected.
    """
    if unknown_mac.registration_id is None:
        return None, None
    corrected = select(Event.before).where(
        Event.registration_id == unknown_mac.registration_id,
        Event.what == CORRECTED,
        Event.at == unknown_mac.settled_at,
    )
    before = session.scalars(corrected).first()
    registration = session.get_one(Registration, unknown_mac.registration_id)
    return registration, before["serial"] if before else None


def nearest(session: Session, unknown_mac: UnknownMac) -> Registration | None:
    """Return the waiting registration whose serial may be a slip of this Mac's, or None.

    A registration whose own Mac has called before is left out.
    """
    spellings = {unknown_mac.serial, *similar.one_slip_away(unknown_mac.serial)}
    found = session.scalars(
        select(Registration).where(
            is_among(session, sorted(spellings), Registration.serial),
            IS_OPEN,
            Registration.state == WAITING,
            Registration.reported_as.is_(None),
        )
    ).all()
    if any(registration.serial == unknown_mac.serial for registration in found):
        return None  # it was registered by now, and `settle_known` comes later
    return max(found, key=lambda registration: registration.id, default=None)


def _settled(session: Session, unknown_mac: UnknownMac) -> AlreadySettled:
    by = unknown_mac.settled_by
    registration = session.get(Registration, unknown_mac.registration_id or 0)
    if unknown_mac.settled_at is None:  # it was registered by now, and `settle_known` comes later
        registration = queries.find_open(session, Serial(unknown_mac.serial))
        by = registration.registered_by if registration else None
    destination = registration.destination if registration else None
    return AlreadySettled(unknown_mac.reported_as, by, destination)


def _is_any(session: Session, serial: Serial, condition: ColumnElement[bool]) -> bool:
    is_mac = UnknownMac.serial == serial.key
    return bool(session.scalar(select(exists().where(is_mac, condition))))


def _unwanted(at: datetime) -> ColumnElement[bool]:
    return UnknownMac.registration_id.is_(None) & (UnknownMac.settled_at > at - DISMISSED_FOR)
