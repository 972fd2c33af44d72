"""A batcher: threads that come at the same time are served at once, by the first of them."""

import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from functools import partial
from threading import Lock
from typing import Any, Generic, TypeVar

from infrastructure.errors import RollcallError

Place = TypeVar("Place")
Value = TypeVar("Value")


class Batcher(Generic[Place]):
    """Threads that come while one is at work wait, and are then all served in one turn.

    `opened` is where the work of a turn is done: entered before, left after all of it. What it
    raises, all hear. `linger` is for how many seconds a turn waits for others before it begins:
    those whom one turn has served often come again together.
    """

    def __init__(
        self, opened: Callable[[], AbstractContextManager[Place]], linger: float = 0
    ) -> None:
        self._opened = opened
        self._linger = linger
        self._turn = Lock()
        self._gate = Lock()
        self._waiting: list[tuple[Callable[[Place], Any], Future[Any]]] = []

    def take(self, work: Callable[[Place], Value]) -> Value:
        """Return what `work` returns, once the turn that it was done in has ended.

        A RollcallError of its own is for `work` alone; any other error ends the turn for all.
        """
        mine: Future[Value] = Future()
        with self._gate:
            self._waiting.append((work, mine))
        with self._turn:
            if not mine.done():
                if self._linger:
                    time.sleep(self._linger)
                with self._gate:
                    batch, self._waiting = self._waiting, []
                self._serve(batch)
        return mine.result()

    def _serve(self, batch: list[tuple[Callable[[Place], Any], Future[Any]]]) -> None:
        settled: list[Callable[[], None]] = []
        try:
            with self._opened() as place:
                for work, future in batch:
                    try:
                        settled.append(partial(future.set_result, work(place)))
                    except RollcallError as error:
                        settled.append(partial(future.set_exception, error))
        except Exception as error:
            settled = [partial(future.set_exception, error) for _, future in batch]
        for settle in settled:
            settle()
