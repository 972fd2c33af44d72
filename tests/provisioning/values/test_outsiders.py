"""People of other providers than Slack, as rows name them: nobody passes for somebody else."""

from hypothesis import given
from hypothesis import strategies as st

from provisioning.values.outsiders import (
    account_id,
    addressee,
    author,
    is_outsider,
    shown,
    shown_name,
)
from provisioning.values.slack import is_channel_id, is_user_id

LONGEST_COLUMN = 255


@given(st.text(min_size=1, max_size=300), st.text(min_size=1, max_size=300), st.text())
def test_each_subject_has_an_account_of_its_own(one: str, other: str, name: str) -> None:
    first, second = account_id("okta", one), account_id("okta", other)

    assert (first == second) == (one == other)
    assert first != account_id("keycloak", one)
    by = author(first, shown_name(name, first))
    assert is_outsider(first)
    assert is_outsider(by)
    assert len(by) <= LONGEST_COLUMN
    assert by.split(" ")[0] == first
    assert not is_user_id(by)
    assert not is_channel_id(by)
    assert "@" not in shown(by)


def test_a_person_in_slack_is_none() -> None:
    for person in ("U0ALICE", "adopted", "", "Jane <jane@example.com>", "an admin: Jane"):
        assert not is_outsider(person)
        assert shown(person) == person


def test_a_name_is_shown_with_its_provider() -> None:
    assert shown("okta:00u1 Ada Lovelace") == "Ada Lovelace (okta)"
    assert shown("okta:00u1") == "00u1 (okta)"
    assert shown_name(" \n", "okta:00u1") == "00u1"


def test_news_for_somebody_who_is_not_in_slack_go_to_the_channel() -> None:
    assert addressee("U0ALICE", "C0IMAGING") == "U0ALICE"
    assert addressee("okta:00u1 Ada", "C0IMAGING") == "C0IMAGING"
