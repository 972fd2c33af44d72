"""User groups: usergroups.list and usergroups.users.list."""

from __future__ import annotations

from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.calls import Arguments
from tests.fakes.slack.web.wire import JSON, Refused


def listed(team: Team, arguments: Arguments) -> JSON:
    """Every user group; disabled ones only with `include_disabled`."""
    users, count = arguments.flag("include_users"), arguments.flag("include_count")
    disabled = arguments.flag("include_disabled")
    groups = [group for group in team.groups.values() if disabled or not group.disabled]
    return {"usergroups": [group.as_json(users=users, count=count) for group in groups]}


def users(team: Team, arguments: Arguments) -> JSON:
    """The people of one group."""
    group = team.groups.get(arguments.required("usergroup"))
    if group is None or (group.disabled and not arguments.flag("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}
