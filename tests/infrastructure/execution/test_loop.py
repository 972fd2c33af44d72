"""Loops and their pauses, and the clock."""

from collections.abc import Iterator
from datetime import timedelta
from queue import Queue
from threading import Event

from sqlalchemy.exc import OperationalError

from infrastructure.execution.loop import RETRY_INTERVAL, PeriodicThread, run, utc_now


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

    assert stop.pauses == [0.5, RETRY_INTERVAL, 0.25]


def test_a_thread_goes_on_after_an_error_of_its_step_until_it_is_ended() -> None:
    called = Queue[int]()

    def step() -> None:
        called.put(1)
        raise ValueError("broken")

    thread = PeriodicThread("test", step, 0.001)
    thread.start()
    for _ in range(3):
        called.get(timeout=60)
    thread.end()
    thread.join()
