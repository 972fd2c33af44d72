"""A drawn message on its way to Slack, and the question whether it is there already."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.delivery import uploads
from bot.delivery.rendering import OutgoingMessage
from bot.slack.results import NotPosted, preparing
from provisioning.outbox.claims import Claim
from provisioning.outbox.doubts import Doubt

log = structlog.get_logger()

METADATA = "rollcall"  # the event type of our messages' metadata
MOST_PAGES = 40  # of 200 messages: Slack has 50 a minute read, and a copy may be days old
LONGEST_LOOK = 30.0  # seconds: then there is time to post within a courier's lease, at 10 s a call


def send(
    slack: WebClient, posting: OutgoingMessage, claimed: Claim, clock: Callable[[], datetime]
) -> str:
    """Show a posting and return its ts. Raises NotPosted, and what slack_sdk raises.

    Where an earlier attempt may have succeeded, Slack is asked first, and while it may still
    succeed nothing is posted. Editing needs no such question: an edit can be repeated.
    """
    ts, doubt = posting.ts, claimed.doubt
    if ts is None and doubt is not None:
        with preparing():
            ts = _found(slack, posting, doubt)
        if ts is not None and not posting.living:
            return ts
        if ts is None and clock() < doubt.lost_at:
            raise NotPosted("not shown yet, and Slack may still take it")

    def begin() -> None:
        """Raise NotPosted where the answer might come after the lease: another has it then."""
        if clock() + timedelta(seconds=slack.timeout) > claimed.until:
            raise NotPosted("there was no time left to post it")

    if posting.document is not None:
        return uploads.send(slack, posting, begin)
    look: dict[str, Any] = {
        "channel": posting.channel,
        "text": posting.message.text,
        "blocks": posting.message.blocks,
        "metadata": {"event_type": METADATA, "event_payload": {"key": posting.key}},
    }
    begin()
    if ts is not None:
        slack.chat_update(ts=ts, **look)
        return ts
    if posting.thread_ts is not None:
        look["thread_ts"] = posting.thread_ts
    answer = slack.chat_postMessage(unfurl_links=False, unfurl_media=False, **look)
    if not answer.get("ts"):
        raise SlackRequestError("Slack took the message and did not say its ts")
    return str(answer["ts"])


def _found(slack: WebClient, posting: OutgoingMessage, doubt: Doubt) -> str | None:
    """Look for a posting by its key. None where it is not there, or where Slack will never say.

    It may be in a thread where it would now be said in the channel, and the other way round.
    """
    places = dict.fromkeys((posting.thread_ts, posting.card_ts, None))
    until = time.monotonic() + LONGEST_LOOK
    for thread_ts in places:
        try:
            for message in _history(slack, posting.channel, thread_ts, doubt.after_ts, until):
                if _is_this(message, posting):
                    return str(message["ts"])
        except SlackApiError as error:
            code = error.response.get("error")
            if code == "missing_scope":  # said twice is better than never said
                log.warning("cannot ask Slack", reason=str(error)[:200])
            elif code != "thread_not_found":  # somebody deleted it
                raise
    return None


def _is_this(message: dict[str, Any], posting: OutgoingMessage) -> bool:
    if posting.document is not None:
        names = [file.get("name") for file in message.get("files") or []]
        return uploads.name_of(posting) in names
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == METADATA and payload.get("key") == posting.key


def _history(
    slack: WebClient, channel: str, thread_ts: str | None, after_ts: str | None, until: float
) -> Iterator[dict[str, Any]]:
    """The messages of a channel, or of a thread, after that one, with their metadata.

    No page is asked for after `until`, of the monotonic clock.
    """
    wanted: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 200}
    if after_ts is not None:
        wanted["oldest"] = after_ts
    pages: SlackResponse = (
        slack.conversations_replies(ts=thread_ts, **wanted)
        if thread_ts
        else slack.conversations_history(**wanted)
    )
    for number, page in enumerate(pages, 1):
        yield from page["messages"]
        if number == MOST_PAGES or time.monotonic() > until:
            log.warning("looked not as far back as wanted", channel=channel)
            return
