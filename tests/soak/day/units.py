"""The day of `make soak ARGS=day`: four quarters, each on what the one before left behind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from tests.soak.progress import Result

HOUR = 75.0  # seconds: the day's hours are scaled, the product's own waits are not
HOURS, MACS = 6, 500  # of a quarter
UNITS = ("quiet", "slack", "ground", "clocks")
MAX_GROWTH = 1.02  # of the median of the first third to that of the last
FEWEST = 9  # values of a series that say anything
LEAST = {"memory": 1.0, "lag": 0.5}  # MiB and seconds that a machine with other work explains


@dataclass(frozen=True, slots=True)
class Series:
    """A series of values of a quarter; its `kind` is one of LEAST."""

    title: str
    kind: str
    values: Sequence[float]

    def thirds(self) -> tuple[float, float] | None:
        """The medians of the first and the last third; None where there are too few values."""
        steady = self.values[len(self.values) // HOURS :]  # the first hour warms up
        if len(steady) < FEWEST:
            return None
        third = len(steady) // 3
        return median(steady[:third]), median(steady[-third:])

    def faults(self) -> Iterator[str]:
        """Yield the finding that the values grew, or that nobody can tell."""
        thirds = self.thirds()
        if thirds is None:
            yield f"{self.title}: only {len(self.values)} values"
        elif thirds[1] > max(thirds[0] * MAX_GROWTH, thirds[0] + LEAST[self.kind]):
            yield f"{self.title} grew from {thirds[0]:.2f} to {thirds[1]:.2f}"


def summed_up(results: Sequence[Result]) -> Iterator[str]:
    """The Macs, their lag, and the memory of each process."""
    yield f"Macs: {sum(result.get('macs', 0) for result in results)}"
    for result in results:
        calls, refused = result.get("calls", 0), result.get("refused", 0)
        yield f"{result['unit']}: {calls} calls of Macs, {refused} of them in vain"
        for name, (first, last) in result.get("thirds", {}).items():
            yield f"  {name}: {first:.2f} in the first third, {last:.2f} in the last"
