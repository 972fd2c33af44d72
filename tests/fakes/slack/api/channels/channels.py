"""Finding and opening channels: conversations.info, conversations.list, conversations.open."""

from __future__ import annotations

from tests.fakes.slack.api.frame.access import FAMILY, direct, need, visible
from tests.fakes.slack.api.frame.paging import page
from tests.fakes.slack.state.messages import Channel
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused

KINDS = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": ""}
"""The words of conversations.list for what a channel is; no mpim is here."""


def info(team: Team, arguments: Arguments) -> JSON:
    """One channel."""
    channel = visible(team, arguments.text("channel"))
    need(team, f"{FAMILY[channel.kind]}:read")
    return {"channel": channel.as_json()}


def listed(team: Team, arguments: Arguments) -> JSON:
    """The channels that the bot can know of: public ones unless `types` says otherwise."""
    types = (arguments.text("types") or "public_channel").split(",")
    if not set(types) <= KINDS.keys():
        raise Refused("invalid_types")
    kinds = [KINDS[each] for each in types]
    for kind in filter(None, kinds):
        need(team, f"{FAMILY[kind]}:read")
    unwanted = arguments.flag("exclude_archived")
    found = [
        channel
        for channel in team.channels.values()
        if channel.kind in kinds and _known(channel) and not (unwanted and channel.archived)
    ]
    shown, cursor = page(found, arguments, default=100)
    channels = [channel.as_json() for channel in shown]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def open_direct(team: Team, arguments: Arguments) -> JSON:
    """The direct conversation with one person, by their id or by its own."""
    if "channel" in arguments:
        channel = team.channels.get(arguments.text("channel"))
        if channel is None:
            raise Refused("channel_not_found")
        if not channel.user:
            raise Refused("method_not_supported_for_channel_type")
        return _opened(channel, arguments, already=True)
    users = list(filter(None, arguments.text("users").split(",")))
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        need(team, "mpim:write")
        raise NotImplementedError("the stand-in has no direct conversations of several people")
    if users[0] not in team.members:
        raise Refused("user_not_found")
    already = f"D{users[0][1:]}" in team.channels
    return _opened(direct(team, users[0]), arguments, already=already)


def _opened(channel: Channel, arguments: Arguments, *, already: bool) -> JSON:
    shown = channel.as_json() if arguments.flag("return_im") else {"id": channel.id}
    return {"channel": shown, **({"no_op": True, "already_open": True} if already else {})}


def _known(channel: Channel) -> bool:
    return channel.bot_is_member or not channel.private
