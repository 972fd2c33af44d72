"""Commits in the format of `git fast-import`: many at once, without an index or a checkout."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_letters, digits

from provisioning.munki.storage.base import ChangeNote
from provisioning.munki.storage.git.program import one_line

NAME, EMAIL = "Rollcall", "rollcall@localhost"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of one file: its new `content`, None to remove it, and a note for the log."""

    name: str
    content: bytes | None
    mode: str
    note: ChangeNote


def stream(ref: str, base: str, commits: Sequence[Commit]) -> bytes:
    """Return the commands that put commits on `base` one after another and print the last id."""
    now = f"{int(time.time())} +0000"
    parts = []
    for number, commit in enumerate(commits):
        parts += [
            f"commit {ref}\nmark :1\nauthor {_author(commit.note)} <{EMAIL}> {now}\n",
            f"committer {NAME} <{EMAIL}> {now}\n",
            _data(one_line(commit.note.sentence).encode(errors="replace")),
            "" if number else f"from {base}\n",
            *_change(commit),
        ]
    parts.append("get-mark :1\ndone\n")
    return b"".join(part.encode() if isinstance(part, str) else part for part in parts)


def _change(commit: Commit) -> Sequence[str | bytes]:
    if commit.content is None:
        return "D ", _path(commit.name), "\n"
    return f"M {commit.mode} inline ", _path(commit.name), "\n", _data(commit.content), "\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)


def _path(name: str) -> bytes:
    """A path in quotes, in which every byte that could mean something is written as a number."""
    safe = b"/._-" + ascii_letters.encode() + digits.encode()
    quoted = (
        chr(byte) if byte in safe else f"\\{byte:03o}"
        for byte in name.encode("utf-8", "surrogateescape")
    )
    return f'"{"".join(quoted)}"'.encode()


def _author(note: ChangeNote) -> str:
    """The author's name, without the signs of git's own format."""
    author = (
        one_line(note.author or "").translate({ord(sign): None for sign in "<>"}).strip(" .,;:'\"")
    )
    return (author or NAME).encode(errors="replace").decode()
