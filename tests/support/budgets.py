"""Budgets: the time that one test may take, by the kind of the test. One that takes more fails.

Unit and integration tests have seconds of the processor, their child processes' included; whole
journeys have seconds of the clock, since they wait for processes that they do not wait for in
the sense of the operating system. Fixtures that several tests share are nobody's expense.
"""

import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

# The margin for a processor that others use too: its caches and its other half are theirs.
MARGIN = 2.5
REFERENCE = 0.011  # seconds of the processor that `_loop` takes on the machine of the budgets
LOOPS = 100_000


@dataclass(frozen=True, slots=True)
class Budget:
    """What one test may take: seconds, of the clock or of the processor."""

    seconds: float
    of_the_clock: bool = False


KINDS = {
    "unit": Budget(0.2),
    "integration": Budget(1.0),
    "e2e": Budget(8.0, of_the_clock=True),
}

# Tests that may take longer than their kind: a file, or a test in it; seconds, and the reason.
LONGER: dict[str, tuple[float, str]] = {}


def budget_of(path: Path, test: str) -> Budget:
    """The budget of a test, by its file below `tests` and its name without parameters."""
    kind = KINDS[path.parts[0]]
    for name in (f"{path.name}::{test}", path.name):
        if name in LONGER:
            return Budget(LONGER[name][0], kind.of_the_clock)
    return kind


def excess(budget: Budget, spent: "Expense") -> str:
    """The sentence about a test that spent more than its budget; empty where it did not."""
    seconds = spent.clock if budget.of_the_clock else spent.processor
    allowed = budget.seconds * MARGIN * (_load() if budget.of_the_clock else _slowness())
    if seconds <= allowed:
        return ""
    kind = "the clock" if budget.of_the_clock else "the processor"
    return (
        f"The test took {seconds:.2f} seconds of {kind}; its budget is {budget.seconds:g}, on this"
        f" machine now {allowed:.2f}. Make it cheaper, or name it in tests/support/budgets.py."
    )


class Expense:
    """The time that a test has spent so far, in seconds."""

    def __init__(self) -> None:
        self.processor = self.clock = 0.0
        self._shared = False

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what the block takes."""
        processor, clock = _processor(), time.monotonic()
        try:
            yield
        finally:
            self.processor += _processor() - processor
            self.clock += time.monotonic() - clock

    @contextmanager
    def not_counting(self) -> Iterator[None]:
        """Leave out what the block takes, inside one that counts."""
        if self._shared:
            yield
            return
        processor, clock, self._shared = _processor(), time.monotonic(), True
        try:
            yield
        finally:
            self.processor -= _processor() - processor
            self.clock -= time.monotonic() - clock
            self._shared = False


def _processor() -> float:
    """Seconds of the processor that this process has had, and its children that ended."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


@cache
def _slowness() -> float:
    """How many times as slow as the machine of the budgets this one is; 1 for a faster one."""
    return max(1.0, min(_loop() for _ in range(5)) / REFERENCE)


def _loop() -> float:
    """Seconds of the processor that a fixed piece of work takes."""
    began = time.process_time()
    sum(number * number for number in range(LOOPS))
    return time.process_time() - began


def _load() -> float:
    """How many processes want each processor of this machine, at least one; and its slowness."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)) * _slowness()
