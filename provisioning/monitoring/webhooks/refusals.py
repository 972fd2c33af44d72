"""The consequences of a receiver's refusal: people are told in Slack, once a day."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from infrastructure.text import Sentence
from provisioning.monitoring.webhooks import hooks, queues
from provisioning.monitoring.webhooks.models import Webhook
from provisioning.outbox import outbox
from provisioning.outbox.claims import Claim
from provisioning.outbox.outcomes import Refused
from provisioning.values.slack import escape, is_user_id

ITSELF = "the receiver"  # by whom a webhook was ended


def tell(
    session: Session,
    claimed: Claim,
    refused: Refused,
    at: datetime,
    *,
    channel: str | None = None,
    admins: Collection[str] = (),
) -> None:
    """End a webhook whose receiver is gone, and tell the channel, admins and its maker.

    Each of them is told of a webhook once a day.
    """
    hook = session.get(Webhook, queues.hook_id(claimed.notification.channel))
    if hook is None or hook.ended_at is not None:
        return
    name = escape(hook.description) or str(hook.id)
    if refused.is_of_channel:
        hooks.end(session, hook.id, by=ITSELF, reason=refused.reason, at=at)
        sentence = Sentence(
            "Webhook {number} ({name}) has ended: its receiver answered 410.",
            number=str(hook.id),
            name=name,
        )
    else:
        sentence = Sentence(
            "Webhook {number} ({name}) took no message for three days ({reason}). They are set "
            "aside: `boot.sh webhooks replay {number}` sends them again.",
            number=str(hook.id),
            name=name,
            reason=escape(refused.reason),
        )
    people = filter(is_user_id, {*admins, hook.made_by})
    for place in filter(None, (channel, *people)):
        key = f"webhook:{hook.id}:{refused.is_of_channel}:{place}:{at:%Y-%m-%d}"
        outbox.enqueue_news(session, channel=place, sentence=sentence, at=at, dedup_key=key)
