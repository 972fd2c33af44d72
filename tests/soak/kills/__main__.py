"""One unit of the kills: `python -m tests.soak.kills folder-sqlite-server [KILLS]`.

A Mac's call, a command, a message, a job and an act of a program are killed at lines of our code
that are spread evenly over each, then repeated as their callers would: one manifest, one
confirmation, one message, nothing half-written. Where less than half of the kills hit the work,
that is found, too.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import provisioning.maintenance.tables  # noqa: F401 - foreign keys name tables by their names
from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations
from tests.fakes.slack import Workspace
from tests.soak.kills import repos
from tests.soak.kills.units import KILLS
from tests.soak.progress import result_of, say
from tests.support.databases import postgres
from tests.support.installation import CHANNEL, ROOT


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    with ExitStack() as stack:
        url = f"sqlite:///{folder}/rollcall.sqlite3"
        if kind == "postgresql":
            url = f"{stack.enter_context(postgres.cluster())}/postgres"
        with closing(Database(url)) as database:
            migrations.upgrade(database)
        yield url


def main(unit: str, kills: int) -> None:
    """Have the player kill, and ask Slack in the end."""
    backend, kind, process = unit.split("-")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = stack.enter_context(Workspace(pace=None))
        slack.add_channel(CHANNEL, name="imaging")
        slack.person("U0ALICE", name="alice")
        given = {
            "process": process,
            "backend": backend,
            "where": stack.enter_context(repos.made(backend, folder / "repo")),
            "database_url": stack.enter_context(_database(kind, folder)),
            "api_url": slack.api_url,
            "folder": str(folder),
            "kills": str(kills),
        }
        command = [sys.executable, "-m", "tests.soak.kills.player", json.dumps(given)]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        result = result_of(ended)
        said = Counter(message.text for message in slack.channels[CHANNEL].messages)
    if process == "relay":
        twice = [text for text, times in said.items() if times != 1]
        result["findings"] += [f"said {said[text]} times: {text}" for text in twice]
        if len(said) != kills + 1:
            result["findings"].append(f"{len(said)} messages of {kills + 1} were said")
    say(result)


if __name__ == "__main__":
    main(sys.argv[1], KILLS if len(sys.argv) < 3 else int(sys.argv[2]))
