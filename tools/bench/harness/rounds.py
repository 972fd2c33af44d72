"""Rounds that take turns, and the numbers that are made of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TypeVar

Measured = TypeVar("Measured")


def interleaved(
    rounds: int, contenders: Mapping[str, Callable[[int], Measured]]
) -> dict[str, list[Measured]]:
    """Measure A B A B …, so that what drifts meanwhile drifts for all.

    Each contender is called with the number of the round, from 0. Round 0 warms up and is not in
    what comes back.
    """
    measured: dict[str, list[Measured]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, measure in contenders.items():
            result = measure(number)
            if number:
                measured[name].append(result)
    return measured


@dataclass(frozen=True, slots=True)
class Ratio:
    """The median of the rounds' ratios, and how far they spread."""

    middle: float
    lowest: float
    highest: float

    def __str__(self) -> str:
        return f"{self.middle:.2f} × ({self.lowest:.2f} to {self.highest:.2f})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Ratio:
    """Return how many times theirs ours is, round by round."""
    each = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    return Ratio(median(each), min(each), max(each))


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes."""
    began = perf_counter()
    work()
    return perf_counter() - began


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the smallest of `values` that at least `percent` % of them do not exceed."""
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
