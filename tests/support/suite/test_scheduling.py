"""Tests that stay together where several processes run them."""

from types import SimpleNamespace
from typing import Any

from tests.support.suite.scheduling import units_of

FOLDERS = "tests/journeys"
OPERATIONS = "tests/journeys/operations"


class Known:
    """A test, as far as it is looked at: its name, its fixtures, and its row."""

    def __init__(self, nodeid: str, *fixturenames: str, **row: str) -> None:
        self.nodeid, self.fixturenames = nodeid, fixturenames
        self.callspec = SimpleNamespace(params=row)


def units(*tests: Any) -> list[list[str]]:
    """The names of the tests in each unit."""
    return [[test.nodeid for test in unit] for unit in units_of(tests)]


def test_a_module_stays_together_and_so_does_a_folder_that_has_one_rollcall() -> None:
    tests = [
        *("tests/bot/test_it.py::TestIt::test_a[b/c::d]", "tests/bot/test_it.py::test_b"),
        *(f"{FOLDERS}/macs/test_first.py::test_a", f"{FOLDERS}/macs/test_unknown.py::test_a"),
        *(f"{OPERATIONS}/test_starts.py::test_a", f"{OPERATIONS}/test_health.py::test_a"),
    ]

    together = [tests[:2], tests[2:4], tests[4:5], tests[5:]]
    assert units(*map(Known, tests)) == together


def test_tests_with_a_browser_stay_together_with_the_folders_that_they_are_in() -> None:
    board, demo, first = (
        f"{FOLDERS}/{name}::test_a" for name in ("board/b.py", "m/d.py", "m/f.py")
    )

    assert units(
        Known(board, "windows"), Known(demo, "played", "windows"), Known(first, "played")
    ) == [[board, demo, first]]


def test_tests_with_a_bucket_stay_together_also_where_only_their_row_asks_for_it() -> None:
    faults, row, other = (
        "s3/test_faults.py::test_a",
        "test_it.py::test_a[b]",
        "test_it.py::test_a[g]",
    )

    tests = Known(faults, "s3_process"), Known(row, ground="bucket"), Known(other, ground="git")
    assert units(*tests) == [[faults, row], [other]]
