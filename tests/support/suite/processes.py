"""Forked processes, as their parent starts, hears and ends them."""

import atexit
import os
import pickle
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any

PATIENCE = 10.0  # seconds for which the end of processes is waited for
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
LENGTH = struct.Struct("I")  # of what is told


class Process:
    """A forked process, as its parent knows it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.test: str | None = ""  # the one that it runs; None when it is done
        self.told = self.pid = 0
        self._bytes = b""

    def start(self, work: Callable[[int, str], None]) -> None:
        """Fork, and have the new process do nothing but `work`, which is told where to tell."""
        self.told, telling = os.pipe()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid:
            os.close(telling)
            return
        status = 1
        atexit._clear()  # noqa: SLF001 - what the parent has begun is the parent's to end
        try:
            for each in INTERRUPTS:
                signal.signal(each, _interrupt)
            work(telling, self.name)
            status = 0
        except (KeyboardInterrupt, BrokenPipeError):  # the parent tells of it, or is gone
            pass
        except BaseException:
            traceback.print_exc()
        finally:
            atexit._run_exitfuncs()  # noqa: SLF001
            os._exit(status)

    def hear(self) -> Iterator[Any] | None:
        """The messages that it has told since; None where it is gone."""
        found = os.read(self.told, 1 << 20)
        self._bytes += found
        return self._messages() if found else None

    def end(self) -> str:
        """Wait for its end, which is near; returns how it ended."""
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        self.pid = 0
        return f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"

    def _messages(self) -> Iterator[Any]:
        while len(self._bytes) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._bytes)[0]
            if len(self._bytes) < end:
                return
            message, self._bytes = self._bytes[LENGTH.size : end], self._bytes[end:]
            yield pickle.loads(message)


def _interrupt(*_: object) -> None:
    """Interrupt this process once: what ends its fixtures is not interrupted again."""
    for each in INTERRUPTS:
        signal.signal(each, lambda *_: None)
    raise KeyboardInterrupt


def end(processes: Sequence[Process]) -> None:
    """Interrupt the processes that still run, and wait for all; kill those that take too long."""
    left = [process for process in processes if process.pid]
    for process in left:
        os.kill(process.pid, signal.SIGINT)  # one that is gone does not mind
        os.close(process.told)
    deadline = time.monotonic() + PATIENCE
    try:
        while left and time.monotonic() < deadline:
            left = [each for each in left if os.waitpid(each.pid, os.WNOHANG) == (0, 0)]
            time.sleep(0.01)
    finally:
        for process in left:
            os.kill(process.pid, signal.SIGKILL)
            os.waitpid(process.pid, 0)
