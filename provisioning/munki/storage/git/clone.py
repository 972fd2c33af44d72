"""The clone on our disk: its files, and notes about the remote.

It is bare: no file of the repo is ever checked out, so no filter, hook or link in it has an effect.
All reads are of the ref `refs/rollcall/state`, the remote's commit when it was last fetched. A
commit of ours gets there only after it was pushed; until then no ref names it.
"""

import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from provisioning.munki.storage.base import faults
from provisioning.munki.storage.git.location import GitLocation
from provisioning.munki.storage.git.program import environment

BLOCK = 4096  # bytes: what a disk gives at a time


@dataclass(frozen=True, slots=True)
class Push:
    """A push: the reason why the remote refused it, empty where it did not, and the moment."""

    refused: str
    at: datetime


class Clone:
    """Our clone of `place`, in a folder of its own below `home`, shared by processes."""

    def __init__(self, home: Path, place: GitLocation) -> None:
        self.place = place
        self.folder = f"{home.absolute()}/{place.key}"
        self.repository = f"{self.folder}/repo.git"
        self.new_repository = f"{self.folder}/fresh.git"
        self._seen = f"{self.folder}/seen"
        self._pushed = Path(self.folder, "pushed")
        self.environment = environment(place, self.repository, f"{self.folder}/gitconfig")

    def generation(self) -> int:
        """The number of this clone, 0 for none; a clone that replaces it has another number."""
        try:
            return os.stat(self.repository).st_ino
        except OSError:
            return 0

    def age(self) -> float:
        """Seconds since the clone was last brought up to date; `inf` for never."""
        if not self.generation():
            return float("inf")
        try:
            return abs(time.time() - os.stat(self._seen).st_mtime)
        except OSError:
            return float("inf")

    def note_seen(self) -> None:
        """Note that the clone is up to date."""
        with faults():
            Path(self._seen).touch()

    def note_push(self, refused: str, *, is_down: bool = False) -> None:
        """Note the result of the last push: the reason for a refusal, empty for success.

        `is_down`: the remote could not be reached, so the note ends with the next fetch.
        """
        with faults():
            new_file = self._pushed.with_suffix(".new")
            new_file.write_text(json.dumps({"refused": refused, "is_down": is_down}))
            new_file.replace(self._pushed)

    def last_push(self) -> Push | None:
        """Return the last push of any process; None where there was none."""
        try:
            note, at = json.loads(self._pushed.read_bytes()), self._pushed.stat().st_mtime
            if note["is_down"] and os.stat(self._seen).st_mtime > at:
                return None
            return Push(note["refused"], datetime.fromtimestamp(at, UTC))
        except (OSError, ValueError):
            return None

    def try_to_write(self) -> None:
        """Write a file beside the clone, as every commit does. Raises RepoUnusable."""
        with faults():
            trial = Path(self.folder, "trial")
            trial.write_bytes(bytes(BLOCK))
            trial.unlink()

    def put_in_place(self) -> None:
        """Replace the clone by the new one in `new_repository`."""
        with faults():
            shutil.rmtree(f"{self.folder}/old.git", ignore_errors=True)
            if os.path.isdir(self.repository):
                os.rename(self.repository, f"{self.folder}/old.git")
            os.rename(self.new_repository, self.repository)
            shutil.rmtree(f"{self.folder}/old.git", ignore_errors=True)
