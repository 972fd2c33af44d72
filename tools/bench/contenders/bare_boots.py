"""A bare loop that promises of a first boot what Rollcall does: the file, then the commit."""

import os
import sqlite3
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

MANIFEST = b"x" * 523  # bytes; as many as the manifest of a first boot
ROW = "x" * 800  # about what a first boot records


def boots(folder: Path, seconds: int) -> Callable[[int], float]:
    """Return a function that does first boots one after the other, and returns how many a second.

    Each writes a new file, syncs it, renames it, syncs the folder, and commits one row in WAL with
    `synchronous = FULL`. There is no network, no request, no decision and nothing to read.
    """
    folder.mkdir(parents=True)
    numbers = count()

    def load(_: int) -> float:
        database = sqlite3.connect(folder / "bare.sqlite3", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS boots (mac, note)",
        ):
            database.execute(statement)
        start, done = time.perf_counter(), 0
        while (taken := time.perf_counter() - start) < seconds:
            _boot(folder, database, next(numbers))
            done += 1
        database.close()
        return done / taken

    return load


def _boot(folder: Path, database: sqlite3.Connection, number: int) -> None:
    unfinished = folder / f".MAC{number}"
    with unfinished.open("wb", buffering=0) as file:
        file.write(MANIFEST)
        os.fsync(file)
    unfinished.rename(folder / f"MAC{number}")
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(descriptor)
    os.close(descriptor)
    database.execute("INSERT INTO boots VALUES (?, ?)", (number, ROW))  # in autocommit
