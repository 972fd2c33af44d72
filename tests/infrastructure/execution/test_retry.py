"""Work that is done again, and the pauses before it."""

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.execution.retry import NO_PAUSE, backoff, retry
from tests.support.tables import for_each


def failing(*errors: Exception) -> Callable[[], str]:
    """Work that raises these, one after another, and is done then."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_work_is_done_again_until_it_is_done() -> None:
    assert retry(failing(OSError(), OSError()), OSError, pauses=NO_PAUSE * 2) == "done"


def test_retry_pauses_before_each_time() -> None:
    began = time.monotonic()
    retry(failing(OSError(), OSError()), OSError, pauses=(0.01, 0.02))

    assert time.monotonic() - began >= 0.03


def test_the_last_error_is_raised() -> None:
    errors = OSError("first"), OSError("second")

    with pytest.raises(OSError, match="second"):
        retry(failing(*errors), OSError, pauses=NO_PAUSE)


@for_each("error", [ValueError("no"), OSError("no")])
def test_what_does_not_pass_is_raised_at_once(error: Exception) -> None:
    with pytest.raises(type(error), match="no"):
        retry(failing(error), OSError, when=lambda each: "yes" in str(each), pauses=NO_PAUSE * 9)


@for_each(
    ("attempts", "seconds"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (7, 64), (8, 120), (9, 120)],
)
def test_the_pause_doubles_from_a_second_to_two_minutes(attempts: int, seconds: int) -> None:
    assert backoff(attempts) == timedelta(seconds=seconds)


@given(st.integers(1, 2**31))
def test_after_any_number_of_attempts_there_is_a_pause_and_it_never_shrinks(attempts: int) -> None:
    assert timedelta(seconds=1) <= backoff(attempts) <= backoff(attempts + 1)
    assert backoff(attempts) <= timedelta(minutes=2)


def test_a_slack_that_is_down_for_a_week_is_still_tried_every_two_minutes() -> None:
    assert backoff(7 * 24 * 30) == timedelta(minutes=2)
