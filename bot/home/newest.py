"""Which of a person's requests is the newest, so that what it shows is not shown over."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

LOCKS = 64  # so that different people seldom wait for each other


class Newest:
    """Remembers one moment a person. Threads share one; other processes have their own."""

    def __init__(self) -> None:
        self._newest: dict[str, float] = {}
        self._noting = Lock()
        self._showing = [Lock() for _ in range(LOCKS)]

    def note(self, user: str, at: float) -> None:
        """A request of `user` came in, which Slack dates `at`."""
        with self._noting:
            self._newest[user] = max(at, self._newest.get(user, at))

    def of(self, user: str) -> float:
        """The newest moment noted of `user`; before all others where there is none."""
        return self._newest.get(user, 0.0)

    @contextmanager
    def showing(self, user: str, at: float) -> Iterator[bool]:
        """Hold the others of `user` up; says whether none newer than `at` has come in."""
        with self._showing[hash(user) % LOCKS]:
            yield self._newest.get(user, at) <= at
