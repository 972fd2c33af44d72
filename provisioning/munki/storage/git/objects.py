"""A reader of a clone's objects: one `git cat-file` that stays, not one process for every file."""

import os
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import IO, cast
from weakref import finalize

from infrastructure.errors import RollcallError

# Answers for links that lead to no file or folder; each has a second line, of a given length.
_ASTRAY = {b"dangling", b"loop", b"notdir", b"symlink"}


class BrokenClone(RollcallError):
    """A clone that cannot be read and must be made again."""

    def __init__(self) -> None:
        super().__init__("The clone of the Munki repo is damaged.")


@dataclass(frozen=True, slots=True)
class GitObject:
    """An object of git: its id, its kind (`blob`, `tree` or `commit`), and its size in bytes."""

    oid: str
    kind: str
    size: int


class Objects:
    """A reader of the objects of a clone; it follows links. Threads may share it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._lock = Lock()
        self._reader: _Reader | None = None

    def info(self, name: str) -> GitObject | None:
        """Return the object named like `COMMIT:path`, or None. Raises BrokenClone."""
        with self._lock:
            return self._asked("info", name)[0]

    def contents(self, name: str) -> bytes | None:
        """Return the bytes of an object, or None. Raises BrokenClone."""
        with self._lock:
            return self._asked("contents", name)[1]

    def close(self) -> None:
        """End the process; the next call starts another."""
        with self._lock:
            self._end()

    def _asked(self, command: str, name: str) -> tuple[GitObject | None, bytes | None]:
        if encoded(name) is None:
            return None, None
        for _ in range(2):
            try:
                return self._present().ask(command, name)
            except (OSError, EOFError, ValueError):
                self._end()  # ended from outside, or by an object that it could not read
        raise BrokenClone

    def _present(self) -> "_Reader":
        if self._reader is None or self._reader.owner != os.getpid():
            self._reader = _Reader(self._environment)
        return self._reader

    def _end(self) -> None:
        if self._reader is not None:
            self._reader.end()
            self._reader = None


class _Reader:
    """One process of `git cat-file`. The caller handles every error of its pipes."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.owner = os.getpid()
        process = subprocess.Popen(
            ["git", "cat-file", "--batch-command", "--follow-symlinks"],  # noqa: S607 - the git of PATH
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
        self._questions = cast(IO[bytes], process.stdin)
        self._answers = cast(IO[bytes], process.stdout)
        self.end = finalize(self, _ended, process, self.owner)

    def ask(self, command: str, name: str) -> tuple[GitObject | None, bytes | None]:
        self._questions.write(f"{command} {name}\n".encode("utf-8", "surrogateescape"))
        self._questions.flush()
        header = self._answers.readline()
        if not header.endswith(b"\n"):
            raise EOFError
        match header.split():
            case [word, size] if word in _ASTRAY:
                self._exactly(int(size) + 1)
            case [object_id, kind, size] if size.isdigit():
                found = GitObject(object_id.decode(), kind.decode(), int(size))
                has_content = command == "contents"
                return found, self._exactly(found.size + 1)[:-1] if has_content else None
        return None, None  # also for "missing", or another word that a newer git has for it

    def _exactly(self, size: int) -> bytes:
        content = self._answers.read(size)
        if len(content) != size:
            raise EOFError
        return content


def encoded(name: str) -> bytes | None:
    """Return a name as git stores it; None for one that no file can have."""
    if "\n" in name or "\0" in name:
        return None
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return None


def _ended(process: "subprocess.Popen[bytes]", owner: int) -> None:
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):
            cast(IO[bytes], pipe).close()
    if owner == os.getpid():  # a child that was forked has no say
        process.kill()
        process.wait()
