"""A monotonic clock for tests."""

from dataclasses import dataclass


@dataclass
class Seconds:
    """A monotonic clock that stands until it is moved."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now
