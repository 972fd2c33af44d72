"""The signals that ask a process to end, and the end of one that does not."""

import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from threading import Event, Thread

import structlog

log = structlog.get_logger()

GRACE = 25.0  # seconds: compose kills after 30, which leaves no word in the log
PLACES = 4  # of each thread that are logged


def listen(grace: float = GRACE) -> Event:
    """Return an event that SIGTERM and SIGINT set; called before anything starts a thread.

    The process has `grace` seconds from then on. One that takes longer is ended by force, and its
    log has the places of its threads: Slack's client can deadlock where it reconnects at that
    moment.
    """
    stop = Event()
    # Not a handler: one that interrupts `stop.wait` would wait for a lock that it holds itself.
    # Before other threads: one that does not block the signals too would end the process.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        stop.set()
        time.sleep(grace)
        log.error("process did not end", seconds=grace, threads=_places())
        os._exit(1)

    Thread(target=wait, name="signals", daemon=True).start()
    return stop


def _places() -> Mapping[str, str]:
    """The innermost places of each thread, by its name."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    return {
        names.get(ident, str(ident)): " < ".join(
            f"{place.name} ({place.filename}:{place.lineno})"
            for place in reversed(traceback.extract_stack(frame)[-PLACES:])
        )
        for ident, frame in sys._current_frames().items()  # noqa: SLF001 - only this sees all
    }
