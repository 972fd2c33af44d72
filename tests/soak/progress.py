"""Long work in units, each a process of its own: what is done is kept, and not done again."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.support.installation import ROOT

Result = dict[str, Any]  # of a unit: JSON, with `findings`, a list of sentences
RESULT = "result: "  # what a unit prints before its result
LAST_LINES = 15  # of a unit that broke off


class Progress:
    """The results of the units of a part that are done, in a file with a line for each."""

    def __init__(self, file: Path) -> None:
        self._file = file
        lines = file.read_text().splitlines() if file.exists() else []
        self.results: dict[str, Result] = {}
        for line in lines:
            result = json.loads(line)
            self.results[result["unit"]] = result

    def add(self, unit: str, result: Result) -> None:
        """Note the result of a unit."""
        self.results[unit] = {"unit": unit, **result}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("a") as file:
            file.write(f"{json.dumps(self.results[unit])}\n")

    def left(self, units: Iterable[str]) -> list[str]:
        """The units that are to be done: those that were not, or where something was found."""
        return [unit for unit in units if self.results.get(unit, {}).get("findings", True)]

    def of(self, units: Iterable[str]) -> list[Result]:
        """The results of those units that are done."""
        return [self.results[unit] for unit in units if unit in self.results]

    def forget(self) -> None:
        """Begin from the start."""
        self._file.unlink(missing_ok=True)
        self.results.clear()


def work_off(progress: Progress, module: str, units: Sequence[str], *, at_once: int) -> None:
    """Have `python -m MODULE UNIT` do each unit, some at once; it prints its result as JSON."""

    def work(unit: str) -> None:
        began = time.monotonic()
        ended = subprocess.run(
            [sys.executable, "-m", module, unit],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        result = result_of(ended)
        result["seconds"] = round(time.monotonic() - began, 1)
        progress.add(unit, result)
        found = len(result["findings"])
        sys.stdout.write(f"{unit}: {result['seconds']:.0f} s, {found} findings\n")
        sys.stdout.flush()

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(work, units))


def result_of(ended: "subprocess.CompletedProcess[str]") -> Result:
    """The result of a process that printed it by `say`, or the finding that it broke off."""
    if ended.returncode == 0:
        lines = (line for line in ended.stdout.splitlines() if line.startswith(RESULT))
        return dict(json.loads(next(lines).removeprefix(RESULT)))
    last = "\n".join(ended.stderr.splitlines()[-LAST_LINES:])
    return {"findings": [f"it broke off with {ended.returncode}: {last}"]}


def report(file: Path, title: str, lines: Iterable[str], results: Sequence[Result]) -> bool:
    """Write and print a report with what was found. Returns whether nothing was."""
    findings = [finding for result in results for finding in result["findings"]]
    text = "\n".join([title, "", *lines, "", f"{len(findings)} findings", *findings, ""])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    sys.stdout.write(text)
    return not findings


def say(result: Result) -> None:
    """Print the result of a unit, for `work_off`, which started it."""
    sys.stdout.write(f"\n{RESULT}{json.dumps(result)}\n")


Reporter = Callable[[Sequence[Result]], Iterable[str]]
