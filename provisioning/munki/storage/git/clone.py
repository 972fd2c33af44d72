"""The clone on our disk: where it lies, and what is noted of it.

It is bare: no file of the repo is ever checked out, so no filter, hook or link of it does anything.
`refs/rollcall/state` is what the remote had when it was last seen, and all that is read. A commit
of ours gets there only after it was pushed; what was not is an object that nothing names.
"""

import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provisioning.munki.storage.base import faults
from provisioning.munki.storage.git.location import Place
from provisioning.munki.storage.git.program import environment

BLOCK = 4096  # bytes: what a disk gives at a time


@dataclass(frozen=True, slots=True)
class Push:
    """How a push went: why the remote did not take it, empty where it did; and when."""

    refused: str
    at: datetime


class Copy:
    """Our clone of `place`, in a folder of its own below `home`, shared by processes."""

    def __init__(self, home: Path, place: Place) -> None:
        self.place = place
        self.folder = f"{home.absolute()}/{place.key}"
        self.repository = f"{self.folder}/repo.git"
        self.fresh = f"{self.folder}/fresh.git"
        self._seen = f"{self.folder}/seen"
        self._pushed = Path(self.folder, "pushed")
        self.environment = environment(place, self.repository, f"{self.folder}/gitconfig")

    def generation(self) -> int:
        """What tells this clone from one made in its place; 0 where there is none."""
        try:
            return os.stat(self.repository).st_ino
        except OSError:
            return 0

    def age(self) -> float:
        """Seconds since the remote was last seen to be as the clone says; `inf` for never."""
        if not self.generation():
            return float("inf")
        try:
            return abs(time.time() - os.stat(self._seen).st_mtime)
        except OSError:
            return float("inf")

    def note_seen(self) -> None:
        """Note that the clone is as the remote is."""
        with faults():
            Path(self._seen).touch()

    def note_push(self, refused: str, *, is_down: bool = False) -> None:
        """Note how the last push went: why the remote did not take it, empty where it did.

        `is_down` says that it could not be reached at all: which is over once it is seen again.
        """
        with faults():
            fresh = self._pushed.with_suffix(".new")
            fresh.write_text(json.dumps({"refused": refused, "is_down": is_down}))
            fresh.replace(self._pushed)

    def last_push(self) -> Push | None:
        """Return how the last push went, of whichever process; None where there was none."""
        try:
            said, at = json.loads(self._pushed.read_bytes()), self._pushed.stat().st_mtime
            if said["is_down"] and os.stat(self._seen).st_mtime > at:
                return None
            return Push(said["refused"], datetime.fromtimestamp(at, UTC))
        except (OSError, ValueError):
            return None

    def try_to_write(self) -> None:
        """Write a file beside the clone, as every commit does. Raises RepoUnusable."""
        with faults():
            fresh = Path(self.folder, "trial")
            fresh.write_bytes(bytes(BLOCK))
            fresh.unlink()

    def put_in_place(self) -> None:
        """Make the clone that was made in `fresh` the one that is used."""
        with faults():
            shutil.rmtree(f"{self.folder}/old.git", ignore_errors=True)
            if os.path.isdir(self.repository):
                os.rename(self.repository, f"{self.folder}/old.git")
            os.rename(self.fresh, self.repository)
            shutil.rmtree(f"{self.folder}/old.git", ignore_errors=True)
