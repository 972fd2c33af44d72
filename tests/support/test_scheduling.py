"""Tests that stay together where several processes run them."""

from tests.support.scheduling import next_unit, unit_of
from tests.support.tables import for_each


@for_each(
    ("test", "unit"),
    [
        ("tests/bot/test_it.py::TestIt::test_a[b/c::d]", "tests/bot/test_it.py"),
        ("tests/journeys/test_first_mac.py::test_a", "tests/journeys/"),
        ("tests/journeys/macs/test_first_mac.py::test_a", "tests/journeys/macs/"),
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


def test_one_process_has_the_journeys_and_all_take_what_is_left_in_the_end() -> None:
    journeys = ["tests/journeys/", "tests/journeys/macs/"]
    others = ["tests/bot/test_it.py", "tests/server/test_it.py"]

    assert next_unit([*journeys, *others], of_journeys=True) == journeys[0]
    assert next_unit([*journeys, *others], of_journeys=False) == others[0]
    assert next_unit(others, of_journeys=True) == others[0]
    assert next_unit(journeys, of_journeys=False) == journeys[0]
