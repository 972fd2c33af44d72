"""People: users.info, users.list and usergroups.users.list."""

from __future__ import annotations

from tests.fakes.slack.api.frame.paging import page
from tests.fakes.slack.state.members import Member
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused


def info(team: Team, arguments: Arguments) -> JSON:
    """One person, also of another workspace."""
    member = team.members.get(arguments.text("user"))
    if member is None:
        raise Refused("user_not_found")
    return {"user": _shown(member, arguments, stranger=_stranger(team, member))}


def listed(team: Team, arguments: Arguments) -> JSON:
    """The people and bots of this workspace, without those of other ones."""
    own = [member for member in team.members.values() if member.team_id == team.app.team_id]
    shown, cursor = page(own, arguments, default=1000, most=1000)
    return {
        "members": [_shown(member, arguments) for member in shown],
        "cache_ts": int(team.clock()),
        "response_metadata": {"next_cursor": cursor},
    }


def in_group(team: Team, arguments: Arguments) -> JSON:
    """The people of one user group."""
    group = team.groups.get(arguments.required("usergroup"))
    if group is None or (group.disabled and not arguments.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


def _shown(member: Member, arguments: Arguments, *, stranger: bool = False) -> JSON:
    """A user object, with the language where it is asked for."""
    user = member.as_json(stranger=stranger)
    return {**user, "locale": member.locale} if arguments.flag("include_locale") else user


def _stranger(team: Team, member: Member) -> bool:
    """True for someone of another workspace with whom the bot shares no channel."""
    shared = {
        team_id
        for channel in team.channels.values()
        if channel.bot_is_member
        for team_id in channel.shared_with
    }
    return member.team_id not in {team.app.team_id, *shared}
