"""Members of the workspace: Slack's answers are cached, so that a listener seldom waits."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.slack.payloads import SLACKBOT
from bot.slack.web.cache import RefreshAheadCache
from bot.slack.web.client import TOKEN_FIXES
from infrastructure.errors import RollcallError
from infrastructure.text import Sentence
from provisioning.values.language import ENGLISH, of_locale
from provisioning.values.slack import DEACTIVATED

TIMEOUT = 2  # seconds: Slack waits three for our acknowledgement
MAX_AGE = 300.0  # seconds for which an answer counts as new

_UNKNOWN_USER = frozenset({"user_not_found", "users_not_found", "user_not_visible"})
_FIXES = {
    "ratelimited": Sentence("try again in a minute"),
    "no_such_subteam": Sentence("correct the `group` of the site in the policy file"),
    "plan_upgrade_required": Sentence(
        "take `group` out of the policy file: the plan has no user groups"
    ),
    **TOKEN_FIXES,
}
Kind = TypeVar("Kind")

_OTHER_WORKSPACE = Sentence(
    "your account belongs to another workspace; ask somebody of this one to do it"
)


class NotAMember(RollcallError):
    """A person who may not use Rollcall at all; the policy is not asked."""

    def __init__(self, user: str, reason: str) -> None:
        super().__init__("You cannot use Rollcall: {reason}.", reason=reason)
        self.user = user
        self.reason = reason


class CannotCheck(RollcallError):
    """A person of whom Slack tells nothing; `code` is Slack's code, or the error's name."""

    def __init__(self, code: str, fix: str) -> None:
        super().__init__(
            "Rollcall cannot ask Slack who you are ({code}): {fix}.", code=code, fix=fix
        )
        self.code = code
        self.fix = fix


@dataclass(frozen=True, slots=True)
class SlackUser:
    """A Slack user: workspaces and organization, language, and the reason that excludes them."""

    teams: frozenset[str]
    exclusion: Sentence | None
    language: str = ENGLISH

    def refusal(self, team: str) -> Sentence | None:
        """Return the reason why this person may not use Rollcall in workspace `team`, or None."""
        return self.exclusion or (None if team in self.teams else _OTHER_WORKSPACE)


class SlackUsers:
    """A directory of the workspace's members and of its user groups. Threads may share one.

    Raises CannotCheck where Slack cannot be asked and nothing is cached: an unknown person is not
    let in.
    """

    def __init__(self, client: WebClient, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._slack = copy.copy(client)
        self._slack.timeout = TIMEOUT
        self._slack.retry_handlers = []  # they sleep
        self._people = RefreshAheadCache(self._person, max_age=MAX_AGE, clock=clock)
        self._teams = RefreshAheadCache(
            lambda _: team_of(self._slack), max_age=MAX_AGE, clock=clock
        )
        self._groups = RefreshAheadCache(self._group, max_age=MAX_AGE, clock=clock)

    def admit(self, user_id: str) -> None:
        """Check that `user_id` is a full member of our bot token's workspace; raises as `check`."""
        self.check(user_id, self._teams.recall("ours", good=bool))

    def check(self, user_id: str, team_id: str) -> None:
        """Check that `user_id` is a full member of `team_id`, the workspace of this Rollcall.

        Raises NotAMember for guests, bots, deactivated people and those of other workspaces.
        """
        person = self._people.recall(user_id, good=lambda person: not person.refusal(team_id))
        if reason := person.refusal(team_id):
            raise NotAMember(user_id, reason)

    def known_language(self, user_id: str) -> str | None:
        """Return the language of `user_id` without asking; None where it is not known."""
        person = self._people.known(user_id)
        return person.language if person else None

    def language(self, user_id: str) -> str:
        """Return the language of `user_id`. Raises CannotCheck."""
        return self._people.recall(user_id, good=lambda _: True).language

    def groups(self, user_id: str, group: str) -> bool:
        """Return True if `user_id` is in the Slack user group with the id `group`."""
        return user_id in self._groups.recall(group, good=lambda users: user_id in users)

    def _person(self, user_id: str) -> SlackUser:
        try:
            answer = answered(
                # Needs no other scope (docs.slack.dev/reference/methods/users.info).
                lambda: self._slack.users_info(user=user_id, include_locale=True),
                scope="users:read",
            )
        except CannotCheck as error:
            if error.code in _UNKNOWN_USER:
                return SlackUser(frozenset(), _OTHER_WORKSPACE)
            raise
        return person_in(expect(answer.get("user"), dict))

    def _group(self, group: str) -> frozenset[str]:
        answer = answered(
            lambda: self._slack.usergroups_users_list(usergroup=group), scope="usergroups:read"
        )
        return frozenset(str(user) for user in expect(answer.get("users"), list))


def team_of(slack: WebClient) -> str:
    """Return the id of our workspace, or of our organization where that installed the app.

    Raises CannotCheck.
    """
    ours = answered(slack.auth_test, scope="auth.test")
    return str(ours.get("enterprise_id" if ours.get("is_enterprise_install") else "team_id"))


def answered(call: Callable[[], SlackResponse], *, scope: str) -> dict[str, Any]:
    """Return Slack's answer. Raises CannotCheck; `scope` is the one that the call needs."""
    try:
        answer = call().data
    except SlackApiError as error:
        raise _refused(error, scope) from error
    except Exception as error:  # slack_sdk raises nearly anything for an odd answer
        raise CannotCheck(type(error).__name__, "try again in a minute") from error
    return expect(answer, dict)


def _refused(error: SlackApiError, scope: str) -> CannotCheck:
    response = error.response
    answer = response.data if isinstance(response.data, dict) else {}
    code = str(answer.get("error") or "")
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        code = "ratelimited"
    if code == "missing_scope":
        fix = Sentence("add the scope `{scope}` to the Slack app and install it again", scope=scope)
        return CannotCheck(code, fix)
    if not code.isidentifier():  # slack_sdk's sentence about a body that is no JSON
        code = f"HTTP {response.status_code}"
    return CannotCheck(code, _FIXES.get(code, "try again in a minute"))


def person_in(user: dict[str, Any]) -> SlackUser:
    """Read Slack's user object. `is_app_user` is no bot: it is a person who authorized our app."""
    organization = user.get("enterprise_user")
    organization = organization if isinstance(organization, dict) else {}
    teams = organization.get("teams")
    ids = [user.get("team_id"), organization.get("enterprise_id")]
    ids += teams if isinstance(teams, list) else ()
    own = frozenset(team for team in ids if isinstance(team, str))
    return SlackUser(own, _exclusion(user), of_locale(user.get("locale")))


def _exclusion(user: dict[str, Any]) -> Sentence | None:
    """Return the reason that excludes a user; it completes “You cannot use Rollcall: …”."""
    if user.get("is_bot") or user.get("is_workflow_bot") or user.get("id") == SLACKBOT:
        return Sentence("it takes no requests from bots and workflows; ask a person to make them")
    if user.get("is_stranger"):
        return _OTHER_WORKSPACE
    if user.get("deleted"):
        return DEACTIVATED
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Sentence("you are a guest in this workspace; ask a full member to do it")
    return None


def expect(value: object, kind: type[Kind]) -> Kind:
    """Return a part of an answer that is of this kind. Raises CannotCheck."""
    if isinstance(value, kind):
        return value
    raise CannotCheck("an answer that makes no sense", "try again in a minute")
