"""People who are refused, and those whom nobody can check."""

import pytest

from bot.slack.users import CannotCheck, NotAMember, SlackUsers
from tests.bot.slack.users.people_methods import (
    ALICE,
    OURS,
)


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
