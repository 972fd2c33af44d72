"""The day of `make soak ARGS=day`: four quarters, each on what the one before left behind."""

from collections.abc import Iterator, Sequence
from statistics import median

from tests.soak.progress import Result

HOUR = 75.0  # seconds: the day's hours are scaled, the product's own waits are not
HOURS, MACS = 6, 500  # of a quarter
UNITS = ("quiet", "slack", "ground", "clocks")
MOST_GROWTH = 1.02  # of the median of the first third to that of the last
LEAST = {"memory": 1.0, "lag": 0.5}  # MiB and seconds that a machine with other work explains


def grown(kind: str, values: Sequence[float]) -> tuple[float, float, bool]:
    """The medians of the first and the last third, and whether that is growth."""
    third = max(1, len(values) // 3)
    first, last = median(values[:third]), median(values[-third:])
    return first, last, last > max(first * MOST_GROWTH, first + LEAST[kind])


def summed_up(results: Sequence[Result]) -> Iterator[str]:
    """The Macs, their lag, and the memory of each process."""
    yield f"Macs: {sum(result.get('macs', 0) for result in results)}"
    for result in results:
        calls, refused = result.get("calls", 0), result.get("refused", 0)
        yield f"{result['unit']}: {calls} calls of Macs, {refused} of them in vain"
        for name, (first, last) in result.get("thirds", {}).items():
            yield f"  {name}: {first:.2f} in the first third, {last:.2f} in the last"
