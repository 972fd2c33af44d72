"""Events about new messages of people (docs.slack.dev, "Events")."""

from __future__ import annotations

from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.wire import JSON

SUBSCRIPTIONS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


def announce(team: Team, channel: Channel, message: Message) -> None:
    """Send the events of a new message: of its files, of itself, of the mention in it. A bot
    hears nothing of conversations of which it is not a member.
    """
    if not channel.bot_is_member:
        return
    home = message.team_id if message.team_id != team.app.team_id else ""
    outer: JSON = {"is_ext_shared_channel": bool(home or channel.shared_with)}
    for file in message.files:
        shared = _file_shared(file.id, message, team.timestamps.next())
        team.events.tell("file_shared", shared, outer)
    theirs = {**outer, "team_id": message.team_id}
    team.events.tell(SUBSCRIPTIONS[channel.kind], _message(channel, message), theirs)
    if f"<@{team.app.bot_user_id}>" in message.text and channel.kind != "im":
        mention = _mention(channel, message, team.app.team_id, home)
        team.events.tell("app_mention", mention, outer)


def announce_edit(team: Team, channel: Channel, message: Message, before: str) -> None:
    """Send the event of a message whose text was another one before
    (docs.slack.dev/reference/events/message/message_changed).
    """
    if not channel.bot_is_member:
        return
    edited = {"user": message.user, "ts": team.timestamps.next()}
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": {**message.as_json(), "edited": edited},
        "previous_message": {**message.as_json(), "text": before},
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": edited["ts"],
        "event_ts": edited["ts"],
    }
    team.events.tell(SUBSCRIPTIONS[channel.kind], event)


def announce_member(team: Team, channel: Channel) -> None:
    """Send the event of the app's bot that has become a member of a channel
    (docs.slack.dev/reference/events/member_joined_channel).
    """
    if channel.private and "groups:read" not in team.app.scopes:
        return
    if not channel.private and "channels:read" not in team.app.scopes:
        return
    joined = {"type": "member_joined_channel", "user": team.app.bot_user_id, "channel": channel.id}
    team.events.tell(
        "member_joined_channel",
        {
            **joined,
            "channel_type": channel.id[:1],
            "team": team.app.team_id,
            "event_ts": team.timestamps.next(),
        },
    )


def announce_unarchived(team: Team, channel: Channel, user: str) -> None:
    """Send the event of a channel that is no longer archived."""
    if not channel.bot_is_member:
        return
    kind = "group_unarchive" if channel.private else "channel_unarchive"
    who = {"actor_id": user} if channel.private else {"user": user}
    event = {"type": kind, "channel": channel.id, "event_ts": team.timestamps.next(), **who}
    team.events.tell(kind, event)


def _file_shared(file_id: str, message: Message, event_ts: str) -> JSON:
    return {
        "type": "file_shared",
        "file_id": file_id,
        "user_id": message.user,
        "file": {"id": file_id},
        "channel_id": message.channel_id,
        "event_ts": event_ts,
    }


def _message(channel: Channel, message: Message) -> JSON:
    where = {"channel": channel.id, "channel_type": channel.kind, "event_ts": message.ts}
    return {**_told(channel, message), **where}


def _mention(channel: Channel, message: Message, team_id: str, home: str) -> JSON:
    """The event of a mention. A person of another workspace has other fields than in a message."""
    teams = {"team": team_id, "user_team": home, "source_team": home} if home else {}
    shown = {key: value for key, value in _told(channel, message).items() if key != "subtype"}
    return {**shown, **teams, "type": "app_mention", "channel": channel.id, "event_ts": message.ts}


def _told(channel: Channel, message: Message) -> JSON:
    """The message as an event tells it: of a shared channel's files the ids alone."""
    shown = message.as_json()
    if channel.shared_with and message.files:
        shown["files"] = [file.hidden_json() for file in message.files]
    return shown
