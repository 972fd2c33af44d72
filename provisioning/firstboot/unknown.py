"""Unknown Macs: they ask for their manifest, and nobody has said where they go.

Each is asked about once in Slack, however often it asks us, until somebody settles it.
"""

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.orm import Session

from infrastructure.database.engine import changed, upsert
from infrastructure.errors import RollcallError
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.models import STRANGER, Card
from provisioning.registrations.models import WAITING, Event, Registration
from provisioning.values.serials import Serial, near

CORRECTED = "corrected"  # the act that gives a registration the serial of an unknown Mac
SILENCE = timedelta(hours=24)  # for which a Mac that is none of ours is not asked about again
NOTED = timedelta(minutes=1)  # how closely it is kept when a Mac asked last
MOST = 200  # Macs asked about at a time: a wrong workflow must not fill a channel for days
TOO_MANY = (
    f"{MOST} Macs that nobody registered are waiting for an answer in this channel. More of them "
    "ask, but no more cards are shown: register those that are yours, and say of the others that "
    "they are not."
)

_OPEN = UnknownMac.settled_at.is_(None)


class AlreadySettled(RollcallError):
    """An unknown Mac about which another person was faster to decide.

    `by` is None where it was a Mac's own script that did; `to` where the Mac is not one of ours.
    """

    def __init__(self, serial: str, by: str | None, to: Destination | None) -> None:
        super().__init__(f"It was settled already what becomes of {serial}.")
        self.serial = serial
        self.by = by
        self.to = to


def is_pending(session: Session, serial: Serial, at: datetime) -> bool:
    """Tell if there is nothing to do for an unknown Mac that asks at `at`; reads only."""
    lately = _OPEN & (UnknownMac.last_at > at - NOTED)
    return _is_any(session, serial, or_(lately, _unwanted(at)))


def is_unwanted(session: Session, serial: Serial, at: datetime) -> bool:
    """Tell if a person said less than a day ago that this Mac is none of ours."""
    return _is_any(session, serial, _unwanted(at))


def meet(session: Session, serial: Serial, *, channel: str, at: datetime) -> None:
    """Have `channel` asked where an unknown Mac goes, unless it is asked already."""
    again = update(UnknownMac).where(UnknownMac.serial == serial.key, _OPEN)
    if changed(session, again.values(last_at=at, reported_as=serial.text)):
        return
    if _are_too_many(session):
        outbox.enqueue_trouble(
            session, channel=channel, facts={"sentence": TOO_MANY}, once="strangers", at=at
        )
        return
    card = Card(key=uuid4().hex, kind=STRANGER, channel=channel, created_at=at)
    session.add(card)
    session.flush()
    statement = upsert(session, UnknownMac).values(
        serial=serial.key, reported_as=serial.text, card_id=card.id, first_at=at, last_at=at
    )
    if changed(session, statement.on_conflict_do_nothing()):
        outbox.enqueue_card(session, card, at=at)
    else:  # it asked a second server at the same moment
        session.delete(card)


def opened(session: Session, stranger_id: int) -> UnknownMac:
    """Return a Mac that is still asked about. Raises AlreadySettled."""
    stranger = session.get_one(UnknownMac, stranger_id, populate_existing=True)
    if stranger.settled_at is not None:
        raise _settled(session, stranger)
    return stranger


def overtaken(session: Session, stranger: UnknownMac) -> AlreadySettled:
    """Return what to raise where somebody else was faster to settle a Mac."""
    settle_known(session, stranger.last_at)
    session.refresh(stranger)
    return _settled(session, stranger)


def dismiss(session: Session, stranger_id: int, *, by: str, at: datetime) -> UnknownMac:
    """Note that a Mac is none of ours: it is not asked about for a day. Raises AlreadySettled."""
    stranger = opened(session, stranger_id)
    if not settle(session, stranger, by=by, at=at):
        raise overtaken(session, stranger)
    return stranger


def settle(
    session: Session,
    stranger: UnknownMac,
    *,
    by: str,
    at: datetime,
    registration: Registration | None = None,
) -> bool:
    """Settle one Mac, and owe its card the new look. False where somebody else was faster."""
    this = update(UnknownMac).where(UnknownMac.id == stranger.id, _OPEN)
    registration_id = registration.id if registration else None
    if not changed(
        session, this.values(settled_at=at, settled_by=by, registration_id=registration_id)
    ):
        return False
    outbox.enqueue_card(session, session.get_one(Card, stranger.card_id), at=at)
    return True


def settle_known(session: Session, at: datetime) -> int:
    """Settle all Macs that have a registration by now, whoever made it; returns how many.

    Each door calls this at the end of a transaction that opens registrations. It looks at the
    open questions, which are few, and not at the registrations, which may be ten thousand. Macs
    that say at the same moment where they go are found by the next call.
    """
    known = (Registration.serial == UnknownMac.serial) & Registration.closed_at.is_(None)
    statement = (
        update(UnknownMac)
        .where(_OPEN, exists().where(known))
        .values(
            settled_at=at,
            settled_by=select(Registration.registered_by).where(known).scalar_subquery(),
            registration_id=select(Registration.id).where(known).scalar_subquery(),
        )
        .returning(UnknownMac.card_id)
        .execution_options(synchronize_session=False)
    )
    cards = list(session.scalars(statement))
    for card_id in cards:
        outbox.enqueue_card(session, session.get_one(Card, card_id), at=at)
    return len(cards)


def on_card(session: Session, card: Card) -> UnknownMac:
    """Return the Mac that a card asks about."""
    return session.scalars(select(UnknownMac).where(UnknownMac.card_id == card.id)).one()


def outcome(session: Session, stranger: UnknownMac) -> tuple[Registration | None, str | None]:
    """Return the registration of a Mac that is settled, and the serial that it had by mistake."""
    if stranger.registration_id is None:
        return None, None
    corrected = select(Event.before).where(
        Event.registration_id == stranger.registration_id,
        Event.what == CORRECTED,
        Event.at == stranger.settled_at,
    )
    before = session.scalars(corrected).first()
    registration = session.get_one(Registration, stranger.registration_id)
    return registration, before["serial"] if before else None


def nearest(session: Session, stranger: UnknownMac) -> Registration | None:
    """Return the waiting registration whose serial may be a slip of this Mac's, or None.

    One that a Mac answered to before is no slip, whatever it looks like.
    """
    waits = (Registration.state == WAITING) & Registration.reported_as.is_(None)
    keys = session.scalars(
        select(Registration.serial).where(waits).order_by(Registration.id.desc())
    )
    key = near(stranger.serial, keys.yield_per(1000))
    if key is None:
        return None
    return session.scalars(select(Registration).where(waits, Registration.serial == key)).first()


def _settled(session: Session, stranger: UnknownMac) -> AlreadySettled:
    registration = session.get(Registration, stranger.registration_id or 0)
    to = Destination(registration.site, registration.build) if registration else None
    return AlreadySettled(stranger.reported_as, stranger.settled_by, to)


def _is_any(session: Session, serial: Serial, condition: ColumnElement[bool]) -> bool:
    same = UnknownMac.serial == serial.key
    return bool(session.scalar(select(exists().where(same, condition))))


def _unwanted(at: datetime) -> ColumnElement[bool]:
    return UnknownMac.registration_id.is_(None) & (UnknownMac.settled_at > at - SILENCE)


def _are_too_many(session: Session) -> bool:
    return (session.scalar(select(func.count()).where(_OPEN)) or 0) >= MOST
