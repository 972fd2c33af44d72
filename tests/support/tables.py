"""Tests told once for all rows of a table, for rows that need nothing of their own.

pytest makes a test of each row of `parametrize`. That is right where a row has a database or a
folder to itself; where it has not, making and reporting the tests takes far longer than they do.
"""

import inspect
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from typing import Any, TypeAlias

Test: TypeAlias = Callable[..., None]


def for_each(
    names: str | tuple[str, ...],
    rows: Iterable[Any],
    *,
    ids: Iterable[object] | Callable[[Any], object] | None = None,
) -> Callable[[Test], Test]:
    """Give a test, by these names, one row after another; a failure names its row.

    Takes what `parametrize` takes: one name and values, or names and tuples of values; `ids` are
    the rows' names, or a function that names a value. The test may have fixtures besides, which
    all rows share.
    """
    single = isinstance(names, str) and "," not in names
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else [*names]
    table = [(row,) if single else tuple(row) for row in rows]
    named = None if ids is None or callable(ids) else [*ids]

    def told(test: Test) -> Test:
        @wraps(test)
        def of_all(*itself: Any, **fixtures: Any) -> None:
            assert table, "the table has no row"
            for number, row in enumerate(table):
                try:
                    test(*itself, **dict(zip(keys, row, strict=True)), **fixtures)
                except BaseException as error:
                    name = named[number] if named else _name(row, ids)
                    error.add_note(f"in the row {name}")
                    raise

        signature = inspect.signature(test)
        left = [each for name, each in signature.parameters.items() if name not in keys]
        of_all.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return of_all

    return told


def _name(row: Sequence[Any], name: Any) -> str:
    """The name of a row, of the names that `name` gives its values; without it, their repr."""
    return ", ".join(str(name(value)) if name else repr(value) for value in row)
