"""Tokens that are for one Mac, the windows in which they are made, and the servers' clocks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from provisioning.access.errors import ExpiredToken, InvalidToken, SpentToken
from provisioning.access.tokens import SALT, SKEW, WHERE_REGISTERED, BoundMac, TokenGrant, Tokens
from provisioning.munki import Destination
from provisioning.values.serials import Serial
from tests.support.fixtures.repo import LONDON, MAC, PARIS
from tests.support.inputs import strategies
from tests.support.installation import SECRET_KEY
from tests.support.tables import for_each

HOUR = 3600
LIFETIME = timedelta(hours=72)
WINDOW = LIFETIME / 4
START = 1_800_000_000 // (18 * HOUR) * (18 * HOUR)  # a window begins

moments = st.integers(START, START + 40 * 365 * 24 * HOUR)
macs = st.builds(BoundMac, st.sampled_from(["C02AAA", "C02BBB"]), st.none() | st.integers(1, 3))
whose = st.none() | macs


def tokens(at: float = START, hours: int = 72) -> Tokens:
    return Tokens(SECRET_KEY, timedelta(hours=hours), clock=lambda: at)


def issued(mac: BoundMac | None, at: float = START) -> str:
    return tokens(at).issue(LONDON, mac)


def permit(mac: BoundMac | None, *, made: float = 0, seen: float = 0) -> TokenGrant:
    """The grant of a token that was made and verified so many seconds after START."""
    return tokens(START + seen).verify(issued(mac, START + made))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, UTC)


@given(strategies.destinations, whose, moments)
def test_a_verified_token_has_the_destination_and_site_that_it_was_made_for(
    destination: Destination, mac: BoundMac | None, now: int
) -> None:
    found = tokens(now).verify(tokens(now).issue(destination, mac))

    assert (found.destination, found.mac) == (destination, mac)
    assert found.since.timestamp() <= now < (found.since + found.window).timestamp()


@given(moments, whose, st.integers(1, 24 * 90))
def test_a_token_is_byte_for_byte_the_same_within_one_window(
    now: int, mac: BoundMac | None, hours: int
) -> None:
    window = hours * HOUR // 4
    first, last = now // window * window, now // window * window + window - 1

    assert len({tokens(second, hours).issue(LONDON, mac) for second in (first, now, last)}) == 1
    assert tokens(now, hours).issue(LONDON, mac) != tokens(last + 1, hours).issue(LONDON, mac)


@given(st.tuples(strategies.destinations, whose), st.tuples(strategies.destinations, whose))
def test_tokens_for_different_purposes_differ(
    one: tuple[Destination, BoundMac | None], other: tuple[Destination, BoundMac | None]
) -> None:
    assert (tokens().issue(*one) == tokens().issue(*other)) == (one == other)


@given(moments, st.integers(1, 24 * 90))
def test_a_bound_token_is_good_for_its_hours_and_at_most_a_quarter_more(
    now: int, hours: int
) -> None:
    token = tokens(now, hours).issue(LONDON)

    tokens(now + hours * HOUR, hours).verify(token)
    with pytest.raises(ExpiredToken, match="london/design"):
        tokens(now + hours * HOUR * 5 // 4 + 1, hours).verify(token)


def test_a_window_may_be_named() -> None:
    number = tokens().this_window()

    assert tokens(START + 20 * HOUR).issue(LONDON, window=number) == tokens().issue(LONDON)
    assert tokens(START + 20 * HOUR).this_window() == number + 1


def test_the_clocks_of_two_servers_may_differ_a_little() -> None:
    token = issued(None)

    tokens(START - SKEW).verify(token)
    with pytest.raises(InvalidToken, match="set the servers' clocks"):
        tokens(START - SKEW - 1).verify(token)


@given(macs, st.integers(0, 200), st.characters())
def test_a_bound_token_with_one_character_changed_is_refused(
    mac: BoundMac, where: int, other: str
) -> None:
    token = issued(mac)
    where %= len(token) - 1  # the last character holds bits that do not count
    if token[where] != other:
        with pytest.raises(InvalidToken):
            tokens().verify(token[:where] + other + token[where + 1 :])


@given(macs, macs)
def test_a_token_never_opens_the_door_to_another_mac(mine: BoundMac, other: BoundMac) -> None:
    allowed = permit(mine)
    serial = Serial(other.serial)
    if mine.serial == other.serial and mine.registration in (None, other.registration):
        allowed.check(serial, other.registration, None)
    else:
        with pytest.raises(InvalidToken):
            allowed.check(serial, other.registration, None)


def test_an_unbound_token_is_valid_for_any_mac_however_often_that_was_confirmed() -> None:
    permit(None, seen=70 * HOUR).check(MAC, 7, at(0))


def test_the_case_of_a_serial_does_not_matter() -> None:
    permit(BoundMac(MAC.key, 7)).check(Serial(MAC.text.lower()), 7, None)


@for_each("now", [None, 8])
def test_a_bound_token_is_refused_once_its_registration_is_cancelled(now: int | None) -> None:
    with pytest.raises(SpentToken, match="C02ABC123DEF was made for a registration that is canc"):
        permit(BoundMac(MAC.key, 7)).check(MAC, now, None)


@for_each(
    ("confirmed", "last"), [(0, 36), (17, 36), (20, 38), (70, 88)], ids=lambda hours: f"{hours}h"
)
def test_a_confirmed_mac_may_repeat_its_call_within_one_window_and_no_longer(
    confirmed: int, last: int
) -> None:
    """The answer may have been lost; the script asks until it has one."""
    mine = BoundMac(MAC.key, 7)

    permit(mine, made=HOUR, seen=last * HOUR).check(MAC, 7, at(confirmed * HOUR))
    with pytest.raises(SpentToken, match="has been confirmed since"):
        permit(mine, made=HOUR, seen=last * HOUR + 1).check(MAC, 7, at(confirmed * HOUR))


def test_an_earlier_first_boot_does_not_count() -> None:
    permit(BoundMac(MAC.key, 7), seen=72 * HOUR).check(MAC, 7, at(-1))


@for_each(
    "content",
    [
        ["a", "b", "C02AAA"],
        ["a", "b", "C02AAA", "7"],
        ["a", "b", 7, 7],
        ["a", "b", "c", 1, 2],
        [*"abc", 1, "d", "e"],
    ],
)
def test_a_signed_text_that_is_no_token_is_refused(content: object) -> None:
    signed = URLSafeTimedSerializer(SECRET_KEY, salt=SALT).dumps(content)
    with pytest.raises(InvalidToken, match="not one of ours"):
        tokens().verify(str(signed))


def test_a_token_for_a_waiting_mac_is_bound_to_it_too() -> None:
    found = tokens().verify(tokens().issue(WHERE_REGISTERED, BoundMac("C02AAA")))

    found.check(Serial("C02AAA"), 3, None)
    with pytest.raises(InvalidToken, match="is for C02AAA alone"):
        found.check(Serial("C02BBB"), None, None)
    assert tokens().issue(PARIS, BoundMac("C02AAA")) != tokens().issue(PARIS)
