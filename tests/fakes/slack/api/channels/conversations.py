"""Conversations: opened with one person, and read."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.slack.api.frame.access import direct, need, readable
from tests.fakes.slack.api.frame.paging import page
from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused


def open_direct(team: Team, arguments: Arguments) -> JSON:
    """The direct conversation with one person, by their id."""
    users = list(filter(None, arguments.text("users").split(",")))
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        need(team, "mpim:write")
        raise NotImplementedError("the stand-in has no direct conversations of several people")
    if users[0] not in team.members:
        raise Refused("user_not_found")
    return {"channel": {"id": direct(team, users[0]).id}}


def history(team: Team, arguments: Arguments) -> JSON:
    """The messages of a channel, newest first, without the replies in threads alone."""
    channel = readable(team, arguments.text("channel"))
    top = [
        message
        for message in channel.messages
        if message.broadcast or message.thread_ts in (None, message.ts)
    ]
    return _page(channel, _within(top, arguments)[::-1], arguments)


def replies(team: Team, arguments: Arguments) -> JSON:
    """A message and the replies to it, oldest first; a reply alone has none."""
    channel = readable(team, arguments.text("channel"))
    parent = channel.find(arguments.text("ts"))
    if parent is None:
        raise Refused("thread_not_found")
    answers = channel.replies_to(parent)
    return _page(channel, [parent, *_within(answers, arguments)], arguments)


def _within(messages: Sequence[Message], arguments: Arguments) -> list[Message]:
    """The messages between `oldest` and `latest`; at these moments only if `inclusive`."""
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


def _page(channel: Channel, messages: Sequence[Message], arguments: Arguments) -> JSON:
    shown, cursor = page(messages, arguments, default=100)
    metadata = arguments.flag("include_all_metadata")
    answer: JSON = {
        "messages": [_with_thread(channel, message, metadata) for message in shown],
        "has_more": bool(cursor),
    }
    if cursor:
        answer["response_metadata"] = {"next_cursor": cursor}
    return answer


def _with_thread(channel: Channel, message: Message, metadata: bool) -> JSON:
    """A message, and of the parent of a thread what hangs below it."""
    shown = message.as_json(metadata=metadata)
    thread = channel.replies_to(message)
    if not thread:
        return shown
    people = list(dict.fromkeys(reply.user for reply in thread))
    return {
        **shown,
        "thread_ts": message.ts,
        "reply_count": len(thread),
        "reply_users_count": len(people),
        "reply_users": people,
        "latest_reply": thread[-1].ts,
    }
