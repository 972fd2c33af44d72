"""Heartbeats in files, as a probe of the same machine reads them; the processes are real."""

import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, Response

from infrastructure.heartbeats import files, probe
from infrastructure.heartbeats.files import Beat, HeartbeatFile
from tests.support.installation import ROOT
from tests.support.running.serving import served
from tests.support.waiting import eventually

# A process that beats ten times a second, until its input ends.
BEATING = """
import os, select, sys, time
from pathlib import Path
from infrastructure.heartbeats.files import Beat, HeartbeatFile
folder, part, patience = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
name = f"host:{os.getpid()}:{os.urandom(3).hex()}"
file = HeartbeatFile(folder, part, name)
while not select.select([sys.stdin], [], [], 0.1)[0]:
    file.write(Beat(part, name, os.getpid(), time.monotonic(), patience, "busy with import"))
file.remove()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an installation that was never started."""
    return tmp_path / "heartbeats"


@contextmanager
def beating(
    folder: Path, part: str = "relay", patience: float = 60
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a part that works; asked to end at the end, where it still runs."""
    command = [sys.executable, "-c", BEATING, str(folder), part, str(patience)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as process:
        eventually(lambda: process.pid in {beat.pid for beat in files.alive(folder)})
        try:
            yield process
        finally:
            process.send_signal(signal.SIGCONT)


def said(folder: Path, part: str | None = None) -> tuple[bool, str]:
    verdict = probe.examined(folder, part)
    return verdict.healthy, verdict.sentence


def test_one_that_works_is_healthy_and_one_that_ended_as_asked_runs_no_more(folder: Path) -> None:
    assert said(folder) == (False, "Nothing of Rollcall runs here.")
    with beating(folder):
        healthy, sentence = said(folder, "relay")
        assert healthy
        assert re.match(r"The relay works: heard \d+ s ago", sentence)
        assert said(folder, "jobs") == (False, "No job runner runs here.")
        assert said(folder)[0], "only what was started here counts"

    assert said(folder, "relay") == (False, "No relay runs here.")
    assert not list(folder.iterdir())


def test_one_that_is_stopped_hangs_until_it_goes_on(folder: Path) -> None:
    with beating(folder, patience=0.5) as process:
        process.send_signal(signal.SIGSTOP)
        eventually(lambda: not said(folder, "relay")[0])
        _, sentence = said(folder, "relay")
        assert f"The relay (process {process.pid}) hangs: silent for" in sentence
        assert sentence.endswith("busy with import.")

        process.send_signal(signal.SIGCONT)
        eventually(lambda: said(folder, "relay")[0])


def test_one_that_is_killed_ended_without_a_word_whoever_has_its_number_now(folder: Path) -> None:
    with beating(folder) as process:
        process.kill()
        process.wait()
        # Its number is that of a process that runs, as after a container's next start.
        [path] = folder.glob("relay-*.json")
        path.write_text(path.read_text().replace(str(process.pid), str(os.getpid())))

        assert said(folder) == said(folder, "relay")
        assert "ended without a word: look at its log" in said(folder)[1]
        assert said(folder, "jobs") == (False, "No job runner runs here.")


def test_the_next_one_takes_the_place_of_one_that_died(folder: Path) -> None:
    with ExitStack() as stack:
        dead = stack.enter_context(beating(folder))
        dead.kill()
        dead.wait()
        stack.enter_context(beating(folder))
        assert said(folder, "relay")[0], "one of them works"

        files.remove_dead(folder, "relay")
        assert not list(files.dead(folder))
        assert len(list(files.alive(folder))) == 1


def test_one_that_starts_while_the_dead_are_buried_is_alive(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    lock = folder / f"relay-abc-{os.getpid()}.lock"
    started: list[HeartbeatFile] = []
    with lock.open("w") as looked_at:
        fcntl.flock(looked_at, fcntl.LOCK_EX)
        start = Thread(target=lambda: started.append(HeartbeatFile(folder, "relay", "host:1:abc")))
        start.start()
        time.sleep(0.3)  # it waits for the lock
        lock.unlink()
    start.join()
    [file] = started
    file.write(Beat("relay", "host:1:abc", os.getpid(), time.monotonic()))

    assert said(folder, "relay")[0]
    files.remove_dead(folder, "relay")
    assert said(folder, "relay")[0]
    file.remove()


def test_one_that_can_make_no_file_any_more_goes_on_in_the_one_that_it_has(folder: Path) -> None:
    file = HeartbeatFile(folder, "relay", "host:1:abc")
    file.write(Beat("relay", "host:1:abc", os.getpid(), time.monotonic() - 100, 60, "busy"))
    assert not said(folder)[0]
    next(folder.glob("*.json")).with_suffix(".new").mkdir()  # as a disk without room refuses it

    file.write(Beat("relay", "host:1:abc", os.getpid(), time.monotonic(), 60))

    assert said(folder) == (True, "The relay works: heard 0 s ago.")


def test_the_first_heartbeat_that_cannot_be_written_says_why(folder: Path) -> None:
    file = HeartbeatFile(folder, "relay", "host:1:abc")
    next(folder.glob("*.lock")).with_suffix(".new").mkdir()

    with pytest.raises(IsADirectoryError):
        file.write(Beat("relay", "host:1:abc", os.getpid(), time.monotonic()))


def test_of_several_each_has_to_work(folder: Path) -> None:
    with beating(folder), beating(folder, patience=0.5) as process, beating(folder, "jobs"):
        process.send_signal(signal.SIGSTOP)
        eventually(lambda: not said(folder, "relay")[0])

        assert not said(folder)[0]
        assert said(folder, "jobs")[0]


def test_a_server_that_nobody_answers_for_does_not_work(folder: Path) -> None:
    file = HeartbeatFile(folder, "server", "host:1:abc")
    file.write(Beat("server", "host:1:abc", os.getpid(), 0, float("inf"), port=9))

    healthy, sentence = said(folder, "server")

    assert not healthy
    assert "The server does not answer at port 9" in sentence
    file.remove()


@pytest.mark.parametrize(
    ("status", "answer"),
    [(200, "The server works: heard"), (500, "The server answers 500 at port")],
)
def test_a_server_works_that_says_so_at_its_port(folder: Path, status: int, answer: str) -> None:
    app = Flask("anything")
    app.add_url_rule("/healthz", view_func=lambda: Response(status=status))
    with served(app) as url:
        file = HeartbeatFile(folder, "server", "host:1:abc")
        port = int(url.rpartition(":")[2])
        file.write(Beat("server", "host:1:abc", os.getpid(), time.monotonic(), 60, port=port))

        healthy, sentence = said(folder, "server")

        assert (healthy, sentence[: len(answer)]) == (status == 200, answer)
        file.remove()


def test_a_folder_of_somebody_else_is_not_written_to(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o777)

    with pytest.raises(PermissionError, match="is somebody else's; remove it"):
        HeartbeatFile(folder, "relay", "host:1:abc")


def test_one_of_the_last_release_is_known_by_its_old_name(folder: Path) -> None:
    with beating(folder, "clerk") as process:
        assert said(folder, "jobs")[0]
        process.kill()
        process.wait()
        assert "The job runner (process " in said(folder)[1]

    files.remove_dead(folder, "jobs")
    assert said(folder) == (False, "Nothing of Rollcall runs here.")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"part": "relay"}'])
def test_a_file_that_is_none_of_ours_is_passed_over(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "relay-1.json").write_text(content)

    assert said(folder, "relay") == (False, "No relay runs here.")


def test_a_folder_stays_the_one_when_its_disk_has_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, place = "sqlite:////data/rollcall.sqlite3", str(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", place)
    folder = files.folder_of(address, place)
    files.make_private(folder)
    monkeypatch.setattr(tempfile, "tempdir", "/elsewhere")  # as Python takes it then

    assert files.folder_of(address, place) == folder


def test_two_installations_have_folders_of_their_own_and_no_password_makes_one() -> None:
    one = files.folder_of("postgresql://rollcall:secret@db/one")

    assert one != files.folder_of("postgresql://rollcall:secret@db/two")
    assert one == files.folder_of("postgresql://rollcall:another@with@signs@db/one")
