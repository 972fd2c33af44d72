"""The directory of people: Slack is asked seldom, and never for longer than it waits for us."""

import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.users import CannotCheck, NotAMember, SlackUsers
from bot.slack.web.cache import RefreshAheadCache
from infrastructure.errors import RollcallError
from tests.bot.slack import people_methods
from tests.bot.slack.people_methods import (
    ALICE,
    BOB,
    GROUP,
    OURS,
    THEIRS,
    TOKEN,
    Directory,
    refused,
)
from tests.support.clocks import Seconds
from tests.support.waiting import eventually

HOUR, DAY = 3600.0, 24 * 3600.0


@pytest.fixture
def clock() -> Seconds:
    """The time as those who remember see it."""
    return Seconds()


@pytest.fixture
def directory() -> Iterator[Directory]:
    """A Slack in which Alice is a full member."""
    with people_methods.running() as directory:
        directory.add(ALICE)
        yield directory


@pytest.fixture
def members(directory: Directory, clock: Seconds) -> SlackUsers:
    """The product's directory of people, which asks that Slack."""
    return SlackUsers(WebClient(token=TOKEN, base_url=directory.api_url), clock=clock)


def refusal(members: SlackUsers, user: str = ALICE) -> str:
    with pytest.raises(NotAMember) as caught:
        members.check(user, OURS)
    assert caught.value.user == user
    assert str(caught.value) == f"You cannot use Rollcall: {caught.value.reason}."
    return caught.value.reason


def fault(members: SlackUsers) -> CannotCheck:
    with pytest.raises(CannotCheck) as caught:
        members.check(ALICE, OURS)
    return caught.value


def test_a_full_member_is_let_in(directory: Directory, members: SlackUsers) -> None:
    members.check(ALICE, OURS)
    assert directory.calls == [("users.info", ALICE)]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_restricted": True}, "you are a guest in this workspace; ask a full member"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "you are a guest"),
        ({"is_ultra_restricted": True}, "you are a guest"),
        ({"is_bot": True}, "no requests from bots and workflows; ask a person"),
        ({"is_workflow_bot": True}, "no requests from bots and workflows; ask a person"),
        ({"id": "USLACKBOT"}, "no requests from bots"),
        ({"deleted": True}, "your account is deactivated; ask whoever administers"),
        ({"is_stranger": True}, "your account belongs to another workspace; ask somebody of this"),
        ({"team_id": THEIRS}, "your account belongs to another workspace"),
        ({"team_id": THEIRS, "enterprise_user": {"teams": [THEIRS]}}, "another workspace"),
        ({"team_id": None}, "another workspace"),
        ({"team_id": [OURS]}, "another workspace"),
        ({"is_bot": True, "team_id": THEIRS}, "no requests from bots"),
    ],
)
def test_all_others_are_refused_with_a_reason(
    facts: dict[str, Any], reason: str, directory: Directory, members: SlackUsers
) -> None:
    directory.add(ALICE, **facts)
    assert reason in refusal(members)


@pytest.mark.parametrize(
    "facts",
    [
        {"is_app_user": True},  # a person who authorized the app, not an app
        {"team_id": THEIRS, "enterprise_user": {"teams": [THEIRS, OURS]}},
        {"is_admin": True, "is_owner": True},
    ],
)
def test_these_are_full_members_too(
    facts: dict[str, Any], directory: Directory, members: SlackUsers
) -> None:
    directory.add(ALICE, **facts)
    members.check(ALICE, OURS)


@pytest.mark.parametrize(("organization", "is_let_in"), [("E0OURS", True), ("E0THEIRS", False)])
def test_where_an_organization_installed_the_app_its_people_are_let_in(
    organization: str, is_let_in: bool, directory: Directory, members: SlackUsers
) -> None:
    directory.ours = {"enterprise_id": "E0OURS", "team_id": None, "is_enterprise_install": True}
    enterprise = {"enterprise_id": organization, "teams": [THEIRS]}
    directory.add(ALICE, team_id=THEIRS, enterprise_user=enterprise)

    with nullcontext() if is_let_in else pytest.raises(NotAMember):
        members.admit(ALICE)


def test_an_app_of_one_workspace_is_not_for_its_whole_organization(
    directory: Directory, members: SlackUsers
) -> None:
    directory.ours = {"enterprise_id": "E0OURS", "team_id": OURS, "is_enterprise_install": False}
    enterprise = {"enterprise_id": "E0OURS", "teams": [THEIRS]}
    directory.add(ALICE, team_id=THEIRS, enterprise_user=enterprise)

    with pytest.raises(NotAMember):
        members.admit(ALICE)


@pytest.mark.parametrize("code", ["user_not_found", "user_not_visible"])
def test_somebody_whom_slack_does_not_show_us_is_a_stranger(
    code: str, directory: Directory, members: SlackUsers
) -> None:
    directory.say(200, refused(code))
    assert "another workspace" in refusal(members)


def test_a_person_is_in_a_group_or_not(directory: Directory, members: SlackUsers) -> None:
    assert members.groups(ALICE, GROUP)
    assert not members.groups(BOB, GROUP)
    assert directory.calls == [("usergroups.users.list", GROUP)]


def test_answers_are_remembered_while_they_are_fresh(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    for minutes in (0, 1, 3):
        clock.now = 1000 + 60.0 * minutes
        members.check(ALICE, OURS)
        assert members.groups(ALICE, GROUP)

    assert directory.calls == [("users.info", ALICE), ("usergroups.users.list", GROUP)]


def test_an_old_answer_is_good_at_once_and_renewed_behind_the_persons_back(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    members.check(ALICE, OURS)
    released = threading.Event()

    def slowly() -> tuple[int, Any]:
        released.wait(60)
        return 200, {"ok": True, "user": {**directory.users[ALICE], "deleted": True}}

    directory.answer = slowly
    clock.now += HOUR + 1
    members.check(ALICE, OURS)
    members.check(ALICE, OURS)  # while Slack is still thinking
    released.set()

    assert "deactivated" in eventually(lambda: _said(members))
    assert directory.calls == [("users.info", ALICE)] * 2


def _said(members: SlackUsers) -> str:
    try:
        members.check(ALICE, OURS)
    except NotAMember as error:
        return error.reason
    return ""


def test_a_group_is_renewed_after_five_minutes(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    assert members.groups(ALICE, GROUP)
    directory.groups[GROUP] = []
    clock.now += 301

    assert members.groups(ALICE, GROUP)
    assert eventually(lambda: not members.groups(ALICE, GROUP))


def test_an_answer_of_yesterday_is_asked_for_before_anybody_is_let_in(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    members.check(ALICE, OURS)
    directory.add(ALICE, deleted=True)
    clock.now += DAY + 1

    assert "deactivated" in refusal(members)


def test_somebody_whose_refusal_was_mended_need_not_wait(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    directory.add(BOB, is_restricted=True)
    refusal(members, BOB)
    assert not members.groups(BOB, GROUP)

    directory.add(BOB)
    directory.groups[GROUP] = [ALICE, BOB]
    clock.now += 11

    members.check(BOB, OURS)
    assert members.groups(BOB, GROUP)


def test_those_who_are_refused_cannot_make_us_ask_slack_all_the_time(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    directory.add(BOB, is_restricted=True)
    for _ in range(20):
        refusal(members, BOB)
        clock.now += 0.4

    assert directory.calls == [("users.info", BOB)]


def test_while_slack_is_down_what_is_remembered_has_to_do(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    directory.add(BOB, is_restricted=True)
    members.check(ALICE, OURS)
    refusal(members, BOB)
    directory.say(503, b"down")
    for hours in (2, 3, 23):
        clock.now = 1000 + hours * HOUR
        members.check(ALICE, OURS)
        assert "guest" in refusal(members, BOB)

    clock.now = 1000 + DAY + 1
    assert fault(members).code == "HTTP 503"


def test_slack_is_not_hammered_while_it_is_down(
    directory: Directory, members: SlackUsers, clock: Seconds
) -> None:
    members.check(ALICE, OURS)
    directory.say(503, b"down")
    clock.now += HOUR + 1
    for _ in range(10):
        members.check(ALICE, OURS)
        clock.now += 2.5

    eventually(lambda: len(directory.calls) == 2)

    def is_asked_again() -> bool:
        clock.now += 31  # since the last answer, which may come after the call was counted
        members.check(ALICE, OURS)
        return len(directory.calls) > 2

    eventually(is_asked_again)


@pytest.mark.parametrize(
    ("status", "body", "code", "fix"),
    [
        (
            200,
            refused("missing_scope", needed="users:read", provided="commands"),
            "missing_scope",
            "add the scope `users:read` to the Slack app and install it again",
        ),
        (429, refused("ratelimited"), "ratelimited", "try again in a minute"),
        (429, b"", "ratelimited", "try again in a minute"),
        (200, refused("invalid_auth"), "invalid_auth", "check SLACK_BOT_TOKEN"),
        (200, refused("token_revoked"), "token_revoked", "set the new SLACK_BOT_TOKEN"),
        (200, refused("fatal_error"), "fatal_error", "try again in a minute"),
        (502, b"<html>bad gateway", "HTTP 502", "try again in a minute"),
        (200, b"<html>a proxy", "HTTP 200", "try again in a minute"),
        (200, {"ok": True}, "an answer that makes no sense", "try again in a minute"),
        (200, {"ok": True, "user": [1]}, "an answer that makes no sense", "try again"),
    ],
)
def test_whom_nobody_can_check_is_not_let_in_and_is_told_what_to_do(
    status: int, body: Any, code: str, fix: str, directory: Directory, members: SlackUsers
) -> None:
    directory.say(status, body)

    error = fault(members)

    assert error.code == code
    assert fix in error.fix
    assert str(error) == f"Rollcall cannot ask Slack who you are ({code}): {error.fix}."
    assert TOKEN not in str(error)
    assert isinstance(error, RollcallError)


@pytest.mark.parametrize(
    ("body", "fix"),
    [
        (refused("missing_scope"), "add the scope `usergroups:read`"),
        (refused("no_such_subteam"), "correct the `group` of the site in the policy file"),
        (refused("plan_upgrade_required"), "take `group` out of the policy file"),
        ({"ok": True, "users": "U0ALICE"}, "try again in a minute"),
    ],
)
def test_a_group_that_cannot_be_asked_for_lets_nobody_in(
    body: Any, fix: str, directory: Directory, members: SlackUsers
) -> None:
    directory.say(200, body)
    with pytest.raises(CannotCheck) as caught:
        members.groups(ALICE, GROUP)
    assert fix in caught.value.fix


def test_no_network_is_told_in_words(clock: Seconds) -> None:
    members = SlackUsers(WebClient(token=TOKEN, base_url="http://127.0.0.1:9/"), clock=clock)
    assert fault(members).code == "URLError"


def test_a_slack_that_does_not_answer_is_given_up_before_it_gives_us_up(
    directory: Directory, members: SlackUsers
) -> None:
    released = threading.Event()
    directory.answer = lambda: (200 if released.wait(10) else 500, {})
    begun = time.monotonic()

    fault(members)

    assert 1 < time.monotonic() - begun < 3
    released.set()


def test_the_client_of_others_keeps_its_own_patience(directory: Directory) -> None:
    client = WebClient(token=TOKEN, timeout=10)
    SlackUsers(client)
    assert client.timeout == 10
    assert client.retry_handlers


def test_only_so_many_answers_are_remembered(clock: Seconds) -> None:
    asked: list[str] = []

    def ask(key: str) -> str:
        asked.append(key)
        return key

    memory = RefreshAheadCache(ask, max_age=60, clock=clock, max_answers=3)
    for key in "abcabcdad":
        assert memory.recall(key, good=lambda _: True) == key

    assert asked == list("abcda")


def test_a_person_is_known_with_the_language_of_their_slack(
    directory: Directory, members: SlackUsers
) -> None:
    directory.add(BOB, locale="ja-JP")
    assert members.known_language(BOB) is None

    members.admit(BOB)

    assert members.known_language(BOB) == members.language(BOB) == "ja"
    assert directory.calls == [("users.info", BOB)]
