"""The 10,000 kills of `make soak ARGS=kills`, spread evenly over what can be killed where."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product

from tests.soak.progress import Result

PROCESSES = ("server", "bot", "relay", "jobs", "program")
DATABASES = ("sqlite", "postgresql")
BACKENDS = ("folder", "git", "bucket")
UNITS = tuple("-".join(unit) for unit in product(BACKENDS, DATABASES, PROCESSES))
KILLS = -(-10_000 // len(UNITS))  # of a unit
FEWEST = 0.5  # of them that hit: a run takes a few lines fewer than the one that was counted


def missed(killed: int, kills: int) -> list[str]:
    """The finding that nearly no kill hit the work, which then proves nothing."""
    return [f"only {killed} of {kills} kills hit the work"] if killed < kills * FEWEST else []


def summed_up(results: Sequence[Result]) -> Iterator[str]:
    """The kills by process, database and backend, and the steps at which they fell."""
    yield f"kills: {sum(result.get('kills', 0) for result in results)}"
    for place, names in enumerate((BACKENDS, DATABASES, PROCESSES)):
        counted: Counter[str] = Counter()
        for result in results:
            counted[result["unit"].split("-")[place]] += result.get("kills", 0)
        yield ", ".join(f"{name}: {counted[name]}" for name in names)
    for name in PROCESSES:
        lines = [each["lines"] for each in results if name in each["unit"] and "lines" in each]
        if lines:
            yield f"{name}: one piece of work has {min(lines)} to {max(lines)} lines of ours"
