"""A killer of backups and restores of an SQLite database at the lines of our code.

Run as `python -m … WORK SETTINGS`, as `messages` is; prints what it saw as JSON.
"""

import gc
import json
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from sqlalchemy import select

from infrastructure.database.engine import Database
from infrastructure.database.sqlite import sqlite_files
from infrastructure.jobs.models import LastRun
from provisioning.maintenance import backups
from provisioning.maintenance.backups.archives import Archive, UnusableBackup
from provisioning.registrations.models import Counter
from tests.support.running.crashing.killing import killed_at, lines_of

OLD, LOGGED, NEW = "old", "only in the log", "new"


class Work:
    """Something that is killed, in a folder with the files `old`, `new` and `backup`."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._lines = lines_of(settings)
        self.folder = Path(settings["folder"])
        self.path = self.folder / "rollcall.sqlite3"
        self.problems: list[str] = []

    def play(self) -> int:
        """Kill it at its lines, and look at what is there after each; count the kills."""
        self.prepare()
        self.do()  # once here, so that the children have less to do
        for kills, line in enumerate(self._lines):
            self.prepare()
            if not killed_at(line, self.do):
                return kills
            try:
                self.look()
            except Exception as error:
                self.problems.append(f"line {line}: {error!r}")
        raise AssertionError("there are more lines than integers")

    def prepare(self) -> None:
        """Have the old database there, the last of it in its log, as after a power cut."""
        for path in self.folder.glob("*rollcall.sqlite3*"):
            path.unlink()
        for end in ("", "-wal"):
            shutil.copy(self.folder / f"old{end}", f"{self.path}{end}")

    def do(self) -> None:
        """Do what is killed."""
        raise NotImplementedError

    def look(self) -> None:
        """Raise where the database is neither the old one nor the new one, whole."""
        opened = closing(Database(f"sqlite:///{self.path}"))
        with opened as database, database.reading() as session:
            found = set(session.scalars(select(Counter.pattern)))
            other = set(session.scalars(select(LastRun.what)))  # a table that is not in the log
        assert (found, other) in (({OLD, LOGGED}, {OLD}), ({NEW}, {NEW})), (found, other)
        with closing(sqlite3.connect(self.path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


class Restoring(Work):
    """A whole restore."""

    def do(self) -> None:
        """Restore the backup."""
        with (self.folder / "backup").open("rb") as file:
            backups.restore(f"sqlite:///{self.path}", file, replace=True)


class Replacing(Work):
    """Its last part: one database takes the place of another."""

    def do(self) -> None:
        """Put the new file there."""
        fresh = self.folder / ".rollcall.sqlite3.restored"
        shutil.copy(self.folder / "new", fresh)
        keep_as = f"{self.path}.before-restore"
        sqlite_files.put_in_place(str(fresh), str(self.path), keep_as=keep_as)


class Taking(Work):
    """A backup over one that is there."""

    def prepare(self) -> None:
        """Have the database there, and the backup of the day before."""
        super().prepare()
        for path in self.folder.glob("*today*"):
            path.unlink()
        shutil.copy(self.folder / "backup", self.folder / "today")

    def do(self) -> None:
        """Take it."""
        with closing(Database(f"sqlite:///{self.path}")) as database:
            backups.take_to_file(database, str(self.folder / "today"))

    def look(self) -> None:
        """Raise where it is neither the one of the day before nor today's, whole."""
        try:
            with (self.folder / "today").open("rb") as file:
                sections = Archive(file).sections()
                rows = {section.table: [row[0] for row in rows] for section, rows in sections}
        except UnusableBackup as error:
            raise AssertionError("half a backup") from error
        assert set(rows["counters"]) in ({NEW}, {OLD, LOGGED}), rows["counters"]
        super().look()


WORKS = {"restoring": Restoring, "replacing": Replacing, "taking": Taking}


def main() -> None:
    """Play one piece of work and print the number of kills and what went wrong."""
    work = WORKS[sys.argv[1]](json.loads(sys.argv[2]))
    gc.freeze()
    kills = work.play()
    sys.stdout.write(f"\n{json.dumps({'kills': kills, 'problems': work.problems})}\n")


if __name__ == "__main__":
    main()
