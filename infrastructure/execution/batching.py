"""A batcher: the work of threads that arrive together is done at once, by the first of them."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from threading import Condition, Lock, get_ident
from typing import Any, Generic, TypeVar

from infrastructure.errors import RollcallError
from infrastructure.execution.patience import Patience, WaitedTooLong, acquire

Place = TypeVar("Place")
Value = TypeVar("Value")

MAX_WAIT = 0.002  # seconds that a batch waits for threads that are coming


class Batcher(Generic[Place]):
    """A batcher of work: threads that come while a batch runs wait, and form the next batch.

    `opened` is a context manager around the work of a batch; its error is raised in all of its
    threads. A batch waits `linger` seconds for more threads before it begins: threads of one batch
    often come again together. It also waits for those that are `coming`, at most MAX_WAIT.
    Threads wait for their turn with `patience`, without one forever.
    """

    def __init__(
        self,
        opened: Callable[[], AbstractContextManager[Place]],
        linger: float = 0,
        patience: Patience | None = None,
    ) -> None:
        self._opened = opened
        self._linger, self._patience = linger, patience
        self._turn = Lock()
        self._gate = Lock()
        self._coming: set[int] = set()  # threads, by their numbers
        self._all_here = Condition(self._gate)
        self._waiting: list[tuple[Callable[[Place], Any], Future[Any]]] = []

    @contextmanager
    def coming(self) -> Iterator[None]:
        """A context of a thread that is about to bring work: until it has, batches wait for it."""
        with self._gate:
            self._coming.add(get_ident())
        try:
            yield
        finally:
            with self._gate:
                self._arrive()

    def _arrive(self) -> None:
        """Note that this thread is not waited for any more. The gate must be locked."""
        self._coming.discard(get_ident())
        if not self._coming:
            self._all_here.notify()

    def run(self, work: Callable[[Place], Value]) -> Value:
        """Return the result of `work`, once its batch has ended.

        A RollcallError of `work` is raised in its thread alone; any other error ends the batch.
        Raises WaitedTooLong; the work may still be done later, by the batch that has begun.
        """
        mine: Future[Value] = Future()
        item = work, mine
        with self._gate:
            self._waiting.append(item)
            self._arrive()
        try:
            acquire(self._turn, self._patience)
        except WaitedTooLong:
            with self._gate, suppress(ValueError):  # a batch has it
                self._waiting.remove(item)
            if mine.done():  # just now
                return mine.result()
            raise
        try:
            if not mine.done():
                if self._linger:
                    time.sleep(self._linger)
                with self._gate:
                    self._all_here.wait_for(lambda: not self._coming, MAX_WAIT)
                    batch, self._waiting = self._waiting, []
                self._serve(batch)
        finally:
            self._turn.release()
        return mine.result()

    def _serve(self, batch: list[tuple[Callable[[Place], Any], Future[Any]]]) -> None:
        served: list[Callable[[], None]] = []
        try:
            with self._opened() as place:
                for work, future in batch:
                    try:
                        served.append(partial(future.set_result, work(place)))
                    except RollcallError as error:
                        served.append(partial(future.set_exception, error))
        except Exception as error:
            served = [partial(future.set_exception, error) for _, future in batch]
        for settle in served:
            settle()
