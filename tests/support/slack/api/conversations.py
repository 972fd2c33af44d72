"""Reading channels: conversations.history, conversations.replies, conversations.info."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from tests.support.slack.api.access import need, readable, visible
from tests.support.slack.calls import Arguments
from tests.support.slack.messages import Message
from tests.support.slack.team import Team
from tests.support.slack.wire import JSON, Refused

MOST = 999


def history(team: Team, arguments: Arguments) -> JSON:
    """The messages of a channel, newest first, without the replies in threads."""
    channel = readable(team, arguments.text("channel"))
    top = [message for message in channel.messages if message.thread_ts in (None, message.ts)]
    return _page(_within(top, arguments)[::-1], arguments)


def replies(team: Team, arguments: Arguments) -> JSON:
    """A message and the replies to it, oldest first."""
    channel = readable(team, arguments.text("channel"))
    parent = channel.find(arguments.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    answers = [each for each in channel.messages if each.thread_ts == parent.ts]
    return _page([parent, *_within(answers, arguments)], arguments)


def info(team: Team, arguments: Arguments) -> JSON:
    """One channel."""
    channel = visible(team, arguments.text("channel"))
    need(team, "groups:read" if channel.private else "channels:read")
    return {"channel": channel.as_json()}


def _within(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    """Those between `oldest` and `latest`, which themselves count only if `inclusive`."""
    oldest = _moment(arguments, "oldest") or 0.0
    latest = _moment(arguments, "latest") or float("inf")
    edges = (oldest, latest) if arguments.flag("inclusive") else ()
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or float(message.ts) in edges
    ]


def _moment(arguments: Arguments, name: str) -> float:
    try:
        return float(arguments.text(name) or 0)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _page(messages: Sequence[Message], arguments: Arguments) -> JSON:
    limit = arguments.number("limit", 100, error="invalid_limit")
    if not 1 <= limit <= MOST:
        raise Refused("invalid_limit")
    start = _start(arguments.text("cursor"))
    page, more = messages[start : start + limit], len(messages) > start + limit
    metadata = arguments.flag("include_all_metadata")
    answer: JSON = {
        "messages": [message.as_json(metadata=metadata) for message in page],
        "has_more": more,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": _cursor(start + limit)}
    return answer


def _cursor(position: int) -> str:
    return base64.b64encode(f"next:{position}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refused("invalid_cursor") from None
