"""One unit of the fuzzing: `python -m tests.soak.fuzz sqlite-1`. Prints its result as JSON.

It sends what Slack and clients send, by seed. The routes are those of Flask and the listeners those
of Bolt, so a new one is tried by itself. Nothing may answer with 5xx (but `/readyz`, whose 503 is
documented), redirect, log a traceback, show a secret or grow. `make test` sends 300.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import structlog

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from tests.soak.fuzz.house import furnished
from tests.soak.fuzz.inputs import furnish, play
from tests.soak.fuzz.units import INPUTS
from tests.soak.fuzz.watching import Size, Watch
from tests.soak.progress import say
from tests.support.databases import postgres


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        with closing(Database(f"sqlite:///{folder}/rollcall.sqlite3")) as database:
            migrations.upgrade(database)
            yield database
        return
    with postgres.cluster() as url, closing(Database(f"{url}/postgres")) as database:
        migrations.upgrade(database)
        yield database


def main(kind: str, seed: int, number: int) -> None:
    """Send a unit's inputs."""
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    watch = Watch()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(_database(kind, folder))
        house = stack.enter_context(furnished(folder, database))
        stack.enter_context(watch.listening())
        furnish(house)
        play(house, watch, seed, number // 5)  # caches and pools are filled by these
        before = Size.of(database)
        play(house, watch, seed + 1000, number - number // 5)
        after = Size.of(database)
    watch.compare(before, after, number)
    result = {
        "inputs": number,
        "statuses": watch.statuses,
        "findings": watch.findings,
        "grown": {
            name: round(getattr(after, name) - getattr(before, name), 1)
            for name in ("memory", "threads", "files")
        },
    }
    say(result)


if __name__ == "__main__":
    named, _, seeded = sys.argv[1].partition("-")
    main(named, int(seeded), INPUTS if len(sys.argv) < 3 else int(sys.argv[2]))
