"""How an address is written down, whoever says what it is."""

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import TooManyRequests
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from server.guards import EXPIRED, FORGED, NOTHING_SENT, SLOWED, WRONG, Guard, address_of
from server.slowing import Slowing


def calling(address: str | None) -> Request:
    """A request from this address; None: nobody says from where."""
    environ = EnvironBuilder().get_environ()
    environ.pop("REMOTE_ADDR", None)
    return Request(environ if address is None else {**environ, "REMOTE_ADDR": address})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("10.0.0.7", "10.0.0.7"),
        ("::ffff:10.0.0.7", "10.0.0.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("fe80::1%en0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("10.0.0.7:5000", "unknown"),
        ("<script>", "unknown"),
        ("10.0.0.7\0", "unknown"),
    ],
)
def test_an_address_is_a_host_or_the_network_of_one(said: str | None, meant: str) -> None:
    assert address_of(calling(said)) == meant


@given(st.text())
def test_whatever_is_said_to_be_an_address_is_short_and_in_one_line(said: str) -> None:
    address = address_of(calling(said))

    assert len(address) < 50
    assert address.isprintable()


@pytest.mark.parametrize("reason", [WRONG, FORGED])
def test_a_guess_is_slowed_and_noted_as_that(reason: str) -> None:
    noted: list[tuple[str, str]] = []
    guard = Guard(lambda *said: noted.append(said), Slowing(most=2))
    for _ in range(2):
        guard.hear(calling("10.0.0.7"))
        guard.refuse(calling("10.0.0.7"), reason)

    with pytest.raises(TooManyRequests) as caught:
        guard.hear(calling("10.0.0.7"))
    guard.hear(calling("10.0.0.8"))

    assert 1 <= int(dict(caught.value.get_headers())["Retry-After"]) <= 60
    assert noted == [*2 * [("10.0.0.7", reason)], ("10.0.0.7", SLOWED)]


@pytest.mark.parametrize("reason", [NOTHING_SENT, EXPIRED])
def test_what_is_no_guess_keeps_nobody_out(reason: str) -> None:
    guard = Guard(lambda *_: None, Slowing(most=2))
    for _ in range(5):
        guard.refuse(calling("10.0.0.7"), reason)

    guard.hear(calling("10.0.0.7"))


def test_those_of_whom_no_proxy_says_who_they_are_do_not_keep_each_other_out() -> None:
    guard = Guard(lambda *_: None, Slowing(most=2))
    for _ in range(5):
        guard.refuse(calling(None), WRONG)

    guard.hear(calling(None))


def test_a_refusal_is_one_line_of_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        Guard(lambda *_: None, Slowing()).refuse(calling("10.0.0.7"), WRONG)

    [line] = lines
    assert (line["event"], line["address"], line["reason"]) == ("refused", "10.0.0.7", WRONG)
