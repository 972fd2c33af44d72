"""Whole runs in forked processes, of small files: what happens in a process decides the run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import eventually

ROOT = Path(__file__).parents[3]
DIES = """
import os
def test_first(): pass
def test_dies(): os._exit(0)
def test_behind(): pass
"""
CRASHES = """
import ctypes
def test_crashes(): ctypes.string_at(0)
"""
FAILS = """
def test_fails(): assert False
def test_behind(): assert False
"""
STOPS = """
def test_stops(request): request.session.shouldfail = "enough of it"
def test_behind(): pass
"""
LEAVES = """
def test_leaves():
    circle = []
    circle += [circle, open(__file__)]
"""
ENDS_BADLY = """
import pytest
@pytest.fixture(scope="session")
def part():
    yield
    raise OSError("it does not end")
def test_part(part): pass
"""
WAITS = """
import pathlib, pytest, time
@pytest.fixture(scope="session")
def part():
    yield
    pathlib.Path("ended").touch()
def test_waits(part):
    pathlib.Path("begun").touch()
    time.sleep(30)
"""


def begin(folder: Path, test: str, *options: str) -> subprocess.Popen[str]:
    """Begin to run a module of tests, and another one, in two processes."""
    (folder / "test_it.py").write_text(test)
    (folder / "test_other.py").write_text("def test_other(): pass")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error")
    command = ["-m", "pytest", "-q", "-p", "tests.support.suite.forking", "--processes=2", *options]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    return subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(folder: Path, test: str, *options: str) -> tuple[int, str]:
    """Run it to its end: the status of pytest, and what it says."""
    with begin(folder, test, *options) as process:
        output, _ = process.communicate()
    return process.returncode, output


@pytest.mark.parametrize(
    ("test", "sentences"),
    [
        (FAILS, ["FAILED test_it.py::test_fails", "2 failed, 1 passed"]),
        (DIES, ["FAILED test_it.py::test_dies", "FAILED test_it.py::test_behind", "2 passed"]),
        (CRASHES, ["gw0 ended in it by SIGSEGV", "in test_crashes", "1 passed"]),
        (STOPS, ["! enough of it !"]),
        (LEAVES, ["unclosed file", "2 passed, 1 error"]),
        (ENDS_BADLY, ["OSError: it does not end", "2 passed, 1 error"]),
    ],
    ids=["fails", "dies", "crashes", "stops", "leaves", "ends-badly"],
)
def test_what_goes_wrong_in_a_process_fails_the_run(
    tmp_path: Path, test: str, sentences: list[str]
) -> None:
    status, output = run(tmp_path, test)

    assert status == pytest.ExitCode.TESTS_FAILED, output
    assert [sentence for sentence in sentences if sentence not in output] == []


def test_a_process_stops_at_the_first_failure_that_is_allowed(tmp_path: Path) -> None:
    status, output = run(tmp_path, FAILS, "-x")

    assert status == pytest.ExitCode.TESTS_FAILED
    assert "1 failed" in output
    assert "test_behind" not in output


@pytest.mark.parametrize("option", ["--processes=0", "--pdb", "--setup-show"])
def test_what_several_processes_cannot_do_is_refused(tmp_path: Path, option: str) -> None:
    status, output = run(tmp_path, FAILS, option)

    assert status == pytest.ExitCode.USAGE_ERROR
    assert "--processes" in output


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_processes_end_their_fixtures_where_the_run_is_interrupted(
    tmp_path: Path, asked: signal.Signals
) -> None:
    with begin(tmp_path, WAITS) as process:
        eventually((tmp_path / "begun").exists)
        process.send_signal(asked)
        output, _ = process.communicate()

    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert (tmp_path / "ended").exists()
