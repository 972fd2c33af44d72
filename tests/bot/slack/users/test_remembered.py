"""Answers about people: remembered, renewed behind their backs, and used while Slack is down."""

import threading
from typing import Any

from bot.slack.users import NotAMember, SlackUsers
from bot.slack.web.cache import RefreshAheadCache
from tests.bot.slack.users.people_methods import ALICE, BOB, GROUP, OURS, Directory
from tests.bot.slack.users.refused import fault, refusal
from tests.support.clocks import Seconds
from tests.support.waiting import eventually

HOUR, DAY = 3600.0, 24 * 3600.0


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
    clock.now += 301
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


def test_only_so_many_answers_are_remembered(clock: Seconds) -> None:
    asked: list[str] = []

    def ask(key: str) -> str:
        asked.append(key)
        return key

    memory = RefreshAheadCache(ask, max_age=60, clock=clock, max_answers=3)
    for key in "abcabcdad":
        assert memory.recall(key, good=lambda _: True) == key

    assert asked == list("abcda")
