"""A policy file that changes while Rollcall runs."""

import os
import threading
from pathlib import Path

import pytest

from provisioning.policy import Policy, PolicyFile, UnusablePolicy
from tests.support.clocks import Seconds

ALICE, BOB = 'admins = ["U0ALICE"]\n', 'admins = ["U0BOB"]\n'


@pytest.fixture
def clock() -> Seconds:
    """The time as the policy file sees it."""
    return Seconds()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A policy file in which Alice is the admin."""
    path = tmp_path / "rollcall.toml"
    path.write_text(ALICE)
    return path


def rewrite(path: Path, text: str) -> None:
    """Write the file as an editor does: another file takes its place."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def test_without_a_path_the_policy_is_open() -> None:
    assert PolicyFile(None).policy == Policy.open()
    assert PolicyFile(None).fault is None


def test_a_file_that_is_broken_at_the_start_is_refused(path: Path) -> None:
    path.write_text("admins = 1")
    with pytest.raises(UnusablePolicy, match="line 1: admins is 1"):
        PolicyFile(path)


def test_a_file_that_has_said_nothing_from_the_start_is_not_at_fault(path: Path) -> None:
    path.write_text("# The policy of the lab.\n")

    assert (PolicyFile(path).policy, PolicyFile(path).fault) == (Policy.open(), None)


def test_a_change_is_seen_within_a_second(path: Path, clock: Seconds) -> None:
    file = PolicyFile(path, clock=clock)
    rewrite(path, BOB)

    clock.now += 0.9
    assert file.policy.admins == ("U0ALICE",)
    clock.now += 0.1
    assert file.policy.admins == ("U0BOB",)


def test_a_change_in_place_that_keeps_the_size_is_seen(path: Path, clock: Seconds) -> None:
    file = PolicyFile(path, clock=clock)
    before = path.stat().st_mtime_ns
    path.write_text(ALICE.replace("ALICE", "CAROL"))
    os.utime(path, ns=(before + 1, before + 1))
    clock.now += 1

    assert file.policy.admins == ("U0CAROL",)


def test_a_file_that_did_not_change_is_not_read_again(path: Path, clock: Seconds) -> None:
    file = PolicyFile(path, clock=clock)
    before = file.policy
    clock.now += 5
    assert file.policy is before


def test_a_broken_change_leaves_the_last_good_policy_in_force_and_says_so_once(
    path: Path, clock: Seconds
) -> None:
    told: list[UnusablePolicy | None] = []
    file = PolicyFile(path, tell=told.append, clock=clock)
    rewrite(path, "admins = [")
    for _ in range(3):
        clock.now += 1
        assert file.policy.admins == ("U0ALICE",)

    assert "line 1: this is not TOML" in str(file.fault)
    assert told == [file.fault]

    rewrite(path, "admins = [ # still")
    clock.now += 1
    assert file.policy.admins == ("U0ALICE",)
    assert len(told) == 1

    rewrite(path, BOB)
    clock.now += 1
    assert file.policy.admins == ("U0BOB",)
    assert file.fault is None
    rewrite(path, ALICE)
    clock.now += 1
    assert file.policy.admins == ("U0ALICE",)
    assert told[1:] == [None]


def test_a_file_that_is_gone_leaves_the_last_good_policy_in_force(
    path: Path, clock: Seconds
) -> None:
    file = PolicyFile(path, clock=clock)
    away = path.rename(path.with_suffix(".away"))
    clock.now += 1
    assert file.policy.admins == ("U0ALICE",)
    assert "cannot be read" in str(file.fault)

    away.rename(path)
    clock.now += 1
    assert file.policy.admins == ("U0ALICE",)
    assert file.fault is None


def test_a_file_that_is_emptied_does_not_open_everything_to_everybody(
    path: Path, clock: Seconds
) -> None:
    """As an editor leaves it for a moment, and a full disk for good."""
    file = PolicyFile(path, clock=clock)
    for nothing in ("", "# The policy of the lab.\n"):
        rewrite(path, nothing)
        clock.now += 1
        assert file.policy.admins == ("U0ALICE",)
        assert "rollcall.toml says nothing any more" in str(file.fault)

    rewrite(path, "admins = []\n")  # which somebody meant
    clock.now += 1
    assert file.policy.admins == ()
    assert file.fault is None


def test_a_file_that_said_nothing_from_the_start_may_go_on_to(path: Path, clock: Seconds) -> None:
    path.write_text("")
    file = PolicyFile(path, clock=clock)
    rewrite(path, "# The policy of the lab.\n")
    clock.now += 1

    assert file.policy.admins == ()
    assert file.fault is None
    assert file.says_nothing


def test_nobody_waits_while_another_thread_reads_the_file(path: Path, clock: Seconds) -> None:
    reads, done = threading.Event(), threading.Event()

    def tell(_: UnusablePolicy | None) -> None:
        reads.set()
        done.wait(60)

    file = PolicyFile(path, tell=tell, clock=clock)
    rewrite(path, "admins = 1")
    clock.now += 1
    slow = threading.Thread(target=lambda: file.policy)
    slow.start()
    assert reads.wait(30)

    assert file.policy.admins == ("U0ALICE",)
    assert slow.is_alive()
    done.set()
    slow.join()


def test_threads_see_one_whole_policy_or_another(path: Path) -> None:
    ticks = iter(range(10_000_000))
    file = PolicyFile(path, clock=lambda: float(next(ticks)))
    seen: set[tuple[str, ...]] = set()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.add(file.policy.admins)

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(20):
        rewrite(path, BOB if n % 2 else ALICE)
    stop.set()
    for thread in threads:
        thread.join()

    assert seen <= {("U0ALICE",), ("U0BOB",)}
    assert file.policy.admins == ("U0BOB",)
    assert file.fault is None


def test_the_folder_of_the_repo_is_not_changed_while_it_is_open(path: Path, clock: Seconds) -> None:
    rewrite(path, f'{ALICE}[munki]\nroot = "a"\n')
    file = PolicyFile(path, clock=clock)

    rewrite(path, f'{BOB}[munki]\nroot = "b"\n')
    clock.now += 1

    assert (file.policy.munki.root, file.policy.admins) == ("a", ("U0ALICE",))
    assert str(file.fault) == (
        'rollcall.toml, line 3: munki.root is "b", and this process began with "a"; '
        "restart Rollcall"
    )

    rewrite(path, f'{BOB}[munki]\nroot = "a"\n')
    clock.now += 1

    assert (file.policy.admins, file.fault) == (("U0BOB",), None)


def test_a_pipe_in_place_of_the_file_is_not_waited_for(path: Path, clock: Seconds) -> None:
    file = PolicyFile(path, clock=clock)
    path.unlink()
    os.mkfifo(path)
    clock.now += 1

    assert file.policy.admins == ("U0ALICE",)
    assert "cannot be read (it is a pipe or a device, not a file)" in str(file.fault)
    with pytest.raises(UnusablePolicy, match="it is a pipe or a device, not a file"):
        PolicyFile(path)
