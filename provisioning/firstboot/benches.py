"""Benches: each reserves a destination for the next unknown Macs, before any of them calls."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from infrastructure.database.statements.dialects import add_new, changed, upsert
from infrastructure.errors import Conflict
from provisioning.firstboot import unknown
from provisioning.firstboot.models import Bench
from provisioning.munki import Destination
from provisioning.munki.layout import kept
from provisioning.outbox import outbox
from provisioning.outbox.models import BENCH, Card
from provisioning.policy import Policy
from provisioning.registrations import history, operations
from provisioning.registrations.models import WAITING, Operation, Registration
from provisioning.registrations.operations import NotUndoable, UndoResult
from provisioning.values.serials import Serial

FEWEST, MAX_MACS = 1, 200  # Macs of a bench
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(hours=12)
USUAL = timedelta(hours=2)

_OPEN = Bench.ended_at.is_(None)


class BenchOccupied(Conflict):
    """A second bench beside an open one; one bench can be open at a time."""

    def __init__(self) -> None:
        super().__init__("Somebody opened a bench at this moment; there is one at a time.")


class BenchEnded(Conflict):
    """A bench that has ended; the Macs that it took stay registered."""

    def __init__(self) -> None:
        super().__init__("That bench has ended already; the Macs that it took stay registered.")


def start(
    session: Session,
    destination: Destination,
    *,
    number: int,
    takes_named: bool = False,
    until: datetime,
    operation: Operation,
    channel: str,
) -> Bench:
    """Open a bench for the next `number` unknown Macs until `until`, and show it in `channel`.

    `takes_named`: Macs whose script names a place are taken too, as `takes_from` says.
    Raises BenchOccupied where another bench is open.
    """
    close_expired(session, operation.at)
    place = {"site": destination.site, "build": destination.build}
    card = Card(
        kind=BENCH, channel=channel, created_at=operation.at, registered_by=operation.by, **place
    )
    outbox.open_card(session, card)
    is_new = add_new(
        session,
        Bench,
        **place,
        act_id=operation.id,
        card_id=card.id,
        by=operation.by,
        layout=kept.keep(session, destination.layout, operation.at),
        wanted=number,
        takes_named=takes_named,
        until=until,
        created_at=operation.at,
    )
    if not is_new:
        raise BenchOccupied
    outbox.enqueue_card(session, card, at=operation.at)
    return session.scalars(select(Bench).where(Bench.act_id == operation.id)).one()


def current(session: Session, now: datetime) -> Bench | None:
    """Return the bench that is open at this moment, or None; reads only."""
    return session.scalars(select(Bench).where(_OPEN, Bench.until > now)).first()


def newest(
    session: Session, sites: Sequence[str] | None, limit: int, before: int | None
) -> list[Bench]:
    """Return benches, the newest first: of these sites (None: all); `before` is an id."""
    query = select(Bench).order_by(Bench.id.desc()).limit(limit)
    if sites is not None:
        query = query.where(Bench.site.in_(sites))
    return list(session.scalars(query if before is None else query.where(Bench.id < before)))


def is_any_open(session: Session) -> bool:
    """Return True if a bench is open, or over and not yet marked as ended; reads only."""
    return bool(session.scalar(select(exists().where(_OPEN))))


def lock_open(session: Session, at: datetime) -> Bench | None:
    """Return the open bench with its row locked until the commit, None where none is open.

    By the lock a bench takes its Macs one after the other. Ends a bench whose time is over.
    """
    close_expired(session, at)
    return session.scalars(select(Bench).where(_OPEN).with_for_update()).one_or_none()


def takes_from(bench: Bench, destination: Destination, policy: Policy) -> bool:
    """Return True if a bench takes Macs whose script names `destination`.

    It takes none of a site with another group: the person who opened it may not register there.
    """
    group = policy.group_for(destination.site)
    return bench.takes_named and group in (None, policy.group_for(bench.site))


def take(session: Session, bench: Bench, serial: Serial, at: datetime) -> bool:
    """Register an unknown Mac for a bench, which is locked.

    Returns False where a person registered the Mac at this moment.
    """
    card = session.get_one(Card, bench.card_id)
    registration_id = _registered(session, serial, bench, card, at)
    if registration_id is None:
        return False
    history.record(
        session,
        registration_id,
        "registered",
        at=at,
        after={"site": bench.site, "build": bench.build},
        operation=session.get_one(Operation, bench.act_id),
    )
    bench.taken += 1
    if bench.taken >= bench.wanted:
        bench.ended_at = at
    session.flush()
    unknown.settle_known(session, at)
    outbox.enqueue_card(session, card, at=at)
    return True


def end(session: Session, bench_id: int, *, by: str, at: datetime) -> Bench:
    """End a bench before it is full. Raises BenchEnded."""
    ended = update(Bench).where(Bench.id == bench_id, _OPEN, Bench.until > at)
    if not changed(session, ended.values(ended_at=at, ended_by=by)):
        raise BenchEnded
    bench = session.get_one(Bench, bench_id, populate_existing=True)
    outbox.enqueue_cards(session, [bench.card_id], at=at)
    return bench


def undo(session: Session, operation: Operation, undoing: Operation) -> UndoResult:
    """End the bench of an operation that is marked as undone; the Macs that it took stay.

    Raises NotUndoable where the bench has ended.
    """
    card_id = session.scalar(
        update(Bench)
        .where(Bench.act_id == operation.id, _OPEN)
        .values(ended_at=undoing.at, ended_by=undoing.by)
        .returning(Bench.card_id)
    )
    if card_id is None:
        raise NotUndoable(str(BenchEnded()))
    outbox.enqueue_cards(session, [card_id], at=undoing.at)
    return UndoResult(operation, [], operations.macs_of(session, operation))


def close_expired(session: Session, now: datetime) -> int:
    """End the benches whose time is over, and enqueue their cards. Returns their number."""
    expired = update(Bench).where(_OPEN, Bench.until <= now).values(ended_at=Bench.until)
    statement = expired.returning(Bench.card_id).execution_options(synchronize_session=False)
    cards: Sequence[int] = session.scalars(statement).all()
    outbox.enqueue_cards(session, cards, at=now)
    return len(cards)


def missing(bench: Bench) -> int:
    """Return the number of Macs that a bench may still take."""
    return 0 if bench.ended_at else bench.wanted - bench.taken


def on_card(session: Session, card: Card) -> Bench:
    """Return the bench that a card shows."""
    return session.scalars(select(Bench).where(Bench.card_id == card.id)).one()


def _registered(
    session: Session, serial: Serial, bench: Bench, card: Card, at: datetime
) -> int | None:
    """Register a Mac in the name of the person who opened the bench.

    Returns the id of the registration, None where the Mac has one already.
    """
    statement = upsert(session, Registration).values(
        serial=serial.key,
        site=bench.site,
        build=bench.build,
        layout=bench.layout,
        state=WAITING,
        registered_by=bench.by,
        channel=card.channel,
        card_id=card.id,
        revision=1,
        created_at=at,
        changed_at=at,
    )
    return session.scalar(statement.on_conflict_do_nothing().returning(Registration.id))
