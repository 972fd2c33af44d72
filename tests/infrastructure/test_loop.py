"""A loop's pauses, those between a relay's attempts, and the clock."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Event

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from infrastructure.loop import REST, backoff, run, utc_now
from tests.support.tables import for_each


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


def test_the_present_moment_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)


class ThreePauses(Event):
    """A wish to end that takes note of pauses, and comes true after the third."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        """Note a pause."""
        self.pauses.append(timeout)
        if len(self.pauses) == 3:
            self.set()
        return self.is_set()


def test_a_loop_pauses_as_its_step_says_and_rests_where_the_database_fails() -> None:
    error = OperationalError("SELECT 1", None, Exception("away"))
    results: Iterator[float | Exception] = iter([0.5, error, 0.25])

    def step() -> float:
        result = next(results)
        if isinstance(result, Exception):
            raise result
        return result

    stop = ThreePauses()
    run(step, stop)

    assert stop.pauses == [0.5, REST, 0.25]
