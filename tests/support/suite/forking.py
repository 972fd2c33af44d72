"""Tests in several processes, which are forked once the tests are collected.

To load Rollcall and to collect its tests takes eight seconds of a processor. Each process of xdist
does that for itself; here one does it for all. `--processes 4` asks for it: each process takes one
unit after another, and tells what became of its tests. It does not tell of warnings, which are
errors here.
"""

import os
import pickle
import selectors
import signal
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
from _pytest import runner, threadexception, unraisableexception

from tests.support.suite.processes import LENGTH, Process, end
from tests.support.suite.scheduling import units_of

Unit = Sequence[pytest.Item]

NUMBER = struct.Struct("H")  # of a unit
ALONE = ("usepdb", "trace", "setupshow", "setuponly")  # options that need the terminal
OF_PARENT = ("terminalreporter", "lfplugin", "nfplugin", "stepwiseplugin")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that asks for more than one process."""
    parser.addoption("--processes", type=int, default=1, help="run tests in so many processes")


def pytest_configure(config: pytest.Config) -> None:
    """Refuse numbers of processes that make no sense, and options that ask for a single one."""
    number = config.getoption("processes")
    if number < 1:
        raise pytest.UsageError(f"--processes {number}: at least one has to run the tests")
    if number > 1 and any(config.getoption(name, default=False) for name in ALONE):
        raise pytest.UsageError("--pdb, --trace and --setup-show need one process, not --processes")
    # At the end pytest collects garbage five times over, for interpreters that need it.
    config.stash[unraisableexception.gc_collect_iterations_key] = 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> Literal[True] | None:
    """Run all tests in processes, where there are to be several."""
    config = session.config
    number = config.getoption("processes")
    if number == 1 or config.option.collectonly or session.testsfailed:
        return None
    tasks = Path("/proc/self/task")  # threads, on Linux with those of libraries
    if (len([*tasks.iterdir()]) if tasks.exists() else threading.active_count()) > 1:
        raise pytest.UsageError("A module of tests starts threads when it is loaded: load it late.")
    units = units_of(session.items)
    taken, offered = os.pipe()
    os.write(offered, b"".join(NUMBER.pack(unit) for unit in range(len(units))))
    os.close(offered)
    paths: pytest.TempPathFactory = config._tmp_path_factory  # type: ignore[attr-defined]  # noqa: SLF001
    folder = paths.getbasetemp()
    processes = [Process(f"gw{each}") for each in range(number)]
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as SIGINT

    def work(told: int, name: str) -> None:
        for process in processes:  # while a brother reads too, a parent that is gone is not noticed
            if process.told:
                os.close(process.told)
        _work(session, units, taken, told, folder / name)

    try:
        for process in processes:
            process.start(work)
        listen(session, processes, lambda: os.read(taken, NUMBER.size * len(units)))
    finally:
        end(processes)
        os.close(taken)
    return True


class Telling:
    """A plugin of a process: it tells the parent of each test that begins, and each report.

    A string is the name of a test that begins; a tuple is the last message, and says why the run
    fails and why it stops, where it does.
    """

    def __init__(self, config: pytest.Config, told: int) -> None:
        self._config, self._told = config, told

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell of a test."""
        self.tell(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell of a report; of one with a traceback in the form that pytest gives it."""
        if report.passed:
            self.tell(report)
        else:
            hook = self._config.hook
            self.tell(hook.pytest_report_to_serializable(config=self._config, report=report))

    def tell(self, message: object) -> None:
        """Tell of anything."""
        content = pickle.dumps(message)
        content = LENGTH.pack(len(content)) + content
        while content:
            content = content[os.write(self._told, content) :]


def _work(
    session: pytest.Session, units: Sequence[Unit], taken: int, told: int, folder: Path
) -> None:
    """Be a process: run one unit after another until none is left."""
    config = session.config
    os.environ["PYTEST_XDIST_WORKER"] = folder.name  # what shares things asks for it
    folder.mkdir()
    config._tmp_path_factory._basetemp = folder  # type: ignore[attr-defined]  # noqa: SLF001
    for name in OF_PARENT:
        if config.pluginmanager.has_plugin(name):
            config.pluginmanager.unregister(name=name)
    capturing: Any = config.pluginmanager.getplugin("capturemanager")
    capturing.stop_global_capturing()  # its files are the parent's
    capturing.start_global_capturing()
    telling = Telling(config, told)
    config.pluginmanager.register(telling)
    item = None
    try:
        for item, following in _items(session, units, taken):
            config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail or session.shouldstop:
                break
    finally:
        _finish(session, item)
        capturing.stop_global_capturing()  # what went wrong here is to be read
    telling.tell((session.shouldfail, session.shouldstop))


def _items(
    session: pytest.Session, units: Sequence[Unit], taken: int
) -> Iterator[tuple[pytest.Item, pytest.Item | pytest.Session]]:
    """Each test of one unit after another, and what stands behind it.

    Behind the last of a unit that is the session: of what is open, only its fixtures stay.
    """
    while number := os.read(taken, NUMBER.size):
        unit = units[NUMBER.unpack(number)[0]]
        yield from zip(unit, [*unit[1:], session], strict=True)


def _finish(session: pytest.Session, last: pytest.Item | None) -> None:
    """End what is still open; what fails then, or comes to light, is an error of the last test."""

    def finish() -> None:
        runner.pytest_sessionfinish(session)
        unraisableexception.pytest_unconfigure(session.config)  # collects garbage
        threadexception.collect_thread_exception(session.config)

    call = pytest.CallInfo.from_call(finish, "teardown")
    if last and call.excinfo:
        report = pytest.TestReport.from_item_and_call(last, call)
        session.config.hook.pytest_runtest_logreport(report=report)


def listen(
    session: pytest.Session, processes: Sequence[Process], leave: Callable[[], object]
) -> None:
    """Report what processes tell until all are gone; `leave` has them take no more units.

    A test that was to run, and of which none told, is a failure, too.
    """
    missing = dict.fromkeys(item.nodeid for item in session.items)
    with selectors.DefaultSelector() as selector:
        for process in processes:
            selector.register(process.told, selectors.EVENT_READ, process)
        while selector.get_map():
            for key, _ in selector.select():
                process = key.data
                messages = process.hear()
                if messages is None:
                    selector.unregister(process.told)
                    if process.test is not None:
                        missing.pop(process.test, None)
                        why = f"{process.name} ended in it {process.end()}"
                        _report_loss(session, process.test, why)
                    continue
                for message in messages:
                    _report(session, process, message, missing)
            if session.shouldfail or session.shouldstop:
                leave()
    _conclude(session, missing)


def _conclude(session: pytest.Session, missing: dict[str, None]) -> None:
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    if session.shouldstop:
        raise session.Interrupted(session.shouldstop)
    for test in missing:
        _report_loss(session, test, "the process that was to run it ended before")


def _report(
    session: pytest.Session, process: Process, message: Any, missing: dict[str, None]
) -> None:
    hook = session.config.hook
    if isinstance(message, str):
        process.test = message
    elif isinstance(message, tuple):
        process.test = None
        session.shouldfail = session.shouldfail or message[0]
        session.shouldstop = session.shouldstop or message[1]
    else:
        report = message
        if isinstance(message, dict):
            report = hook.pytest_report_from_serializable(config=session.config, data=message)
        hook.pytest_runtest_logreport(report=report)
        if report.when == "teardown":
            missing.pop(report.nodeid, None)
            hook.pytest_runtest_logfinish(nodeid=report.nodeid, location=report.location)


def _report_loss(session: pytest.Session, test: str, why: str) -> None:
    """Report a test as failed, which its process could not end."""
    place = (test.partition("::")[0], None, test)
    report = pytest.TestReport(test, place, {}, "failed", why, "call")
    session.config.hook.pytest_runtest_logreport(report=report)
