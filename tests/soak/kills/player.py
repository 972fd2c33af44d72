"""A killer of pieces of work, in a process without threads.

`python -m tests.soak.kills.player SETTINGS`: SETTINGS is JSON with the process, the database's URL,
the backend and where its repo is, Slack's URL, a folder, and the number of kills. Prints its result
as `say` does.
"""

import gc
import hashlib
import json
import os
import sys
import threading
from pathlib import Path

from rollcall.application import Application
from tests.soak.kills import repos
from tests.soak.kills.pieces import PIECES, Piece
from tests.soak.kills.units import missed
from tests.soak.progress import Result, say
from tests.support.inputs.samples import sample_repo
from tests.support.running import settings
from tests.support.running.crashing.killing import killed_at, lines_in

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def serial_of(name: str) -> str:
    """A serial number that is like no other one, or a person would be asked which is meant."""
    digest = hashlib.sha256(name.encode()).digest()
    return "C02" + "".join(LETTERS[byte % len(LETTERS)] for byte in digest[:9])


def play(piece: Piece, prefix: str, kills: int) -> Result:
    """Kill the work at lines that are spread evenly over it, again and again."""
    findings, killed = list[str](), 0
    first = serial_of(prefix)
    piece.prepare(first)
    piece.database.close()  # a child inherits no connection
    lines = lines_in(lambda: piece.do(first))
    for number in range(kills):
        name = serial_of(f"{prefix} {number}")
        line = 1 + number * lines // kills
        piece.prepare(name)
        piece.database.close()
        killed += killed_at(line, lambda name=name: _do(piece, name))  # type: ignore[misc]
        findings += [f"line {line}: {name}: {each}" for each in piece.look(name, whole=False)]
        piece.pass_time()
        piece.database.close()
        killed_at(0, lambda name=name: _do(piece, name))  # type: ignore[misc]
        findings += [f"line {line}: {name}: {each}" for each in piece.look(name, whole=True)]
    return {"kills": killed, "lines": lines, "findings": findings + missed(killed, kills)}


def _do(piece: Piece, name: str) -> None:
    threading.settrace(sys.gettrace())  # threads that it starts are killed, too
    piece.do(name)


def main(given: dict[str, str]) -> None:
    """Warm up with a repo in a folder, which leaves no threads behind, and play."""
    repo = repos.opened(given["backend"], given["where"])
    os.environ.update(repo.environment)
    folder = Path(given["folder"])
    warm = _application(given, str(sample_repo(folder / "warm")), folder)
    if given["process"] in ("server", "program"):
        warming = PIECES[given["process"]](warm, repos.Folder(folder / "warm"))
        warming.prepare("C02WARMUP")
        warming.do("C02WARMUP")
    application = _application(given, repo.place, folder)
    application.database = warm.database  # whose statements are compiled now
    piece = PIECES[given["process"]](application, repo)
    gc.freeze()  # so that no child copies all that is here, only to find that it is still used
    say(play(piece, given["process"], int(given["kills"])))


def _application(given: dict[str, str], place: str, folder: Path) -> Application:
    """All processes in one; each child opens what it needs."""
    named = {
        "MUNKI_REPO": place,
        "ROLLCALL_DATABASE_URL": given["database_url"],
        "ROLLCALL_REPO_COPY": str(folder / "copy"),
    }
    server = settings.server_settings(folder, **named)
    bot = settings.bot_settings(folder, given["api_url"], "xoxb-stand-in", "signing-secret")
    copied = {"munki_repo": place, "repo_copy": folder / "copy"}
    return Application(server, bot.model_copy(update=copied))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
