"""A delayed call: one for all who request it meanwhile."""

import threading

from infrastructure.execution.delayed import DelayedCall
from tests.support.waiting import eventually

SOON, NEVER = 0.05, 3601.0


def waiting() -> list[threading.Thread]:
    """The threads of calls that are NEVER made."""
    return [each for each in threading.enumerate() if getattr(each, "interval", None) == NEVER]


def test_requests_share_a_call_and_one_after_it_has_its_own() -> None:
    calls = list[int]()
    delayed = DelayedCall(lambda: calls.append(1), SOON)

    for number in (1, 2):
        for _ in range(3):
            delayed.request()
        eventually(lambda number=number: len(calls) == number)  # type: ignore[misc]


def test_a_cancelled_call_is_not_made_unless_it_is_requested_again() -> None:
    calls = list[int]()
    delayed = DelayedCall(lambda: calls.append(1), NEVER)
    delayed.request()
    [first] = waiting()

    delayed.cancel()
    first.join(30)
    assert (waiting(), calls) == ([], [])

    delayed.request()
    assert len(waiting()) == 1
    delayed.cancel()
