"""A sandbox for readers of hostile bytes: a child process with limits of time and memory.

A picture or a spreadsheet can be made so that a decoder crashes, never ends or fills the memory;
and decoders have had worse faults. The child is a new interpreter, because forking a process with
threads is not safe. It gets no environment variable but PATH, and its answer is JSON, so that a
hostile file that controls it cannot run code in our process.

`python -m infrastructure.execution.sandbox READER MEGABYTES SECONDS ARGUMENTS` is that child.
"""

import json
import math
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from infrastructure.errors import RollcallError
from infrastructure.text import Sentence

ANSWER = 6 << 20  # bytes at most, in this one file: some 30,000 Macs
FILES = 32  # open at once: the answer, and the modules that are imported late
LONGEST = 500  # characters of an error's text that we take from the child
ROOT = Path(__file__).parents[2]  # the folder with our packages


class GaveUp(RollcallError):
    """A reader that was stopped, or that crashed, before it had an answer."""

    def __init__(self, reason: str) -> None:
        super().__init__("Reading the file was given up: {reason}.", reason=reason)
        self.reason = reason


def run(
    reader: str, content: bytes, *arguments: str, seconds: float = 15, megabytes: int = 1024
) -> Any:
    """Return the result of `reader`, "module:function", called with the content and the arguments.

    The result is JSON: dataclasses become dicts, tuples lists. The function may take `seconds` and
    `megabytes` of memory. Raises the function's RollcallError, with its text and its simple
    attributes, and GaveUp for every other end.
    """
    # The clock comes first: a library that waits by asking again and again takes a whole processor.
    limits = [str(megabytes), str(math.ceil(seconds) + 1), json.dumps(arguments)]
    with tempfile.TemporaryFile() as answer:
        status = _child([reader, *limits], content, answer, seconds)
        answer.seek(0)
        return _result(answer.read(ANSWER), status)


def _child(arguments: list[str], content: bytes, answer: IO[bytes], seconds: float) -> int:
    """Run it; return its exit status, negative for a signal."""
    child = subprocess.Popen(  # noqa: S603 - this module, with what our own callers named
        [sys.executable, "-B", "-m", __spec__.name, *arguments],
        stdin=subprocess.PIPE,
        stdout=answer,  # a file, because a limit of its size holds and a pipe has none
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={"PATH": os.defpath},
        start_new_session=True,
    )
    try:
        child.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired as error:
        raise GaveUp(
            Sentence("it took longer than {seconds} seconds", seconds=f"{seconds:g}")
        ) from error
    finally:
        with suppress(ProcessLookupError, PermissionError):  # it is gone; macOS says EPERM then
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    return child.returncode


def _result(answer: bytes, status: int) -> Any:
    if status == -signal.SIGXCPU:
        raise GaveUp("it took too much of the processor")
    if status < 0:
        raise GaveUp(Sentence("the reader broke ({name})", name=signal.Signals(-status).name))
    try:
        kind, value = json.loads(answer)
        if kind == "error":
            raise _error(**value)
    except (ValueError, TypeError, RecursionError) as error:
        raise GaveUp("the reader ended without an answer") from error
    if kind != "result":
        raise GaveUp(str(value)[:LONGEST])
    return value


def _error(name: str, text: str, attributes: dict[str, object]) -> RollcallError:
    """Return the error of ours that was raised; its class is one that is loaded here anyway."""
    text = str(text)[:LONGEST]
    for kind in _kinds(RollcallError):
        if f"{kind.__module__}:{kind.__qualname__}" == name:
            error = kind.__new__(kind)
            error.args = (text,)
            vars(error).update(attributes)
            return error
    return RollcallError(text)


def _kinds(kind: type[RollcallError]) -> Iterator[type[RollcallError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)


def _serve(reader: str, megabytes: str, seconds: str, arguments: str) -> None:
    """Be the child: read the content, answer, and end without cleaning up."""
    answer = os.dup(1)
    os.dup2(2, 1)  # a decoder may print
    module, function = reader.split(":")
    read = getattr(import_module(module), function)
    content = sys.stdin.buffer.read()
    _confine(int(megabytes), int(seconds))
    os.write(answer, json.dumps(_answer(read, content, json.loads(arguments))).encode())
    os._exit(0)


def _answer(read: Any, content: bytes, arguments: list[str]) -> tuple[str, object]:
    try:
        return "result", _plain(read(content, *arguments))
    except MemoryError:
        return "failure", "it needs too much memory"
    except RollcallError as error:
        kind = type(error)
        simple = {k: v for k, v in vars(error).items() if isinstance(v, str | int | float)}
        name = f"{kind.__module__}:{kind.__qualname__}"
        return "error", {"name": name, "text": str(error)[:LONGEST], "attributes": simple}
    except Exception as error:
        return "failure", f"the reader failed ({type(error).__name__})"


def _plain(value: object) -> object:
    """Return dataclasses as dicts, also within a list or a tuple."""
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _confine(megabytes: int, seconds: int) -> None:
    # macOS takes RLIMIT_AS and does not keep to it; there the clock is what ends a memory bomb.
    for kind, limit in (
        (resource.RLIMIT_AS, megabytes << 20),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # the limit that we have ourselves is lower already
            resource.setrlimit(kind, (limit, limit))


if __name__ == "__main__":
    _serve(*sys.argv[1:])
