"""Processes that are forked for tests: what each tells arrives, and its death is a failure."""

import os
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from tests.support.suite.forking import Telling, listen, pytest_configure
from tests.support.suite.processes import Process, end
from tests.support.tables import for_each

TEST = "tests/test_it.py::test_it"


class Session:
    """A session that keeps what it is told."""

    shouldfail: object = False
    shouldstop: object = False
    items: Sequence[pytest.Item] = ()

    def __init__(self) -> None:
        self.reports: list[pytest.TestReport] = []
        self.finished: list[str] = []
        hook = SimpleNamespace(
            pytest_runtest_logreport=lambda **told: self.reports.append(told["report"]),
            pytest_runtest_logfinish=lambda **test: self.finished.append(test["nodeid"]),
        )
        self.config: Any = SimpleNamespace(hook=hook)


def report(when: Any, said: str = "") -> pytest.TestReport:
    place = ("tests/test_it.py", 1, "test_it")
    sections = [("Captured stdout call", said)]
    return pytest.TestReport(TEST, place, {}, "passed", None, when, sections)


@pytest.fixture
def session() -> Session:
    """A session that has reported nothing yet."""
    return Session()


def heard(session: Any, *works: Any) -> None:
    processes = [Process(f"gw{number}") for number in range(len(works))]
    for process, work in zip(processes, works, strict=True):
        process.start(work)
    try:
        listen(session, processes, lambda: None)
    finally:
        end(processes)


def test_all_that_processes_tell_is_reported_however_long_it_is(session: Session) -> None:
    def work(told: int, name: str) -> None:
        telling = Telling(session.config, told)
        telling.pytest_runtest_logstart(TEST)
        telling.pytest_runtest_logreport(report("call", name * 1_000_000))
        telling.pytest_runtest_logreport(report("teardown"))
        telling.tell((False, False))

    heard(session, work, work)

    said = sorted(each.capstdout for each in session.reports if each.when == "call")
    assert said == ["gw0" * 1_000_000, "gw1" * 1_000_000]
    assert session.finished == [TEST, TEST]


def test_a_process_that_dies_is_a_failure_of_the_test_that_it_ran(session: Session) -> None:
    def work(told: int, _: str) -> None:
        Telling(session.config, told).pytest_runtest_logstart(TEST)
        os._exit(139)

    heard(session, work)

    [died] = session.reports
    assert (died.nodeid, died.outcome) == (TEST, "failed")
    assert "gw0 ended in it with status 139" in died.longreprtext


@for_each("option", [{"processes": 0}, {"usepdb": True}, {"setupshow": True}])
def test_what_several_processes_cannot_do_is_refused(option: dict[str, object]) -> None:
    options = {"processes": 2} | option
    config: Any = SimpleNamespace(getoption=lambda name, default=None: options.get(name, default))

    with pytest.raises(pytest.UsageError, match="--processes"):
        pytest_configure(config)
