"""News of Macs that are not done: those that fell silent while imaged, and reminders."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.models import REMINDER, STALL, Card, Notification
from provisioning.policy import Policy
from provisioning.registrations.models import CONFIRMED, IMAGING, Registration

MOST_NOTICED = 500  # in one round

_LAST_WORD = func.coalesce(Registration.heard_at, Registration.changed_at)


def notice(session: Session, policy: Policy, *, channel: str, now: datetime) -> int:
    """Owe news of the Macs that fell silent since the last look; returns how many they are.

    Those of one person and card are told in one message, in the card's thread. Nobody is
    mentioned in a site's quiet hours: then it is said in the morning, if it still holds. What
    nobody registered is told to the site's channel, `channel` where it has none.
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
            channel=card.channel if card else policy.channel_for(site, channel),
            facts={"by": by, "since": now.isoformat(), "macs": [mac.id for mac in macs]},
            at=now,
            thread=card,
            due_at=due_at if due_at > now else None,
        )
    return len(silent)


def still_silent(session: Session, owed: Notification) -> list[Registration]:
    """Return the Macs of an owed message that have said nothing since it was owed."""
    since = datetime.fromisoformat(owed.facts["since"])
    query = select(Registration).where(
        Registration.id.in_(owed.facts["macs"]),
        Registration.state == IMAGING,
        Registration.closed_at.is_(None),
        Registration.mentioned_at == since,
    )
    return list(session.scalars(query.order_by(Registration.id)))


def remind(
    session: Session, registration: Registration, user: str, due_at: datetime, *, at: datetime
) -> bool:
    """Owe a person a direct message about a Mac at `due_at`, which is not sent if it is done then.

    Returns False where they are to be reminded of it at that minute already.
    """
    return outbox.enqueue_message(
        session,
        REMINDER,
        channel=user,
        facts={"serial": registration.name, "registration": registration.id},
        at=at,
        once=f"remind {registration.id} {user} {due_at:%Y-%m-%dT%H:%M}",
        due_at=due_at,
    )


def still_to_do(session: Session, owed: Notification) -> Registration | None:
    """Return the Mac of a reminder; None where it was confirmed or cancelled meanwhile."""
    registration = session.get_one(Registration, owed.facts["registration"])
    is_done = registration.state == CONFIRMED or registration.closed_at is not None
    return None if is_done else registration


def _silent(session: Session, before: datetime) -> list[Registration]:
    """The Macs without a word since `before` of which nobody was told; locked, so told once."""
    untold: ColumnElement[bool] = Registration.mentioned_at.is_(None)
    query = (
        select(Registration)
        .where(
            Registration.state == IMAGING,
            Registration.closed_at.is_(None),
            untold,
            before > _LAST_WORD,
        )
        .order_by(Registration.id)
        .limit(MOST_NOTICED)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(query))


def _cards(session: Session, silent: Iterable[Registration]) -> dict[int, Card]:
    ids = {mac.card_id for mac in silent if mac.card_id is not None}
    return {card.id: card for card in session.scalars(select(Card).where(Card.id.in_(ids)))}


def _grouped(
    silent: Iterable[Registration],
) -> Iterable[tuple[tuple[int | None, str | None, str], list[Registration]]]:
    def shared(mac: Registration) -> tuple[int, str, str]:
        return mac.card_id or 0, mac.registered_by or "", mac.site

    for (card_id, by, site), macs in groupby(sorted(silent, key=shared), key=shared):
        yield (card_id or None, by or None, site), list(macs)
