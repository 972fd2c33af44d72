"""Conditions for expired rows: they were kept for long enough, and no other row needs them.

Never deleted are: the first confirmation of a Mac, for the statistics; the newest event of each
kind and the newest revision of each manifest, which are the last state; rows that can still be
undone, answered or sent.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from provisioning.firstboot.replacements.models import Replacement
from provisioning.imports.models import DROPPED, REGISTERED, Import
from provisioning.maintenance.layout_change.renames import RENAMED
from provisioning.monitoring.drift.models import Drift
from provisioning.munki.models import Revision
from provisioning.outbox.models import CARD, NEWS, SENT, UNSAID, Card, Notification
from provisioning.registrations.models import ADOPTED, Event, Operation, Registration
from provisioning.registrations.operations import UNDOABLE

CARD_RETENTION = timedelta(days=2)  # of messages that only have a card drawn again
LISTED = 100  # of the newest operations, more than any list shows; their Macs are counted
COMPLAINT = "complaint:"  # begins the `once` of an answer to a file that Slack may announce twice


def events(session: Session, before: datetime, until: datetime) -> ColumnElement[bool]:
    """The condition of events that are older than `before` and not needed.

    Those of a Mac that changed just before `until` stay: an undo may bring it back to a former
    card, and statistics count its confirmations since then.
    """
    later = aliased(Event)
    is_superseded = exists().where(
        later.registration_id == Event.registration_id,
        later.what == Event.what,
        later.id > Event.id,
    )
    return and_(
        Event.at < before,
        is_superseded,
        ~_is_first_confirmation(),
        or_(Event.act_id.is_(None), Event.act_id.not_in(_kept_operations(session))),
        ~exists().where(
            Registration.id == Event.registration_id, Registration.changed_at > until - UNDOABLE
        ),
    )


def _is_first_confirmation() -> ColumnElement[bool]:
    """The condition that an event is the first confirmation since the Mac was asked for."""
    asked_at = (
        select(func.coalesce(Card.created_at, Registration.created_at))
        .select_from(Registration)
        .outerjoin(Card, Card.id == Registration.card_id)
        .where(Registration.id == Event.registration_id)
        .correlate(Event)
        .scalar_subquery()
    )
    earlier = aliased(Event)
    is_preceded = exists().where(
        earlier.registration_id == Event.registration_id,
        earlier.what == "confirmed",
        # Of those of one moment, the first: to compare each with all others would take seconds.
        tuple_(earlier.at, earlier.id) < tuple_(Event.at, Event.id),
        earlier.at >= asked_at,
    )
    return (Event.what == "confirmed") & (Event.at >= asked_at) & ~is_preceded


def _kept_operations(session: Session) -> Sequence[int]:
    """The operations that can be undone however old they are, and those that lists may show."""
    undoable = Operation.what.in_((ADOPTED, RENAMED)) & Operation.undone_at.is_(None)
    newest = select(Operation.id).order_by(Operation.id.desc()).limit(LISTED)
    return [*session.scalars(select(Operation.id).where(undoable)), *session.scalars(newest)]


def revisions(before: datetime) -> ColumnElement[bool]:
    """The condition of revisions that are older than `before` and not needed."""
    later = aliased(Revision)
    is_superseded = exists().where(later.name == Revision.name, later.id > Revision.id)
    is_compared = exists().where(
        Replacement.registration_id == Revision.registration_id, Replacement.ended_at.is_(None)
    )
    return and_(Revision.at < before, is_superseded, ~is_compared)


def drifts(before: datetime) -> ColumnElement[bool]:
    """The condition of drifts settled before `before`, whose cards have no open question."""
    other = aliased(Drift)
    is_asked = exists().where(other.card_id == Drift.card_id, other.settled_at.is_(None))
    return and_(Drift.settled_at < before, ~is_asked)


def messages(before: datetime | None, cards_before: datetime) -> ColumnElement[bool]:
    """The condition of messages that were settled before `before`; of cards, `cards_before`."""
    is_settled = Notification.state.in_((SENT, UNSAID))
    drawn = (Notification.kind == CARD) & (Notification.settled_at < cards_before)
    if before is None:
        return is_settled & drawn
    # The key `once` of news may be valid forever; other keys name a time or an event.
    forgettable = or_(
        Notification.once.is_(None),
        Notification.kind != NEWS,
        Notification.once.startswith(COMPLAINT),
    )
    return is_settled & or_(forgettable & (Notification.settled_at < before), drawn)


def imports(before: datetime) -> ColumnElement[bool]:
    """The condition of imports settled before `before`, whose Macs are still kept."""
    return and_(
        Import.state.in_((DROPPED, REGISTERED)),
        Import.settled_at < before,
        Import.reading.is_not(None),
    )
