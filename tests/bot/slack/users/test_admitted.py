"""People who are let in, and those who are refused or cannot be checked, with the reason."""

import threading
import time
from contextlib import nullcontext
from typing import Any

import pytest
from slack_sdk import WebClient

from bot.slack.users import CannotCheck, NotAMember, SlackUsers
from infrastructure.errors import RollcallError
from tests.bot.slack.users.people_methods import (
    ALICE,
    BOB,
    GROUP,
    OURS,
    THEIRS,
    TOKEN,
    Directory,
    refused,
)
from tests.bot.slack.users.refused import fault, refusal
from tests.support.clocks import Seconds


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
def test_owners_app_users_and_people_in_two_teams_are_full_members_too(
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


def test_the_client_of_others_keeps_its_own_patience() -> None:
    client = WebClient(token=TOKEN, timeout=10)
    SlackUsers(client)
    assert client.timeout == 10
    assert client.retry_handlers


def test_a_person_is_known_with_the_language_of_their_slack(
    directory: Directory, members: SlackUsers
) -> None:
    directory.add(BOB, locale="ja-JP")
    assert members.known_language(BOB) is None

    members.admit(BOB)

    assert members.known_language(BOB) == members.language(BOB) == "ja"
    assert directory.calls == [("users.info", BOB)]
