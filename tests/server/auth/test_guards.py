"""Guards: callers who are refused are slowed, noted and logged."""

import pytest
import structlog
from werkzeug.exceptions import TooManyRequests

from provisioning.access.refusals import (
    EARLY,
    ELSEWHERE,
    EXPIRED,
    FORGED,
    NOTHING_SENT,
    SLOWED,
    WRONG,
)
from server.auth.guards import Guard
from server.auth.throttling import Throttle, TriedCredential
from tests.server.auth.test_client_address import calling
from tests.support.tables import for_each


@for_each("reason", [WRONG, FORGED])
def test_a_guess_is_slowed_and_noted_as_that(reason: str) -> None:
    noted: list[tuple[str, str]] = []
    guard = Guard(lambda *said: noted.append(said), Throttle(limit=2))
    for _ in range(2):
        guard.throttle(calling("10.0.0.7"))
        guard.refuse(calling("10.0.0.7"), reason)

    with pytest.raises(TooManyRequests) as caught:
        guard.throttle(calling("10.0.0.7"))
    guard.throttle(calling("10.0.0.8"))

    assert 1 <= int(dict(caught.value.get_headers())["Retry-After"]) <= 60
    assert noted == [*2 * [("10.0.0.7", reason)], ("10.0.0.7", SLOWED)]


@for_each("reason", [NOTHING_SENT, EXPIRED, EARLY, ELSEWHERE])
def test_what_is_no_guess_keeps_nobody_out(reason: str) -> None:
    guard = Guard(lambda *_: None, Throttle(limit=2))
    for _ in range(5):
        guard.refuse(calling("10.0.0.7"), reason)

    guard.throttle(calling("10.0.0.7"))


def test_callers_of_whom_nobody_says_who_they_are_are_one() -> None:
    guard = Guard(lambda *_: None, Throttle(limit=2))
    for _ in range(2):
        guard.refuse(calling(None), WRONG)

    with pytest.raises(TooManyRequests):
        guard.throttle(calling(None))


def test_an_attempt_that_was_refused_before_is_refused_again_and_not_slowed() -> None:
    guard, old = Guard(lambda *_: None, Throttle(limit=2)), TriedCredential(b"old")
    for _ in range(5):
        guard.refuse(calling("10.0.0.7"), WRONG, old)
    guard.throttle(calling("10.0.0.7"))
    guard.refuse(calling("10.0.0.7"), WRONG, TriedCredential(b"new"))

    guard.throttle(calling("10.0.0.7"), old)
    with pytest.raises(TooManyRequests):
        guard.throttle(calling("10.0.0.7"), TriedCredential(b"newer"))


def test_a_refusal_is_one_line_of_the_log() -> None:
    with structlog.testing.capture_logs() as lines:
        Guard(lambda *_: None, Throttle()).refuse(calling("10.0.0.7"), WRONG)

    [line] = lines
    assert (line["event"], line["address"], line["reason"]) == ("refused", "10.0.0.7", WRONG)
