"""Which channels a call may use."""

from __future__ import annotations

from tests.support.slack.messages import Channel
from tests.support.slack.team import Team
from tests.support.slack.wire import Refused


def need(team: Team, scope: str) -> None:
    """Raise Refused where the app was not granted this scope."""
    if scope not in team.app.scopes:
        provided = ",".join(sorted(team.app.scopes))
        raise Refused("missing_scope", needed=scope, provided=provided)


def visible(team: Team, channel_id: str) -> Channel:
    """A channel that the bot can know of. A private one without the bot is not found."""
    channel = team.channels.get(channel_id)
    if channel is None or (channel.private and not channel.bot_is_member):
        raise Refused("channel_not_found")
    return channel


def readable(team: Team, channel_id: str) -> Channel:
    """A channel that the bot may read: it is a member, and the app has the scope."""
    channel = visible(team, channel_id)
    need(team, "groups:history" if channel.private else "channels:history")
    if not channel.bot_is_member:
        raise Refused("not_in_channel")
    return channel


def writable(team: Team, channel_id: str) -> Channel:
    """A channel that the bot may write to: a member, or any public one with chat:write.public."""
    channel = visible(team, channel_id)
    if channel.archived:
        raise Refused("is_archived")
    if not channel.bot_is_member and "chat:write.public" not in team.app.scopes:
        raise Refused("not_in_channel")
    return channel
