"""The long tests: a part of each runs in `make test`, all of it in `make soak`.

`@soak` marks a test that does more in `make soak`, `soak_only` one that runs nowhere else. Rows
that it alone tries stand in `in_soak` beside the others, or come after the `first` of a table;
where a fixture brings the rows, `rows_in_soak` names them at a test.
"""

import os
from collections.abc import Iterable, Sequence

import pytest
from _pytest.mark import ParameterSet

SOAK = bool(os.environ.get("ROLLCALL_SOAK"))
soak = pytest.mark.soak


def soak_only(reason: str) -> pytest.MarkDecorator:
    """A mark for a test that `make test` leaves out, for a reason."""
    return pytest.mark.soak(only=reason)


def in_soak(reason: str, *rows: object) -> Sequence[ParameterSet]:
    """Rows of `parametrize` that `make test` leaves out, for a reason: others prove the same."""
    values = [row if isinstance(row, tuple) else (row,) for row in rows]
    return [pytest.param(*each, marks=soak_only(reason)) for each in values]


def rows_in_soak(reason: str, *rows: str) -> pytest.MarkDecorator:
    """A mark for a test of which `make test` leaves out the rows of these names, for a reason."""
    return pytest.mark.soak(only=reason, rows=rows)


def is_left(mark: pytest.Mark, row: str) -> bool:
    """True where a mark of `soak` leaves out the row of this name; one without rows leaves all."""
    rows = mark.kwargs.get("rows")
    return rows is None or any(f"-{each}-" in f"-{row}-" for each in rows)


def first(number: int, rows: Iterable[object], reason: str) -> Sequence[object]:
    """The first rows of `parametrize`, so many, and those that `make test` leaves out."""
    every = [*rows]
    return [*every[:number], *in_soak(reason, *every[number:])]
