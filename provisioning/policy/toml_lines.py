"""The line numbers of the keys of a TOML document."""

import tomllib
from collections.abc import Iterator
from typing import Any, TypeAlias

MAX_LINES = 200  # of one value: each of its lines is one more attempt to parse it

Path: TypeAlias = tuple[str, ...]


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table and key in `text`, a valid TOML document.

    Keys after a value of more than MAX_LINES lines are left out.
    """
    lines: dict[Path, int] = {}
    heading: Path = ()
    for line, statement, values in _statements(text):
        paths = list(_paths(values))
        if statement.lstrip().startswith("["):
            heading = paths[-1]
        else:
            paths = [(*heading, *path) for path in paths]
        for path in paths:
            lines.setdefault(path, line)
    return lines


def open_since(text: str) -> int | None:
    """Return the line of the first statement in `text` that does not end; None: all do."""
    return next((line for line, _, values in _statements(text) if values is None), None)


def line_of(where: tuple[str | int, ...], lines: dict[Path, int]) -> int | None:
    """Return the line of the key at `where`, or of the nearest one around it that is written."""
    for end in range(len(where), 0, -1):
        if line := lines.get(tuple(str(key) for key in where[:end])):
            return line
    return None


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any] | None]]:
    """Each statement: its first line, its text, and its values (None: it does not end).

    tomllib has no positions, but it can find the end of a statement: a statement is the fewest
    lines that parse by themselves. So its own grammar is used for keys, quotes and long values.
    """
    statement, first = "", 1
    for number, line in enumerate(text.split("\n"), 1):
        statement += f"{line}\n"
        try:
            yield first, statement, tomllib.loads(statement)
        except ValueError:  # it goes on
            if number - first >= MAX_LINES:
                break
            continue
        statement, first = "", number + 1
    if statement:
        yield first, statement, None


def _paths(values: object) -> Iterator[Path]:
    """Every key in `values`, as its path; the keys around it come first."""
    if isinstance(values, list) and values:  # [[name]]: each is a table of the same name
        values = values[-1]
    if isinstance(values, dict):
        for key, inner in values.items():
            yield (key,)
            for path in _paths(inner):
                yield (key, *path)
