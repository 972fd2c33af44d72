"""Locks against all other holders, until their holder lets go or dies."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infrastructure.execution.patience import Patience
from infrastructure.filesystem import locks
from tests.support.fixtures.repo import Want
from tests.support.installation import ROOT

HOLD = """
import sys
from infrastructure.filesystem import locks

with locks.exclusive(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def lock(tmp_path: Path) -> str:
    """The path of a lock file that is not there yet."""
    return str(tmp_path / "lock")


@pytest.fixture
def held_elsewhere(lock: str) -> Iterator["subprocess.Popen[str]"]:
    """A process of its own that holds the lock until it is killed."""
    command = [sys.executable, "-c", HOLD, lock]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_what_one_thread_holds_another_waits_for(lock: str, want: Want) -> None:
    with locks.exclusive(lock):
        other = want(lambda: locks.exclusive(lock))
        assert other.waits()

    assert other.has_it()


def test_what_a_failure_held_is_free(lock: str, want: Want) -> None:
    with pytest.raises(ZeroDivisionError), locks.exclusive(lock):
        raise ZeroDivisionError

    assert want(lambda: locks.exclusive(lock)).has_it()


def test_what_another_process_holds_is_free_once_that_is_killed(
    lock: str, want: Want, held_elsewhere: "subprocess.Popen[str]"
) -> None:
    other = want(lambda: locks.exclusive(lock))
    assert other.waits()

    held_elsewhere.kill()

    assert other.has_it()


def test_two_locks_are_held_side_by_side(lock: str, want: Want) -> None:
    with locks.exclusive(lock):
        assert want(lambda: locks.exclusive(f"{lock}2")).has_it()


def test_many_threads_take_turns_and_nobody_is_left_out(lock: str) -> None:
    counted = 0

    def count() -> None:
        nonlocal counted
        for _ in range(50):
            with locks.exclusive(lock):
                before = counted
                threading.Event().wait(0.0001)
                counted = before + 1

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counted == 300


def test_with_patience_a_lock_is_got_when_it_is_let_go_and_not_when_it_is_asked_for_again(
    lock: str,
) -> None:
    """Or others, who come then, always have it before."""
    got, late = list[float](), list[float]()
    with locks.exclusive(lock), pytest.raises(OSError, match="has not let go of it"):
        locks.exclusive(lock, patience=Patience(0.01)).__enter__()

    def wait() -> None:
        with locks.exclusive(lock, patience=Patience(30)):
            got.append(time.monotonic())

    for _ in range(3):  # of which one is not disturbed by other programs
        waiter = threading.Thread(target=wait)
        with locks.exclusive(lock):
            waiter.start()
            time.sleep(0.07)
            let_go = time.monotonic()
        waiter.join()
        late.append(got.pop() - let_go)

    assert min(late) < 0.02


def test_a_lock_that_is_let_go_leaves_no_descriptor_open(lock: str) -> None:
    before = descriptors()
    for _ in range(5):
        with locks.exclusive(lock):
            assert descriptors() == before + 1

    assert descriptors() == before


def test_where_there_is_no_folder_there_is_no_lock(lock: str) -> None:
    with pytest.raises(FileNotFoundError), locks.exclusive(f"{lock}/in/no/folder"):
        pass


def descriptors() -> int:
    return len(list(Path("/dev/fd").iterdir()))


def test_with_patience_a_lock_that_another_process_keeps_is_given_up(
    lock: str, held_elsewhere: "subprocess.Popen[str]"
) -> None:
    with (
        pytest.raises(OSError, match="another process has not let go of it"),
        locks.exclusive(lock, patience=Patience(0.01)),
    ):
        pass
    held_elsewhere.kill()

    with locks.exclusive(lock, patience=Patience(10)):
        pass
    with locks.exclusive(lock, patience=Patience(10)):  # who gave up has let go of it
        pass


def test_of_those_who_wait_for_a_lock_that_hangs_all_but_few_are_refused_soon(
    lock: str, held_elsewhere: "subprocess.Popen[str]"
) -> None:
    patience = Patience(0.5, threading.Semaphore(1), moment=0.1)
    took = list[float]()

    def want() -> None:
        began = time.monotonic()
        with (
            pytest.raises(OSError, match="has not let go"),
            locks.exclusive(lock, patience=patience),
        ):
            pass
        took.append(time.monotonic() - began)

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [seconds < 0.5 for seconds in took] == [True, True, True, False]


def test_of_those_who_give_up_a_lock_that_hangs_one_thread_is_left(
    lock: str, held_elsewhere: "subprocess.Popen[str]"
) -> None:
    before = threads_in_queues()
    for _ in range(3):
        with (
            pytest.raises(OSError, match="has not let go"),
            locks.exclusive(lock, patience=Patience(0.01)),
        ):
            pass
    assert threads_in_queues() == before + 1

    threading.Timer(0.05, held_elsewhere.kill).start()
    with locks.exclusive(lock, patience=Patience(10)):
        pass


def threads_in_queues() -> int:
    return sum(thread.name == "lock" for thread in threading.enumerate())
