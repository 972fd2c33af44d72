"""Tests that stay together where several processes run them."""

from types import SimpleNamespace
from typing import Any

from tests.support.suite.scheduling import unit_of
from tests.support.tables import for_each


@for_each(
    ("test", "unit"),
    [
        ("tests/bot/test_it.py::TestIt::test_a[b/c::d]", "tests/bot/test_it.py"),
        ("tests/journeys/macs/test_first_mac.py::test_a", "tests/journeys/macs"),
        (
            "tests/journeys/operations/test_starts.py::test_a",
            "tests/journeys/operations/test_starts.py",
        ),
    ],
)
def test_a_module_stays_together_and_so_does_a_folder_that_has_one_rollcall(
    test: str, unit: str
) -> None:
    item: Any = SimpleNamespace(nodeid=test)

    assert unit_of(item) == unit


@for_each("fixture", ["s3_process", "windows"])
def test_tests_with_a_dear_fixture_stay_together_wherever_they_are(fixture: str) -> None:
    one: Any = SimpleNamespace(nodeid="tests/a/test_it.py::test_a", fixturenames=[fixture])
    other: Any = SimpleNamespace(
        nodeid="tests/journeys/b/test_it.py::test_b", fixturenames=[fixture]
    )

    assert unit_of(one) == unit_of(other)
