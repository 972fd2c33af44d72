"""Whole runs in forked processes, of small files: what happens in a process decides the run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.soaking import in_soak
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
import atexit, pathlib, pytest, time
@pytest.fixture(scope="session")
def part():
    yield
    pathlib.Path("ended").touch()
def test_waits(part):
    atexit.register(pathlib.Path("left").touch)
    pathlib.Path("begun").touch()
    time.sleep(30)
"""


def begin(folder: Path, *options: str, **modules: str) -> subprocess.Popen[str]:
    """Begin to run modules of tests, and another one, in two processes."""
    for name, tests in modules.items():
        (folder / f"test_{name}.py").write_text(tests)
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


def run(folder: Path, *options: str, **modules: str) -> tuple[int, str]:
    """Run them to their end: the status of pytest, and what it says."""
    with begin(folder, *options, **modules) as process:
        output, _ = process.communicate()
    return process.returncode, output


def test_what_goes_wrong_in_a_process_fails_the_run(tmp_path: Path) -> None:
    modules = {"fails": FAILS, "leaves": LEAVES, "crashes": CRASHES, "dies": DIES}
    status, output = run(tmp_path, "--processes=4", **modules)

    assert status == pytest.ExitCode.TESTS_FAILED, output
    for sentence in (
        "FAILED test_fails.py::test_fails - ",
        "unclosed file",
        "ended in it by SIGSEGV",
        "in test_crashes",
        "ended in it with status 0",
        "FAILED test_dies.py::test_behind - the process that was to run it",
        "5 failed, ",
    ):
        assert sentence in output


def test_what_does_not_end_fails_the_run(tmp_path: Path) -> None:
    status, output = run(tmp_path, ends=ENDS_BADLY)

    assert status == pytest.ExitCode.TESTS_FAILED
    assert "OSError: it does not end" in output


def test_a_run_stops_where_a_test_says_so(tmp_path: Path) -> None:
    """As pytest says itself at the first failure that is allowed."""
    status, output = run(tmp_path, "-vv", stops=STOPS)

    assert status == pytest.ExitCode.TESTS_FAILED
    assert "test_stops" in output
    assert "! enough of it !" in output
    assert "test_behind" not in output


@pytest.mark.parametrize(
    "asked", [signal.SIGTERM, *in_soak("SIGTERM comes the same way", signal.SIGINT)]
)
def test_processes_end_what_they_have_begun_where_the_run_is_interrupted(
    tmp_path: Path, asked: signal.Signals
) -> None:
    with begin(tmp_path, waits=WAITS) as process:
        eventually((tmp_path / "begun").exists)
        process.send_signal(asked)
        output, _ = process.communicate()

    assert process.returncode == pytest.ExitCode.INTERRUPTED, output
    assert (tmp_path / "ended").exists()
    assert (tmp_path / "left").exists()
