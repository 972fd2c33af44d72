"""Tests that stay together where several processes run them."""

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
    assert unit_of(test) == unit
