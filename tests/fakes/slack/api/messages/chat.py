"""Saying something: chat.postMessage, chat.update."""

from __future__ import annotations

from typing import NoReturn

from tests.fakes.slack.api.frame.access import writable
from tests.fakes.slack.state.drafts import Draft, check_edit, check_length, check_presence, draft
from tests.fakes.slack.state.messages import Channel
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.pace import RateLimited
from tests.fakes.slack.web.wire import JSON, Refused, refuse_for


def post_message(team: Team, arguments: Arguments) -> JSON:
    """Post to a channel or a person, or with `thread_ts` into a thread.

    A reply is shown in its channel too where `reply_broadcast` asks for it.
    """
    channel = writable(team, arguments.text("channel"))
    content = _content(arguments)
    check_presence(content)
    thread_ts = thread_of(channel, arguments)
    broadcast = arguments.flag("reply_broadcast")
    if broadcast and not thread_ts:
        _refuse_broadcast()
    _keep_pace(team, channel)
    message = team.say(channel, team.app.bot_user_id, content, thread_ts, broadcast=broadcast)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json(metadata=True)}


def update(team: Team, arguments: Arguments) -> JSON:
    """Edit one of the bot's own messages in place.

    Slack broadcasts an old reply by an edit that has no content; nobody does that here.
    """
    if arguments.flag("reply_broadcast"):
        _refuse_broadcast()
    channel = _addressed(team, arguments)
    message = channel.find(arguments.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.bot:
        raise Refused("cant_update_message")
    content = _content(arguments)
    if content.text is None and content.blocks is None and content.metadata is None:
        raise Refused("no_text")
    check_edit(content)
    _keep_pace(team, channel)
    team.edit(message, content)
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**answer, "message": message.as_json(metadata=True)}


def thread_of(channel: Channel, arguments: Arguments) -> str:
    """The parent that `thread_ts` names, or nothing. Raises Refused.

    The docs say to "avoid using a reply's `ts` value"; here it is refused, to find who does.
    """
    thread_ts = arguments.text("thread_ts")
    parent = channel.find(thread_ts) if thread_ts else None
    if thread_ts and (parent is None or parent.thread_ts not in (None, parent.ts)):
        raise Refused("thread_not_found")
    return thread_ts


def _addressed(team: Team, arguments: Arguments) -> Channel:
    """Only chat.postMessage takes a person's id for the conversation with them."""
    channel_id = arguments.text("channel")
    if channel_id in team.members:
        raise Refused("channel_not_found")
    return writable(team, channel_id)


def _content(arguments: Arguments) -> Draft:
    content = draft(arguments)
    check_length(content)
    return content


def _refuse_broadcast() -> NoReturn:
    problem = "the stand-in broadcasts new replies alone [json-pointer:/reply_broadcast]"
    raise refuse_for("invalid_arguments", [problem])


def _keep_pace(team: Team, channel: Channel) -> None:
    if retry_after := team.pace.take(channel.id):
        raise RateLimited(retry_after)
