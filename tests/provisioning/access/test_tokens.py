"""Script tokens: good for one destination and for a while, and nothing else is one."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from provisioning.access.errors import ExpiredToken, InvalidToken
from provisioning.access.tokens import WHERE_REGISTERED, Tokens
from provisioning.munki import Destination
from tests.support.fixtures.repo import LONDON
from tests.support.inputs import strategies
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

SALT = "rollcall.manifest"
TOKENS = Tokens(SECRET_KEY, timedelta(hours=1))
TOKEN = TOKENS.issue(LONDON)


@given(strategies.destinations)
def test_a_token_says_where_its_script_sends_macs(destination: Destination) -> None:
    assert TOKENS.verify(TOKENS.issue(destination)).destination == destination


@given(strategies.destinations)
def test_a_token_can_stand_in_a_header_and_in_a_shell_script(destination: Destination) -> None:
    token = TOKENS.issue(destination)

    assert token.isascii()
    assert token.replace("-", "").replace("_", "").replace(".", "").isalnum()


def test_a_token_older_than_its_lifetime_is_told_to_be_too_old() -> None:
    with pytest.raises(InvalidToken, match="is too old to be trusted"):
        Tokens(SECRET_KEY, timedelta(hours=-1)).verify(TOKEN)


def test_a_token_of_the_first_days_of_unix_is_too_old() -> None:
    class Then(TimestampSigner):
        def get_timestamp(self) -> int:
            return 86_400

    old = URLSafeTimedSerializer(SECRET_KEY, salt=SALT, signer=Then).dumps(["london", "design"])
    with pytest.raises(InvalidToken, match="too old"):
        TOKENS.verify(str(old))


def test_a_token_signed_with_another_key_is_none_of_ours() -> None:
    with pytest.raises(InvalidToken, match="not one of ours"):
        TOKENS.verify(Tokens(SECRET_KEY + "x", timedelta(hours=1)).issue(LONDON))


def test_a_token_for_another_purpose_is_none_of_ours() -> None:
    other = URLSafeTimedSerializer(SECRET_KEY, salt="rollcall.report").dumps(["london", "design"])
    with pytest.raises(InvalidToken, match="not one of ours"):
        TOKENS.verify(str(other))


@for_each("content", [[], ["london"], ["a", "b", "c"], 7, None, True, {"a": 1}])
def test_a_token_of_an_older_kind_is_none_of_ours(content: object) -> None:
    older = URLSafeTimedSerializer(SECRET_KEY, salt=SALT).dumps(content)
    with pytest.raises(InvalidToken, match="not one of ours"):
        TOKENS.verify(str(older))


@for_each("payload", [b"", b"!", b"bm90IEpTT04", b".bm90IHpsaWI"])
def test_a_token_that_is_signed_but_says_nothing_is_none_of_ours(payload: bytes) -> None:
    signed = TimestampSigner(SECRET_KEY, salt=SALT).sign(payload).decode()
    with pytest.raises(InvalidToken, match="not one of ours"):
        TOKENS.verify(signed)


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_with_one_character_changed_is_none_of_ours(at: int, other: str) -> None:
    if other == TOKEN[at] or at == len(TOKEN) - 1:  # the last one holds bits that do not count
        return
    with pytest.raises(InvalidToken):
        TOKENS.verify(TOKEN[:at] + other + TOKEN[at + 1 :])


@for_each(
    "token",
    [TOKEN[:-1], TOKEN + "x", TOKEN + ".", f" {TOKEN}", TOKEN * 2],
    ids=["cut", "longer", "with a dot", "with a space", "twice"],  # the same on every run
)
def test_a_token_with_something_missing_or_added_is_none_of_ours(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token)


@given(st.text(st.characters()) | strategies.hostile | st.text("aA0._-", max_size=200))
def test_whatever_else_somebody_sends_is_none_of_ours(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token)


@for_each("token", ["", "\ud800", "\udcff.\udcff.\udcff", "é.é.é", "\0", "x" * 10**6])
def test_not_even_what_is_no_text_is_anything_but_an_invalid_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        TOKENS.verify(token)


def test_a_token_may_be_for_no_destination_but_the_registered_one() -> None:
    assert TOKENS.verify(TOKENS.issue(WHERE_REGISTERED)).destination == WHERE_REGISTERED


def test_one_of_those_that_is_too_old_is_told_without_a_site_and_a_build() -> None:
    with pytest.raises(ExpiredToken, match="names no site and no build is too old"):
        Tokens(SECRET_KEY, timedelta(hours=-1)).verify(TOKENS.issue(WHERE_REGISTERED))
