"""A killer of servers that change a Munki repo in git, at every so many lines and at any moment.

`python -m … FOLDER EVERY` is for the lines: it runs without threads, so that forking is safe, and
prints what it saw as JSON. `python -m … FOLDER WRITE NAME` is a server that changes one file for
ever.
"""

import json
import os
import signal
import sys
import threading
from pathlib import Path

import psutil

from provisioning.munki import ChangeNote, Destination, MunkiRepo
from provisioning.munki.errors import RepoUnusable
from provisioning.munki.locations import store as opened
from provisioning.munki.storage import Overtaken
from provisioning.values.serials import Serial
from tests.fakes.git.remote import Remote, git
from tests.support.running.crashing.killing import killed_at
from tests.support.waiting import eventually

LONDON = Destination("london", "design")


def play(folder: Path, every: int) -> dict[str, object]:
    """Kill an assignment at its lines; repeat it each time, as the Mac's script does."""
    remote, problems = Remote(folder / "git"), list[str]()
    for kills, line in enumerate(range(1, sys.maxsize, every)):
        serial = Serial(f"C02CRASH{line:04}")
        store = opened(remote.url, folder / "copy")
        repo = MunkiRepo(store)
        repo.now().check()
        if not _killed(line, repo, serial):
            return {"kills": kills, "problems": problems}
        before = remote.read(f"manifests/{serial}")
        repo.now().assign(serial, LONDON, note=ChangeNote(f"{serial}"))
        after = remote.read(f"manifests/{serial}")
        if after is None or before not in (None, after):
            problems.append(f"{line}: {before!r} and then {after!r}")
        if (made := remote.log().count(str(serial))) != 1:
            problems.append(f"{line}: {made} commits")
    raise AssertionError("there are more lines than integers")


def _killed(line: int, repo: MunkiRepo, serial: Serial) -> bool:
    """True where an assignment, from the lock to the answer, was killed at a line."""
    eventually(lambda: threading.active_count() == 1)

    def assign() -> None:
        with repo.now().holding(serial):
            repo.now().is_current(serial, LONDON)
            repo.now().assign(serial, LONDON, note=ChangeNote(f"{serial}"))

    return killed_at(line, assign)


def write(folder: Path, name: str) -> None:
    """Count up in a file, for ever, and print each number that was confirmed."""
    store, number = opened(f"git+file://{folder}/git/remote.git", folder / "copy"), 0
    while True:
        try:
            found = store.read(name)
            number = int(found.content) if found else 0
            store.replace(
                name, b"%d" % (number + 1), over=found, note=ChangeNote(f"{name} {number + 1}")
            )
        except (Overtaken, RepoUnusable):
            continue
        sys.stdout.write(f"{number + 1}\n")
        sys.stdout.flush()


def kill_all_of(pid: int) -> None:
    """End a process and all that it started, without a word, as a power cut would.

    Not what stands for the remote's own machine, which has its power.
    """
    os.kill(pid, signal.SIGSTOP)  # so that it starts no more
    for child in _children(pid):
        kill_all_of(child)
    os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["ppid", "cmdline"])
        if process.info["ppid"] == pid and "-pack" not in " ".join(process.info["cmdline"] or ())
    ]


def sound(remote: Remote) -> bool:
    """True where the remote has nothing that is half there."""
    return git(remote.path, "fsck", "--strict", "--no-dangling") == b""


def main() -> None:
    """Play, or be the server."""
    if sys.argv[2] == "WRITE":
        write(Path(sys.argv[1]), sys.argv[3])
    else:
        seen = play(Path(sys.argv[1]), int(sys.argv[2]))
        sys.stdout.write(f"{json.dumps(seen)}\n")


if __name__ == "__main__":
    main()
