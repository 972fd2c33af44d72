"""The contents of a workspace: channels, people and user groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.members import Group, Member
from tests.fakes.slack.state.messages import Channel
from tests.fakes.slack.state.team import Team


class Peopled(Team):
    """A team that channels, people and user groups are added to."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._people: dict[str, Person] = {}

    def add_channel(
        self,
        channel_id: str,
        *,
        name: str,
        bot_is_member: bool = True,
        private: bool = False,
        archived: bool = False,
    ) -> Channel:
        """A new channel, with every person in it. Its attributes may be changed at any time."""
        channel = Channel(channel_id, name, bot_is_member, private, archived)
        self.channels[channel_id] = channel
        return channel

    def person(
        self, user_id: str, *, name: str = "", foreign_team: str = "", **kind: Any
    ) -> Person:
        """The person with this id, who joins with the first call.

        Args:
            user_id: Slack's id, like `U0ALICE`.
            name: what they are called; the id in small letters if it is not given.
            foreign_team: the id of their team, for someone of another workspace.
            kind: further fields of `Member`: guest, bot, admin, deleted, real_name, tz, …
        """
        if user_id not in self._people:
            name = name or user_id.lower()
            team_id = foreign_team or self.app.team_id
            domain = foreign_team.lower() or self.app.team_domain
            self.names[user_id] = name
            self.members[user_id] = Member(user_id, name, team_id, domain, **kind)
            self._people[user_id] = Person(self, self.members[user_id])
        return self._people[user_id]

    def add_group(self, group_id: str, *, handle: str, members: Sequence[str] = ()) -> Group:
        """A new user group. Its attributes may be changed at any time."""
        self.groups[group_id] = Group(group_id, handle, list(members))
        return self.groups[group_id]
