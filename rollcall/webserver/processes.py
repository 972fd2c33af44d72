"""The processes of the web server: one that watches, and workers that serve."""

import asyncio
import gc
import multiprocessing
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from infrastructure.errors import RollcallError
from rollcall.webserver import affinity
from rollcall.webserver.sockets import listening
from rollcall.webserver.workers import Worker

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

_HEARD = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)


class WorkerEnded(RollcallError):
    """A worker ended without being asked to."""

    def __init__(self) -> None:
        super().__init__("A process of the web server ended by itself, so all of it ends.")


class WebServer:
    """Workers in processes of their own. `make` returns a process's workers: one for each socket.

    There is a listening socket for each of `ports`, which are named by their settings. `make` is
    called in the worker's process. Nothing that runs threads may be loaded here before the
    processes are forked.
    """

    def __init__(
        self,
        make: Callable[[Sequence[socket.socket]], Sequence[Worker]],
        *,
        address: str,
        ports: Mapping[str, int],
        processes: int,
        grace: float,
    ) -> None:
        self._make = make
        self._address, self._ports = address, ports
        self._count, self._grace = processes, grace

    def serve(self) -> None:
        """Serve until SIGTERM or SIGINT; requests under way then have `grace` seconds.

        Raises as `listening` does, and WorkerEnded once the other workers have ended, too.
        """
        signal.signal(signal.SIGCHLD, lambda *_: None)  # ignored by default, and not kept then
        # Not handlers: a second signal may come while the first is heard.
        signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        context = multiprocessing.get_context("fork")
        with ExitStack() as stack:
            listeners = [
                stack.enter_context(listening(self._address, port, setting))
                for setting, port in self._ports.items()
            ]
            workers = [
                context.Process(target=self._work, args=(listeners, processor))
                for processor in affinity.in_turn(self._count)
            ]
            for worker in workers:
                worker.start()
        is_asked = _asked_to_end(workers)
        self._end(workers)
        if not is_asked:
            raise WorkerEnded

    def _end(self, workers: "list[ForkProcess]") -> None:
        """End the workers, by force where they take too long."""
        for worker in workers:
            worker.terminate()
        until = time.monotonic() + self._grace
        for worker in workers:
            worker.join(max(0, until - time.monotonic()))
            if worker.is_alive():
                worker.kill()
                worker.join()

    def _work(self, listeners: Sequence[socket.socket], processor: int | None) -> None:
        """Be the workers of a process, kept to a processor."""
        affinity.keep_to(processor)
        # The other process hears Ctrl-C, and says so.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _HEARD)
        gc.disable()  # what is loaded now stays: to look through it ten times takes a tenth longer
        try:
            workers = self._make(listeners)
            gc.enable()
            asyncio.run(_until_asked(workers))
        except RollcallError as error:
            sys.exit(str(error))
        except Exception:
            # multiprocessing would print it, and never ask the hook, which may be that of a log.
            sys.excepthook(*sys.exc_info())
            sys.exit(1)


async def _until_asked(workers: Sequence[Worker]) -> None:
    """Have workers serve until they are asked to end, or the process that watches them is gone."""
    loop, parent = asyncio.get_running_loop(), multiprocessing.parent_process()

    def stop() -> None:
        for worker in workers:
            worker.stop()
        if parent is not None:
            loop.remove_reader(parent.sentinel)
        loop.remove_signal_handler(signal.SIGTERM)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # it is on its way out

    loop.add_signal_handler(signal.SIGTERM, stop)
    if parent is not None:
        loop.add_reader(parent.sentinel, stop)
    await asyncio.gather(*(worker.serve() for worker in workers))


def _asked_to_end(workers: "list[ForkProcess]") -> bool:
    """Wait until the server is asked to end; returns False where a worker has ended before."""
    while signal.sigwait(_HEARD) == signal.SIGCHLD:
        if not all(worker.is_alive() for worker in workers):
            return False
    return True
