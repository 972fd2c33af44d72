"""Limits of the web server: seconds, bytes and connections that a client is given."""

import resource
from dataclasses import dataclass

SPARE_FILES = 128  # for the database, the repo, git and logs
MAX_FILES = 4096 + SPARE_FILES  # macOS lets a process have no more than 10,240


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one worker process.

    Seconds: `idle` without a request, or until its headers are complete; `body` from the headers
    to the end of the body, `upload` where it was announced as larger than `large`; `answer` for
    taking an answer; `farewell` for reading why it was refused; `gone` for which the request of a
    client that has hung up may still wait for a thread. Bytes: `head` of the request line
    and the headers; `memory` of all that clients have sent and that is not answered yet, and of
    answers that they have not taken. `pipelined` requests of one connection wait for the one before
    them. `connections` at once, None: as many as the process may have files, but for a few.
    """

    idle: float = 30.0
    body: float = 10.0
    upload: float = 120.0
    answer: float = 60.0
    farewell: float = 2.0
    gone: float = 5.0
    large: int = 1024 * 1024
    head: int = 16 * 1024
    memory: int = 24 * 1024 * 1024
    pipelined: int = 16
    connections: int | None = None


def raise_file_limit() -> int:
    """Let this process have as many files as the system allows; return how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft == resource.RLIM_INFINITY or soft >= allowed:
        return MAX_FILES if soft == resource.RLIM_INFINITY else min(soft, MAX_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed


def most_connections(files: int) -> int:
    """The number of connections that a process may have, by the number of files it may open."""
    return max(files - SPARE_FILES, files // 2)
