"""The 100,000 inputs of `make soak ARGS=fuzz`, in units of one seed and one database each."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.soak.progress import Result

INPUTS = 5_000  # of a unit
UNITS = tuple(f"{kind}-{seed}" for seed in range(1, 11) for kind in ("sqlite", "postgresql"))


def summed_up(results: Sequence[Result]) -> Iterator[str]:
    """The inputs, their answers, and how much the process and its database grew."""
    statuses: Counter[str] = Counter()
    for result in results:
        statuses.update(result.get("statuses", {}))
    yield f"inputs: {sum(result.get('inputs', 0) for result in results)}"
    yield "answers: " + ", ".join(f"{number} × {name}" for name, number in sorted(statuses.items()))
    for name in ("memory", "threads", "files"):
        grown = [result["grown"][name] for result in results if "grown" in result]
        yield f"{name} grew at the most by {max(grown, default=0):.1f} in {INPUTS} inputs"
