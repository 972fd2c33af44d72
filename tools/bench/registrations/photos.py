"""Photos of box labels: how many are read, how fast, and whether any is read wrong.

The labels are drawn, so that what stands on them is known; photos of real boxes have glare and
creases that these have not.
"""

import os
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from provisioning.imports.photos import reader
from tests.support.inputs.labels import Label, encoded, photo
from tools.bench.harness.effort import Effort
from tools.bench.harness.table import Row

ANGLES = (0, 15, 30, 45)
EACH = 12  # labels for a read rate
WANTED = 11
LIMIT, SMALL_LIMIT = 4.0, 0.7  # seconds for 12 and for 3 megapixels


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """Photos that are alike."""

    angle: float
    megapixels: float = 3
    blur: float = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one photo: its serial was read, with a doubt or without, or another was."""

    right: bool
    doubted: bool
    wrong: int
    wrong_undoubted: int
    seconds: float


def rows(effort: Effort, folder: Path) -> Iterator[Row]:  # noqa: ARG001 - writes nothing
    """Rates at each angle, size and blur; the time for one; and a hunt for misreads."""
    for angle in ANGLES:
        yield from _rate(f"{angle}°, 3 megapixels", PhotoSet(angle), SMALL_LIMIT)
    for angle in ANGLES:
        kind = PhotoSet(angle, 12)
        yield from _rate(f"{angle}°, 12 megapixels", kind, LIMIT)
        yield from _rate(f"{angle}°, 12 megapixels, blur σ 3", PhotoSet(angle, 12, 3), LIMIT)
    yield _hunt(effort.bulk // 10)


def _rate(name: str, kind: PhotoSet, limit: float) -> Iterator[Row]:
    outcomes = [_taken(kind, seed) for seed in range(EACH)]
    right = sum(one.right and not one.doubted for one in outcomes)
    seconds = [one.seconds for one in outcomes]
    yield Row(
        f"Labels read without doubt, {name}",
        f"{right} of {EACH}; median {median(seconds):.2f} s, slowest {max(seconds):.2f} s",
        f"{WANTED} of {EACH}, < {limit:.1f} s",
        right >= WANTED and max(seconds) < limit,
    )


def _hunt(number: int) -> Row:
    """Look for misreads among photos from well to hardly legible, on all cores."""
    cores = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        outcomes = list(pool.map(_hunted, range(number), chunksize=10))
    right, doubted, wrong, undoubted = (
        sum(getattr(one, name) for one in outcomes)
        for name in ("right", "doubted", "wrong", "wrong_undoubted")
    )
    return Row(
        f"Misreads that nothing doubts, of {number:,} small photos",
        f"{undoubted}; {wrong} doubted or not; {right:,} read, {doubted} of them with a doubt",
        "none",
        undoubted == 0,
    )


def _hunted(seed: int) -> Outcome:
    rng = random.Random(seed)  # noqa: S311 - the same photos in every run
    megapixels = rng.choice((0.5, 0.8, 1.2))
    blur = rng.uniform(0, 1.1) * megapixels**0.5
    return _taken(PhotoSet(rng.uniform(0, 360), megapixels, blur), seed)


def _taken(kind: PhotoSet, seed: int) -> Outcome:
    rng = random.Random(seed)  # noqa: S311 - the same photos in every run
    label = Label.invent(rng, rng.choice((10, 12)))
    picture = photo(
        [label], angle=kind.angle, megapixels=kind.megapixels, blur=kind.blur, seed=seed
    )
    content = encoded(picture, quality=rng.choice((40, 60, 85)))
    began = time.perf_counter()
    found = reader.read(content)
    seconds = time.perf_counter() - began
    ours = [one for one in found if one.serial.text == label.serial]
    others = [one for one in found if one.serial.text != label.serial]
    return Outcome(
        right=bool(ours),
        doubted=any(one.doubt for one in ours),
        wrong=len(others),
        wrong_undoubted=sum(one.doubt is None for one in others),
        seconds=seconds,
    )
