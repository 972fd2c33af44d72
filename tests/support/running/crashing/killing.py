"""A killer of a process at a line of our code. It imports nothing of that: see `messages`."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).parents[4]
OURS = tuple(f"{ROOT / folder}/" for folder in ("infrastructure", "provisioning", "server", "bot"))


def lines_of(settings: dict[str, str]) -> range:
    """The lines to be killed at: every one, or every so many."""
    return range(1, sys.maxsize, int(settings["every"]))


def killed_at(line: int, work: Callable[[], None]) -> bool:
    """Run `work` in a child that is killed before its `line`-th line of ours is executed.

    Returns False where the work was done before. Raises RuntimeError where it failed.
    """
    child = os.fork()
    if child == 0:
        try:
            _kill_self_at(line)
            work()
        except BaseException as error:
            sys.settrace(None)
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status) == signal.SIGKILL
    if os.WEXITSTATUS(status):
        raise RuntimeError(f"the work failed at line {line}")
    return False


def lines_in(work: Callable[[], None]) -> int:
    """Run `work` in a child, to its end, and return how many lines of ours it executed there."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        counted = _count_lines()
        try:
            work()
        finally:
            sys.settrace(None)
            os.write(writing, b"%d" % counted[0])
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with open(reading) as file:
        return int(file.read())


def _count_lines() -> list[int]:
    counted = [0]

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        counted[0] += event == "line"
        return trace

    sys.settrace(trace)
    return counted


def _kill_self_at(line: int) -> None:
    left = line

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if not frame.f_code.co_filename.startswith(OURS):
            return None
        if event == "line":
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace

    sys.settrace(trace)
