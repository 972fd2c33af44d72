"""The rules for channels: the ones that a call may see, read or write to."""

from __future__ import annotations

from tests.fakes.slack.state.messages import Channel
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.wire import Refused

FAMILY = {"channel": "channels", "group": "groups", "im": "im"}
"""The first part of the scopes' names, by kind of conversation."""


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
    need(team, f"{FAMILY[channel.kind]}:history")
    if not channel.bot_is_member:
        raise Refused("not_in_channel")
    return channel


def writable(team: Team, channel_id: str) -> Channel:
    """A channel that the bot may write to: a member, or any public one with chat:write.public.
    The id of a person opens the direct conversation with them.
    """
    if channel_id in team.members:
        return direct(team, channel_id)
    channel = visible(team, channel_id)
    if channel.archived:
        raise Refused("is_archived")
    if not channel.bot_is_member and "chat:write.public" not in team.app.scopes:
        raise Refused("not_in_channel")
    return channel


def direct(team: Team, user_id: str) -> Channel:
    """The direct conversation with a person. Bots and deactivated people have none."""
    member = team.members[user_id]
    if member.bot:
        raise Refused("cannot_dm_bot")
    if member.deleted:
        raise Refused("user_disabled")
    return team.direct(user_id)
