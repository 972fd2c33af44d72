"""A reader of the whole workspace: its people, and the members of its user groups."""

import time
from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.users import CannotCheck, answered, expect, person_in, team_of
from provisioning.access.accounts.people import Member, PeopleReading

PAGE = 1000  # people, the most that users.list takes
MAX_PAUSE = 60.0  # seconds that are waited where Slack says that it is asked too often


class DirectoryReader:
    """A reader of a workspace, by the methods with which the bot checks people.

    The same people are refused: guests, bots, deactivated people, those of other workspaces. It
    waits where Slack asks it to, so it is for a thread in the background.
    """

    def __init__(self, slack: WebClient, pause: Callable[[float], object] = time.sleep) -> None:
        self._slack, self._pause = slack, pause

    def read(self, groups: Collection[str]) -> PeopleReading:
        """Return the people, and the members of these `groups`. Raises CannotCheck.

        A group that Slack does not know has no members.
        """
        team = team_of(self._slack)
        members = tuple(_member(user, team) for user in self._users())
        return PeopleReading(
            team, members, {group: self._members(group) for group in sorted(groups)}
        )

    def _users(self) -> Iterator[dict[str, Any]]:
        cursor = ""
        while True:
            ask = partial(
                self._slack.users_list, limit=PAGE, cursor=cursor or None, include_locale=True
            )
            page = self._asked(ask, scope="users:read")
            for user in expect(page.get("members"), list):
                yield expect(user, dict)
            cursor = str(expect(page.get("response_metadata") or {}, dict).get("next_cursor") or "")
            if not cursor:
                return

    def _members(self, group: str) -> frozenset[str]:
        try:
            answer = self._asked(
                lambda: self._slack.usergroups_users_list(usergroup=group), scope="usergroups:read"
            )
        except CannotCheck as error:
            if error.code == "no_such_subteam":
                return frozenset()
            raise
        return frozenset(str(user) for user in expect(answer.get("users"), list))

    def _asked(self, call: Callable[[], SlackResponse], *, scope: str) -> dict[str, Any]:
        """The answer to a call, which is repeated once where Slack asks for a pause."""
        try:
            return answered(call, scope=scope)
        except CannotCheck as error:
            if error.code != "ratelimited":
                raise
            self._pause(_retry_after(error.__cause__))
            return answered(call, scope=scope)


def _member(user: dict[str, Any], team: str) -> Member:
    person = person_in(user)
    name = user.get("real_name") or user.get("name") or user.get("id")
    return Member(str(user.get("id")), str(name), person.language, person.refusal(team))


def _retry_after(error: BaseException | None) -> float:
    headers = error.response.headers if isinstance(error, SlackApiError) else {}
    named = {str(name).lower(): value for name, value in headers.items()}
    try:
        return min(float(named.get("retry-after", MAX_PAUSE)), MAX_PAUSE)
    except ValueError:
        return MAX_PAUSE
