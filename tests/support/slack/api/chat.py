"""Saying something: chat.postMessage, chat.update, chat.postEphemeral."""

from __future__ import annotations

from tests.support.slack.api.access import writable
from tests.support.slack.calls import Arguments
from tests.support.slack.drafts import check_length, check_presence, draft
from tests.support.slack.messages import Channel
from tests.support.slack.team import Team
from tests.support.slack.wire import JSON, Refused


class RateLimited(Exception):
    """HTTP 429. Try again after so many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after


def post_message(team: Team, arguments: Arguments) -> JSON:
    """Post to a channel, or with `thread_ts` into a thread."""
    channel = writable(team, arguments.text("channel"))
    content = draft(arguments)
    check_presence(content)
    check_length(content)
    thread_ts = arguments.text("thread_ts")
    if thread_ts and not channel.find(thread_ts):
        raise Refused("thread_not_found")
    _keep_pace(team, channel)
    message = team.say(channel, team.app.bot_user_id, content, thread_ts)
    return {"channel": channel.id, "ts": message.ts, "message": message.as_json(metadata=True)}


def update(team: Team, arguments: Arguments) -> JSON:
    """Edit one of the bot's own messages in place."""
    channel = writable(team, arguments.text("channel"))
    message = channel.find(arguments.text("ts"))
    if message is None:
        raise Refused("message_not_found")
    if not message.bot:
        raise Refused("cant_update_message")
    content = draft(arguments)
    if content.text is None and content.blocks is None and content.metadata is None:
        raise Refused("no_text")
    check_length(content)
    _keep_pace(team, channel)
    team.edit(message, content)
    answer = {"channel": channel.id, "ts": message.ts, "text": message.text}
    return {**answer, "message": message.as_json(metadata=True)}


def post_ephemeral(team: Team, arguments: Arguments) -> JSON:
    """Show a message to one person of the channel."""
    channel = writable(team, arguments.text("channel"))
    user_id = arguments.text("user")
    if user_id not in team.names:
        raise Refused("user_not_in_channel")
    content = draft(arguments)
    check_presence(content)
    check_length(content)
    return {"message_ts": team.whisper(channel.id, user_id, content).ts}


def _keep_pace(team: Team, channel: Channel) -> None:
    if retry_after := team.pace.take(channel.id):
        raise RateLimited(retry_after)
