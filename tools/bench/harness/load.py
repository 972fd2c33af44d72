"""Load from wrk: one thread, as many connections as Macs that boot at once in a lab."""

import json
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.support.installation import PASSWORD, USERNAME
from tools.bench.harness.rounds import ratio
from tools.bench.harness.table import Row

CONNECTIONS = 16
SCRIPTS = Path(__file__).parent / "wrk"
AUTHORIZATION = f"Basic {b64encode(f'{USERNAME}:{PASSWORD}'.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class Load:
    """A result of a load: answers of any status, of which `refused` were no 2xx; p99 in ms.

    `broken` counts the calls that got no answer at all.
    """

    answers: int
    seconds: float
    p99: float
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    @property
    def failed(self) -> int:
        """Calls without a 2xx."""
        return self.refused + self.broken


def wrk() -> str | None:
    """The path of wrk; None where it is not installed."""
    return shutil.which("wrk")


def offer(url: str, script: str, seconds: int, *arguments: str) -> Load:
    """Load `url` with a script of the folder `wrk`, which gets the arguments."""
    done = subprocess.run(  # noqa: S603 - wrk itself
        [
            wrk() or "wrk",
            "--threads=1",
            f"--connections={CONNECTIONS}",
            f"--duration={seconds}s",
            "--timeout=10s",
            f"--script={script}.lua",
            f"--header=Authorization: {AUTHORIZATION}",
            url,
            "--",
            *arguments,
        ],
        cwd=SCRIPTS,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout.splitlines()[-1]))


def rates(loads: Sequence[Load]) -> list[float]:
    """The answers a second of each round."""
    return [load.rate for load in loads]


def failures(loads: Sequence[Load]) -> int:
    """The calls without a 2xx of all rounds."""
    return sum(load.failed for load in loads)


def compared(
    what: str, ours: Sequence[Load], other: str, theirs: Sequence[Load], least: float
) -> Row:
    """Return the row that compares our rounds with those of another; ours are all to be 2xx."""
    times = ratio(rates(ours), rates(theirs))
    return Row(
        what,
        told(ours),
        f"≥ {least} ×, all 2xx",
        times.middle >= least and not failures(ours),
        beside=f"{other}: {told(theirs)}",
        ratio=str(times),
    )


def told(loads: Sequence[Load]) -> str:
    """The rounds in a cell of the table: medians, and all that failed."""
    failed, calls = failures(loads), sum(load.answers + load.broken for load in loads)
    p99 = median(load.p99 for load in loads)
    return f"{median(rates(loads)):,.0f}/s, p99 {p99:.1f} ms, {failed:,} of {calls:,} not 2xx"
