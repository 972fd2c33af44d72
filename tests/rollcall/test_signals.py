"""The end of a process that is asked to end, in a process of its own."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ASKED = """
import threading
from rollcall import signals

def stay():
    threading.Event().wait()

stop = signals.listen(grace={grace})
print("ready", flush=True)
stop.wait()
if {hangs}:
    threading.Thread(target=stay, name="stubborn").start()
"""


@contextmanager
def process(*, hangs: bool, grace: float) -> Iterator[subprocess.Popen[str]]:
    """A process that listens, and hangs once it is asked to end, or not."""
    program = ASKED.format(hangs=hangs, grace=grace)
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield child
        child.kill()


def test_a_process_ends_when_it_is_asked_to() -> None:
    with process(hangs=False, grace=60) as child:
        child.send_signal(signal.SIGTERM)
        assert child.wait(30) == 0


def test_a_process_that_does_not_end_says_where_it_stands_and_is_ended() -> None:
    """It is asked by Ctrl-C."""
    with process(hangs=True, grace=0.2) as child:
        child.send_signal(signal.SIGINT)
        printed, _ = child.communicate(timeout=30)

    assert child.returncode == 1
    assert "process did not end" in printed
    assert "stubborn" in printed
    assert "stay (<string>:6) < " in printed
