"""Tests told once for all rows of a table."""

import inspect

import pytest

from tests.support.tables import for_each


def test_all_rows_are_tried_with_the_fixtures_that_they_share() -> None:
    tried: list[object] = []

    @for_each(("number", "word"), [(1, "one"), (2, "two")])
    def told(word: str, folder: str, number: int) -> None:
        tried.append((number, word, folder))

    assert [*inspect.signature(told).parameters] == ["folder"]
    told(folder="shared")
    assert tried == [(1, "one", "shared"), (2, "two", "shared")]


def test_a_failure_names_its_row() -> None:
    @for_each("number", [1, 2, 3], ids=["one", "two", "three"])
    def told(number: int) -> None:
        assert number != 2

    with pytest.raises(AssertionError) as failure:
        told()
    assert failure.value.__notes__ == ["in the row two"]


def test_a_table_without_rows_is_no_test() -> None:
    @for_each("number", [])
    def told(number: int) -> None:
        """Nothing is tried."""

    with pytest.raises(AssertionError, match="no row"):
        told()
