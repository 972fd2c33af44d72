"""Who is not heard for a while, and that nothing a crowd does takes much memory."""

import subprocess
import sys

from server import slowing
from server.slowing import Slowing
from tests.support.installation import ROOT
from tests.support.waiting import eventually


def refused(watch: Slowing, times: int, caller: str = "10.0.0.7") -> None:
    for _ in range(times):
        watch.count(caller)


def test_whoever_was_refused_less_than_the_most_is_heard() -> None:
    watch = Slowing(most=3)
    refused(watch, 2)

    assert watch.pause("10.0.0.7") == 0


def test_whoever_was_refused_too_often_is_told_when_to_come_again() -> None:
    watch = Slowing(most=3)
    refused(watch, 3)

    assert 1 <= watch.pause("10.0.0.7") <= slowing.WINDOW
    assert watch.pause("10.0.0.8") == 0


def test_it_passes() -> None:
    watch = Slowing(most=3, window=1)
    refused(watch, 3)
    assert watch.pause("10.0.0.7") == 1

    eventually(lambda: watch.pause("10.0.0.7") == 0)


def test_a_crowd_is_watched_only_as_far_as_memory_allows() -> None:
    watch = Slowing(most=1, callers=3)
    for number in range(4):
        refused(watch, 1, f"10.0.0.{number}")

    assert [bool(watch.pause(f"10.0.0.{number}")) for number in range(4)] == [False, *3 * [True]]


def test_nothing_of_the_library_is_in_a_process_that_refused_nobody() -> None:
    """A server's worker has three MiB to spare; the library takes two."""
    check = (
        "import sys, server.app; from server.slowing import Slowing; watch = Slowing();"
        "watch.pause('10.0.0.7'); before = 'limits' in sys.modules;"
        "watch.count('10.0.0.7'); sys.exit(before or 'limits' not in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
