"""Messages about unfinished Macs: those that stalled while they were imaged, and reminders."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.models import REMINDER, STALL, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations.models import ADOPTED, CONFIRMED, IMAGING, IS_OPEN, Registration

MAX_NOTICED = 500  # in one round

_LAST_REPORT_AT = func.coalesce(Registration.heard_at, Registration.changed_at)


def notice(session: Session, policy: Policy, *, channel: str, now: datetime) -> int:
    """Enqueue messages about the Macs that stalled since the last call. Returns their number.

    Those of one person and card share one message, in the card's thread. A message that mentions a
    person is not sent in the site's quiet hours, but in the morning, if the Macs are still silent.
    Without a card it goes to the site's channel, to `channel` where the site has none.
    """
    silent = _silent(session, now - policy.stall_after(IMAGING))
    if not silent:
        return 0
    session.execute(
        update(Registration)
        .where(Registration.id.in_([mac.id for mac in silent]))
        .values(mentioned_at=now)
    )
    cards = _cards(session, silent)
    for changed in cards.values():
        outbox.enqueue_card(session, changed, at=now)
    for (card_id, by, site), macs in _grouped(silent):
        card = cards.get(card_id) if card_id is not None else None
        due_at = policy.next_morning(site, now) if by else now
        outbox.enqueue_message(
            session,
            STALL,
            channel=card or policy.channel_for(site, channel),
            payload={"by": by, "since": now.isoformat(), "macs": [mac.id for mac in macs]},
            at=now,
            due_at=due_at if due_at > now else None,
        )
    return len(silent)


def still_silent(session: Session, notification: Notification) -> list[Registration]:
    """Return the Macs of a pending message that have sent no report since it was enqueued."""
    since = datetime.fromisoformat(notification.facts["since"])
    query = select(Registration).where(
        Registration.id.in_(notification.facts["macs"]),
        Registration.state == IMAGING,
        IS_OPEN,
        Registration.mentioned_at == since,
    )
    return list(session.scalars(query.order_by(Registration.id)))


def remind(
    session: Session, registration: Registration, user: str, due_at: datetime, *, at: datetime
) -> bool:
    """Enqueue a direct message to a person about a Mac, for `due_at`; a Mac that is done skips it.

    Returns False where the same reminder for that minute is enqueued already.
    """
    return outbox.enqueue_message(
        session,
        REMINDER,
        channel=user,
        payload={"serial": registration.name, "registration": registration.id},
        at=at,
        dedup_key=f"remind {registration.id} {user} {due_at:%Y-%m-%dT%H:%M}",
        due_at=due_at,
    )


def still_to_do(session: Session, notification: Notification) -> Registration | None:
    """Return the Mac of a reminder; None where it was confirmed or cancelled meanwhile."""
    registration = session.get_one(Registration, notification.facts["registration"])
    is_done = registration.state == CONFIRMED or registration.closed_at is not None
    return None if is_done else registration


def _silent(session: Session, before: datetime) -> list[Registration]:
    """The Macs without a report since `before` and without a message about it; locked."""
    unmentioned: ColumnElement[bool] = Registration.mentioned_at.is_(None)
    query = (
        select(Registration)
        .where(Registration.state == IMAGING, IS_OPEN, unmentioned, before > _LAST_REPORT_AT)
        .order_by(Registration.id)
        .limit(MAX_NOTICED)
        .with_for_update(skip_locked=True, key_share=True)
    )
    return list(session.scalars(query))


def _cards(session: Session, silent: Iterable[Registration]) -> dict[int, Card]:
    ids = {mac.card_id for mac in silent if mac.card_id is not None}
    return {card.id: card for card in session.scalars(select(Card).where(Card.id.in_(ids)))}


def _grouped(
    silent: Iterable[Registration],
) -> Iterable[tuple[tuple[int | None, str | None, str], list[Registration]]]:
    def shared(mac: Registration) -> tuple[int, str, str]:
        by = "" if mac.registered_by == ADOPTED else mac.registered_by
        return mac.card_id or 0, by or "", mac.site

    for (card_id, by, site), macs in groupby(sorted(silent, key=shared), key=shared):
        yield (card_id or None, by or None, site), list(macs)
