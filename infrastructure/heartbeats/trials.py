"""Trials of resources that a process needs, which may fail and may hang."""

import time
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

import structlog

log = structlog.get_logger()

Value = TypeVar("Value")

INTERVAL = 10.0  # seconds until the next trial


class Trial:
    """A trial of `work`, run at most every `pause` seconds; in between its result is repeated."""

    def __init__(self, work: Callable[[], object], pause: float = INTERVAL) -> None:
        self._work, self._pause = work, pause
        self._trying = Lock()
        self._tried = float("-inf")
        self._error: Exception | None = None

    def __call__(self) -> None:
        """Run the trial, or repeat its last result. Raises the error of `work`."""
        with self._trying:
            if time.monotonic() - self._tried >= self._pause:
                try:
                    self._work()
                    self._error = None
                except Exception as error:
                    self._error = error.with_traceback(None)
                self._tried = time.monotonic()
            if self._error is not None:
                raise self._error


class HangGuard(Generic[Value]):
    """A check of a resource that may hang: one thread at a time calls `question` for all callers.

    A caller waits for `moment` seconds. Without an answer by then, it gets the last one, until the
    question has been running for `limit` seconds; from then on, and where there never was an
    answer, it gets the result of `hanging`, called with the seconds. `question` raises nothing.
    """

    def __init__(
        self,
        question: Callable[[], Value],
        hanging: Callable[[float], Value],
        *,
        moment: float = 1.5,
        limit: float = 5.0,
    ) -> None:
        self._question, self._hanging = question, hanging
        self._moment, self._longest = moment, limit
        self._gate = Lock()
        self._asked: tuple[float, Event] | None = None  # when the present question was asked
        self._answers: list[Value] = []  # the last one

    def answer(self) -> Value:
        """Return the answer to the question, the last one, or the result of `hanging`."""
        with self._gate:
            if self._asked is None:
                self._asked = time.monotonic(), Event()
                Thread(target=self._ask, args=self._asked[1:], daemon=True).start()
            since, is_answered = self._asked
        is_answered.wait(max(0.0, since + self._moment - time.monotonic()))
        with self._gate:
            seconds = time.monotonic() - since
            if self._answers and (is_answered.is_set() or seconds < self._longest):
                return self._answers[0]
        return self._hanging(seconds)

    def _ask(self, is_answered: Event) -> None:
        try:
            answer = self._question()
        except Exception:  # the next call asks again
            log.exception("unexpected error")
            answers = []
        else:
            answers = [answer]
        with self._gate:
            self._answers, self._asked = answers, None
            is_answered.set()
