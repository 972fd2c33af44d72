"""Photos of box labels: how many are read, and how fast.

The labels are drawn, so that what stands on them is known; photos of real boxes have glare and
creases that these have not. `make soak ARGS="-k photos"` looks for misreads among a thousand.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from provisioning.imports.photos import reader
from tests.support.inputs.labels import Label, encoded, photo
from tools.bench.harness.effort import Effort
from tools.bench.harness.table import Row

ANGLES = (0, 15, 30, 45)
EACH = 12  # photos for a read rate
WANTED = 11  # of them
LIMIT, SMALL_LIMIT = 4.0, 0.7  # seconds for 12 and for 3 megapixels


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos that are alike, each of some `labels`."""

    angle: float
    megapixels: float = 3
    blur: float = 0
    labels: int = 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one photo: labels that were `read` without a doubt, and the time it took."""

    read: int
    seconds: float


def rows(_effort: Effort, _folder: Path) -> Iterator[Row]:
    """Rates at each angle, size and blur, and the time for one."""
    for angle in ANGLES:
        yield from _rate(f"{angle}°, 3 megapixels", PhotoSet(angle), SMALL_LIMIT)
    for angle in ANGLES:
        kind = PhotoSet(angle, 12)
        yield from _rate(f"{angle}°, 12 megapixels", kind, LIMIT)
        yield from _rate(f"{angle}°, 12 megapixels, blur σ 3", PhotoSet(angle, 12, 3), LIMIT)
    yield from _rate("eight on a photo of 12 megapixels", PhotoSet(5, 12, labels=8), LIMIT)


def _rate(name: str, kind: PhotoSet, limit: float) -> Iterator[Row]:
    outcomes = [_taken(kind, seed) for seed in range(EACH)]
    right, of = sum(outcome.read for outcome in outcomes), EACH * kind.labels
    wanted = WANTED * kind.labels
    seconds = [outcome.seconds for outcome in outcomes]
    yield Row(
        f"Labels read without doubt, {name}",
        f"{right} of {of}; median {median(seconds):.2f} s, slowest {max(seconds):.2f} s",
        f"{wanted} of {of}, < {limit:.1f} s",
        right >= wanted and max(seconds) < limit,
    )


def _taken(kind: PhotoSet, seed: int) -> Outcome:
    rng = random.Random(seed)  # noqa: S311 - the same photos in every run
    labels = [Label.invent(rng, rng.choice((10, 12))) for _ in range(kind.labels)]
    picture = photo(labels, angle=kind.angle, megapixels=kind.megapixels, blur=kind.blur, seed=seed)
    content = encoded(picture, quality=rng.choice((40, 60, 85)))
    began = time.perf_counter()
    found = reader.read(content)
    seconds = time.perf_counter() - began
    certain = {each.serial.text for each in found.serials if not each.doubt}
    return Outcome(len(certain & {label.serial for label in labels}), seconds)
