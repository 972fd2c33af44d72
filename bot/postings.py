"""From an outbox row to a message in Slack."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from sqlalchemy.orm import Session

from bot.blocks import channel
from bot.blocks.texts import Message
from bot.outcomes import StillInDoubt
from provisioning import lookups
from provisioning.models import CARD, CONFIRMATION, Card, Notification

log = structlog.get_logger()

METADATA = "rollcall"  # the event type of our messages' metadata
LATE = timedelta(minutes=1)  # from when on a message says when it happened
MOST_PAGES = 4  # of 200 messages: what fits into a courier's lease, at 10 s a call
SKEW = timedelta(minutes=5)  # that Slack's clock and ours may differ by


@dataclass(frozen=True, slots=True)
class Posting:
    """A message for a channel: new under its `key`, or the edit of the one shown as `ts`.

    One that is `living` is edited whenever its subject changes; the others are said once.
    """

    channel: str
    key: str
    message: Message
    living: bool = False
    ts: str | None = None


def draw(session: Session, owed: Notification, now: datetime) -> Posting:
    """Return what to show for a notification, from the state of things right now."""
    if owed.kind == CARD:
        card = session.get_one(Card, owed.card_id)
        message = channel.card(card, *lookups.on_card(session, card, channel.MOST_MACS))
        return Posting(card.channel, card.key, message, living=True, ts=card.ts)
    late = owed.occurred_at if now - owed.occurred_at > LATE else None
    present = channel.confirmation if owed.kind == CONFIRMATION else channel.trouble
    return Posting(owed.channel, owed.key, present(owed.facts, late))


def send(slack: WebClient, posting: Posting, doubtful_since: datetime | None) -> str:
    """Show a posting and return its ts. Raises what slack_sdk raises.

    Where an earlier attempt may have succeeded, Slack is asked first; editing needs no such
    question, because an edit can be repeated.
    """
    ts = posting.ts
    if ts is None and doubtful_since is not None:
        ts = _shown_already(slack, posting, doubtful_since)
        if ts is not None and not posting.living:
            return ts
    look: dict[str, Any] = {
        "channel": posting.channel,
        "text": posting.message.text,
        "blocks": posting.message.blocks,
        "metadata": {"event_type": METADATA, "event_payload": {"key": posting.key}},
    }
    if ts is not None:
        slack.chat_update(ts=ts, **look)
        return ts
    answer = slack.chat_postMessage(unfurl_links=False, unfurl_media=False, **look)
    if not answer.get("ts"):
        raise SlackRequestError("Slack took the message and did not say its ts")
    return str(answer["ts"])


def _shown_already(slack: WebClient, posting: Posting, since: datetime) -> str | None:
    """Look for a posting by its key. None where it is not there, or where Slack will not say."""
    try:
        for message in _history(slack, posting.channel, since - SKEW):
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == METADATA and payload.get("key") == posting.key:
                return str(message["ts"])
    except Exception as error:
        if _may_not_look(error):
            log.warning("cannot ask Slack", reason=str(error)[:200])
            return None
        raise StillInDoubt from error
    return None


def _may_not_look(error: Exception) -> bool:
    """Whether Slack will never say: then a message said twice is better than one never said."""
    return isinstance(error, SlackApiError) and error.response.get("error") == "missing_scope"


def _history(slack: WebClient, channel_id: str, since: datetime) -> Iterator[dict[str, Any]]:
    """The messages of a channel since then, newest first, with their metadata."""
    pages = slack.conversations_history(
        channel=channel_id, oldest=f"{since.timestamp():.6f}", include_all_metadata=True, limit=200
    )
    for page in islice(pages, MOST_PAGES):
        yield from page["messages"]
