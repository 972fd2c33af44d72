"""The command line of the endurance tests: run one part, go on where it was left, and report.

`python -m tests.soak PART` exits with 1 where something was found, or where some is left to do.
"""

import argparse
import sys
from pathlib import Path

from tests.soak import parts
from tests.soak.progress import Progress, report, work_off
from tests.support.installation import ROOT


def main() -> int:
    """Go on with a part."""
    parser = argparse.ArgumentParser(prog="make soak ARGS=", description=__doc__)
    parser.add_argument("part", choices=sorted(parts.PARTS))
    parser.add_argument("--again", action="store_true", help="begin from the start")
    parser.add_argument("--units", type=int, help="do no more than so many of its units now")
    parser.add_argument("--at-once", type=int, help="how many side by side, instead of the usual")
    parser.add_argument("--folder", type=Path, default=ROOT / ".soak", help="keeps the progress")
    given = parser.parse_args()
    part = parts.PARTS[given.part]
    progress = Progress(given.folder / f"{given.part}.jsonl")
    if given.again:
        progress.forget()
    left = progress.left(part.units)[: given.units]
    work_off(progress, part.module, left, at_once=given.at_once or part.at_once)
    results = progress.of(part.units)
    title = f"{given.part}: {len(results)} of {len(part.units)} units"
    is_sound = report(given.folder / f"{given.part}.txt", title, part.report(results), results)
    return 0 if is_sound and len(results) == len(part.units) else 1


if __name__ == "__main__":
    sys.exit(main())
