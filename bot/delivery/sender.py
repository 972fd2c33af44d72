"""The sender of messages to Slack, which first looks for a message that may be there already."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.delivery.rendering import OutgoingMessage
from bot.slack.web.client import TIMEOUT
from bot.slack.web.results import NotPosted, preparing
from infrastructure.execution.pools import pool_for
from provisioning.outbox.claims import Claim
from provisioning.outbox.doubts import Doubt
from provisioning.outbox.models import Document

log = structlog.get_logger()

METADATA = "rollcall"  # the event type of our messages' metadata
# Slack's errors about a thread that admins locked, or whose first message was deleted, or a channel
# without threads; at the same time it takes messages in the channel.
_CLOSED_THREADS = frozenset(
    {
        "cannot_reply_to_message",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)
MAX_PAGES = 40  # of 200 messages: Slack has 50 a minute read, and a copy may be days old
LOOKUP_TIMEOUT = 30.0  # seconds: then there is time to post within a relay's lease, at 10 s a call


def send(
    slack: WebClient, outgoing: OutgoingMessage, claim: Claim, clock: Callable[[], datetime]
) -> str:
    """Post or edit a message and return its ts. Raises NotPosted, and what slack_sdk raises.

    Where an earlier attempt may have succeeded, Slack is asked first, and nothing is posted while
    that may still happen. An edit is sent without asking: it can be repeated.
    """
    ts, doubt = outgoing.ts, claim.doubt
    if ts is None and doubt is not None:
        with preparing():
            ts = _find_ts(slack, outgoing, doubt)
        if ts is not None and not outgoing.living:
            return ts
        if ts is None and clock() < doubt.lost_at:
            raise NotPosted("not shown yet, and Slack may still take it")

    def begin() -> None:
        """Raise NotPosted where the answer might come after the lease: another has it then."""
        if clock() + timedelta(seconds=slack.timeout) > claim.until:
            raise NotPosted("there was no time left to post it")

    if outgoing.document is not None:
        return _upload(slack, outgoing, outgoing.document, begin)
    begin()
    return _show(slack, outgoing, ts)


def _show(slack: WebClient, outgoing: OutgoingMessage, ts: str | None) -> str:
    """Edit the message `ts`, or post a new one. Returns its ts."""
    content: dict[str, Any] = {
        "channel": outgoing.channel,
        "text": outgoing.message.short_text,
        "blocks": outgoing.message.blocks,
        "metadata": {"event_type": METADATA, "event_payload": {"key": outgoing.key}},
    }
    if ts is not None:
        slack.chat_update(ts=ts, **content)
        return ts
    answer = _post(slack, content, _thread(outgoing))
    if not answer.get("ts"):
        raise SlackRequestError("Slack took the message and did not say its ts")
    return str(answer["ts"])


def _post(slack: WebClient, content: dict[str, Any], thread: dict[str, Any]) -> SlackResponse:
    """Post a message in its thread; in the channel where that thread takes no replies any more."""
    content |= {"unfurl_links": False, "unfurl_media": False}
    try:
        return slack.chat_postMessage(**content, **thread)
    except SlackApiError as error:
        code = error.response.get("error")
        if not thread or code not in _CLOSED_THREADS:
            raise
    log.warning("posted in the channel", reason=f"{code}: its thread takes no replies")
    return slack.chat_postMessage(**content)


def _thread(outgoing: OutgoingMessage) -> dict[str, Any]:
    """The arguments that put a message into its thread, and a `broadcast` one into the channel too.

    This cannot be done later: chat.update broadcasts a reply only by an edit without a content.
    """
    if outgoing.thread_ts is None:
        return {}
    broadcast = {"reply_broadcast": True} if outgoing.broadcast else {}
    return {"thread_ts": outgoing.thread_ts, **broadcast}


def _upload(
    slack: WebClient, outgoing: OutgoingMessage, document: Document, begin: Callable[[], None]
) -> str:
    """Upload the document of a message with its text above it; returns the file's id.

    `begin` is called before the step that shows it. Slack does not say the message's ts at once.
    Raises NotPosted before that step, and what slack_sdk raises.
    """
    name = _file_name(document, outgoing.key)
    with preparing():
        target = slack.files_getUploadURLExternal(
            filename=name, length=len(document.content), alt_txt=document.alt or None
        )
        _put(str(target["upload_url"]), document.content)
        begin()
    slack.files_completeUploadExternal(
        files=[{"id": target["file_id"], "title": document.name}],
        channel_id=outgoing.channel,
        thread_ts=outgoing.thread_ts,
        initial_comment=outgoing.message.text,
    )
    return str(target["file_id"])


def _put(url: str, content: bytes) -> None:
    if not url.startswith(("https://", "http://127.0.0.1:", "http://localhost:")):
        raise SlackRequestError("Slack named an upload address that is not https")
    with pool_for(url) as pool:
        answer = pool.request("POST", url, body=content, timeout=TIMEOUT, retries=False)
    if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise OSError(f"HTTP {answer.status} {answer.reason}")


def _find_ts(slack: WebClient, outgoing: OutgoingMessage, doubt: Doubt) -> str | None:
    """Look for a message by its key. None where it is not found, or Slack cannot be asked.

    It may be in a thread even where it would now be posted in the channel, and vice versa.
    """
    until = time.monotonic() + LOOKUP_TIMEOUT
    for thread_ts in dict.fromkeys((outgoing.thread_ts, outgoing.card_ts, None)):
        messages = _history(slack, outgoing.channel, thread_ts, doubt.after_ts, until)
        try:
            found = next((each for each in messages if _is_this(each, outgoing)), None)
        except SlackApiError as error:
            code = error.response.get("error")
            if code == "missing_scope":  # posted twice is better than never posted
                log.warning("cannot ask Slack", reason=str(error)[:200])
            elif code != "thread_not_found":  # the thread was deleted
                raise
            continue
        if found is not None:
            return str(found["ts"])
    return None


def _file_name(document: Document, key: str) -> str:
    """The name of a document in Slack: it has the message's key, so that it can be found."""
    stem, _, suffix = document.name.rpartition(".")
    return f"{stem}-{key[:8]}.{suffix}"


def _is_this(message: dict[str, Any], outgoing: OutgoingMessage) -> bool:
    if outgoing.document is not None:
        names = [file.get("name") for file in message.get("files") or []]
        return _file_name(outgoing.document, outgoing.key) in names
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == METADATA and payload.get("key") == outgoing.key


def _history(
    slack: WebClient, channel: str, thread_ts: str | None, after_ts: str | None, until: float
) -> Iterator[dict[str, Any]]:
    """The messages of a channel or a thread after the message `after_ts`, with their metadata.

    No page is asked for after `until`, of the monotonic clock.
    """
    query: dict[str, Any] = {"channel": channel, "include_all_metadata": True, "limit": 200}
    if after_ts is not None:
        query["oldest"] = after_ts
    pages: SlackResponse = (
        slack.conversations_replies(ts=thread_ts, **query)
        if thread_ts
        else slack.conversations_history(**query)
    )
    for number, page in enumerate(pages, 1):
        yield from page["messages"]
        if number == MAX_PAGES or time.monotonic() > until:
            log.warning("history not read far enough", channel=channel)
            return
