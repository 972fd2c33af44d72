"""A drawn message on its way to Slack, and the question whether it is there already."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot import uploads
from bot.drawings import Posting
from bot.outcomes import StillInDoubt

log = structlog.get_logger()

METADATA = "rollcall"  # the event type of our messages' metadata
MOST_PAGES = 40  # of 200 messages: Slack has 50 a minute read, and a copy may be days old
LONGEST_LOOK = 30.0  # seconds: then there is time to post within a courier's lease, at 10 s a call
SKEW = timedelta(minutes=5)  # that Slack's clock and ours may differ by


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
    if posting.document is not None:
        return uploads.send(slack, posting)
    look: dict[str, Any] = {
        "channel": posting.channel,
        "text": posting.message.text,
        "blocks": posting.message.blocks,
        "metadata": {"event_type": METADATA, "event_payload": {"key": posting.key}},
    }
    if ts is not None:
        slack.chat_update(ts=ts, **look)
        return ts
    if posting.thread_ts is not None:
        look["thread_ts"] = posting.thread_ts
    answer = slack.chat_postMessage(unfurl_links=False, unfurl_media=False, **look)
    if not answer.get("ts"):
        raise SlackRequestError("Slack took the message and did not say its ts")
    return str(answer["ts"])


def _shown_already(slack: WebClient, posting: Posting, since: datetime) -> str | None:
    """Look for a posting by its key. None where it is not there, or where Slack will not say."""
    try:
        for message in _history(slack, posting, since - SKEW):
            if _is_this(message, posting):
                return str(message["ts"])
    except Exception as error:
        if _may_not_look(error):
            log.warning("cannot ask Slack", reason=str(error)[:200])
            return None
        raise StillInDoubt from error
    return None


def _is_this(message: dict[str, Any], posting: Posting) -> bool:
    if posting.document is not None:
        names = [file.get("name") for file in message.get("files") or []]
        return uploads.name_of(posting) in names
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == METADATA and payload.get("key") == posting.key


def _may_not_look(error: Exception) -> bool:
    """Whether Slack will never say: then a message said twice is better than one never said."""
    return isinstance(error, SlackApiError) and error.response.get("error") == "missing_scope"


def _history(slack: WebClient, posting: Posting, since: datetime) -> Iterator[dict[str, Any]]:
    """The messages of a channel, or of a thread, since then, with their metadata."""
    wanted: dict[str, Any] = {
        "channel": posting.channel,
        "oldest": f"{since.timestamp():.6f}",
        "include_all_metadata": True,
        "limit": 200,
    }
    pages: SlackResponse = (
        slack.conversations_replies(ts=posting.thread_ts, **wanted)
        if posting.thread_ts
        else slack.conversations_history(**wanted)
    )
    began = time.monotonic()
    for number, page in enumerate(pages, 1):
        yield from page["messages"]
        if number == MOST_PAGES or time.monotonic() - began > LONGEST_LOOK:
            log.warning("looked not as far back as wanted", channel=posting.channel)
            return
