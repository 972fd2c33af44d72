"""News for people whose registrations cannot be shown, as their channel refuses Rollcall."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from provisioning.outbox import outbox
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import UNHEARD, Card
from provisioning.outbox.outcomes import Refused
from provisioning.values.slack import is_channel_id, is_user_id


def tell(
    session: Session, claimed: Claim, refused: Refused, at: datetime, *, admins: Iterable[str] = ()
) -> None:
    """Enqueue news for the person of a card, once a card, that its channel refuses Rollcall.

    `admins` are told once a day and channel.
    """
    channel = claimed.notification.channel
    if not refused.is_of_channel or not is_channel_id(channel):
        return
    card_id = claimed.notification.card_id or claimed.notification.thread_id
    card = session.get(Card, card_id) if card_id else None
    once = {admin: f"unheard:{channel}:{admin}:{at:%Y-%m-%d}" for admin in admins}
    if card is not None:
        once[card.registered_by] = f"unheard:{card.id}"
    for user, key in once.items():
        if is_user_id(user):
            payload = {"channel": channel, "reason": refused.reason}
            outbox.enqueue_message(
                session, UNHEARD, channel=user, payload=payload, at=at, dedup_key=key
            )
