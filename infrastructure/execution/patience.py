"""Patience: limits on the time and the number of threads that wait for a silent resource."""

import time
from collections.abc import Callable
from threading import Lock, Semaphore

MOMENT = 1.5  # seconds
POLL_INTERVAL = 0.1  # seconds between two looks at the clock


class WaitedTooLong(Exception):
    """A wait that took too long, or that has no place; the message is for admins."""


class Patience:
    """The patience with one resource, such as a database: a thread waits at most `seconds`.

    After a `moment` a thread needs one of the `places` to go on waiting, so that threads are left
    for other work; several resources may share the places. Once a wait was given up, a new one
    needs a place at once, until the resource has answered a thread.
    """

    def __init__(
        self,
        seconds: float,
        places: Semaphore | None = None,
        *,
        moment: float = MOMENT,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds, self.moment, self.places, self.clock = seconds, moment, places, clock
        self._answered_at = float("-inf")
        self._is_doubtful = False

    def begin(self, seconds: float | None = None) -> "ThreadWait":
        """Begin a wait, of these `seconds` if any; it must be ended. Raises WaitedTooLong."""
        waiting = ThreadWait(self, self.seconds if seconds is None else seconds)
        if self._is_doubtful:
            waiting.take_place()
        return waiting

    def wait(self, attempt: Callable[[float], bool]) -> None:
        """Wait until an `attempt`, which takes so many seconds, succeeds. Raises WaitedTooLong."""
        waiting = self.begin()
        try:
            while not attempt(min(POLL_INTERVAL, self.seconds)):
                waiting.go_on()
        finally:
            waiting.end()

    def note_answer(self) -> None:
        """Note that the resource has answered."""
        self._answered_at, self._is_doubtful = self.clock(), False

    def note_silence(self, since: float) -> None:
        """Note that a wait was given up, which began at a moment of the clock."""
        self._is_doubtful |= self._answered_at <= since


def acquire(lock: Lock, patience: Patience | None) -> None:
    """Take a lock; without `patience` wait for it forever. Raises WaitedTooLong."""
    if patience is None:
        lock.acquire()
    elif not lock.acquire(blocking=False):
        patience.wait(lambda seconds: lock.acquire(timeout=seconds))


class ThreadWait:
    """A wait of one thread, at most `seconds` long."""

    def __init__(self, patience: Patience, seconds: float) -> None:
        self._patience, self._since, self._seconds = patience, patience.clock(), seconds
        self._has_place = False

    def go_on(self) -> None:
        """Go on waiting. Raises WaitedTooLong."""
        patience = self._patience
        waited = patience.clock() - self._since
        if waited >= self._seconds:
            patience.note_silence(self._since)
            raise WaitedTooLong(f"no answer for {waited:.0f} s")
        if waited >= patience.moment:
            self.take_place()

    def take_place(self) -> None:
        """Take a place, unless this wait has one. Raises WaitedTooLong where none is free."""
        places = self._patience.places
        if places is None or self._has_place:
            return
        if not places.acquire(blocking=False):
            self._patience.note_silence(self._since)
            raise WaitedTooLong("it does not answer, and enough calls wait for it")
        self._has_place = True

    def end(self) -> None:
        """Free the place of this wait among those that may be long, where it has one."""
        if self._has_place and self._patience.places is not None:
            self._has_place = False
            self._patience.places.release()
