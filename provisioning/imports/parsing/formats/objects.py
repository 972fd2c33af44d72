"""Answers of programming interfaces in JSON: their lists of objects as rows of a table."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from provisioning.imports.parsing.formats.limits import MAX_COLUMNS, MAX_ROWS
from provisioning.imports.parsing.grids.blocks import Placed
from provisioning.imports.parsing.tokens.serial_shapes import looks_serial
from provisioning.imports.parsing.vocabulary.headings import meaning

DEEPEST = 20  # lists and objects in each other
MAX_OBJECTS = MAX_ROWS + 1  # one more, so that too many are told from enough
MAX_FIELDS = 400  # of one object


def rows_of(text: str) -> list[Placed] | None:
    """Return a table of the objects in a JSON text, headings first; None for other texts.

    The text is one value, or has one in each line.
    """
    try:
        objects = [*islice(_objects(_loaded(text), 0), MAX_OBJECTS)]
    except (ValueError, RecursionError):
        return None
    found = dict.fromkeys(name for fields in objects for name in fields)
    # Those that mean something first, as the others may be more than are looked at.
    kept = {*sorted(found, key=lambda name: meaning(_last(name)) is None)[:MAX_COLUMNS]}
    names = [name for name in found if name in kept]
    rows = [[fields.get(name, "") for name in names] for fields in objects]
    headings = [_heading(name) for name in names]
    return [("the names", headings), *((f"object {n}", row) for n, row in enumerate(rows, 1))]


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def _heading(name: str) -> str:
    """The heading of a field: the name of a status or of a model is none of the Mac's."""
    before, _, last = name.rpartition(".")
    is_others = last.casefold() == "name" and meaning(_last(before))
    return _last(before) if is_others else last


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _objects(value: Any, depth: int) -> Iterator[dict[str, str]]:
    """The flat objects in a value; one without a serial stands for the objects in it.

    One that holds nothing but lists of texts has a list of serials for each name; one whose names
    are serials has an object for each.
    """
    if depth > DEEPEST:
        return
    if isinstance(value := _as_list(value), list):
        for item in value:
            yield from _objects(item, depth + 1)
    elif isinstance(value, dict) and value and all(map(_is_of_texts, value.values())):
        for name, items in value.items():
            yield from ({"list": name, "serial number": item.strip()} for item in items)
    elif isinstance(value, dict):
        within = {name: item for name, item in value.items() if _is_of_objects(item)}
        fields = dict([*_fields(value, "", depth)][:MAX_FIELDS])
        has_serial = any("serial" in name.casefold() for name in fields)
        if has_serial:  # and tags beside it
            fields |= {_spaced(k): ", ".join(v) for k, v in value.items() if v and _is_of_texts(v)}
        if has_serial or not within:
            yield fields
        else:
            for name, item in within.items():
                yield from ({f"list {depth}": name} | each for each in _objects(item, depth + 1))


def _is_of_objects(value: Any) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(item, dict | list) for item in items)


def _as_list(value: Any) -> Any:
    """A list of the objects that stand behind their serials in another one; else the value."""
    items = value.items() if isinstance(value, dict) else ()
    if items and all(looks_serial(name) and isinstance(fields, dict) for name, fields in items):
        return [{**fields, "serial number": name} for name, fields in items]
    return value


def _is_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _fields(value: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, str]]:
    for name, item in value.items():
        if isinstance(item, dict) and depth < DEEPEST:
            yield from _fields(item, f"{before}{name}.", depth + 1)
        elif isinstance(item, str | int | float) and not isinstance(item, bool):
            own = "_" * name.startswith("_")
            yield f"{before}{own}{_spaced(name)}", str(item).strip()


def _spaced(name: str) -> str:
    """The words of a name: `serialNumber` is `serial Number`."""
    return (
        "".join(f" {char}" if char.isupper() else char for char in name).replace("_", " ").strip()
    )
