"""The parts that `make soak` runs: their units, and what is said of them together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.soak.fuzz import units as fuzz
from tests.soak.kills import units as kills
from tests.soak.progress import Reporter


@dataclass(frozen=True)
class Part:
    """A part: the module that does one of its units, and how many at once."""

    module: str
    units: Sequence[str]
    report: Reporter
    at_once: int


PARTS: Mapping[str, Part] = {
    "fuzz": Part("tests.soak.fuzz", fuzz.UNITS, fuzz.summed_up, at_once=2),
    "kills": Part("tests.soak.kills", kills.UNITS, kills.summed_up, at_once=2),
}
