"""The names of fields in what an installation stores, and in what Slack keeps for it."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

# Each with what the kind of its row is: as stored, or always the same.
JSON_COLUMNS = (
    ("imports.reading", "state"),
    ("imports.shown", "state"),
    ("imports.sources", "state"),
    ("notifications.facts", "kind"),
    ("jobs.facts", "what"),
    ("events.before", "what"),
    ("events.after", "what"),
)


def stored(file: Path) -> list[str]:
    """Every field in the columns of JSON, below the column and the kind of its row."""
    found = set()
    with closing(sqlite3.connect(file)) as connection:
        for column, kind in JSON_COLUMNS:
            table, name = column.split(".")
            for content, row in connection.execute(f"SELECT {name}, {kind} FROM {table}"):
                found |= set(fields(json.loads(content or "null"), f"{column} of {row}: "))
    return sorted(found)


def in_slack(held: dict[str, Any]) -> list[str]:
    """Every field in the values of buttons and in what windows carry."""
    views = [held["home"], *held["modals"].values()]
    found = {
        field
        for view in views
        for field in fields(loaded(view.get("private_metadata")), f"{view.get('callback_id')}: ")
    }
    for action, value in re.findall(
        r'"action_id": "(\w+)"[^{}]*"value": ("(?:[^"\\]|\\.)*")', json.dumps(held)
    ):
        found |= set(fields(loaded(json.loads(value)), f"{action}: "))
    return sorted(found)


def loaded(value: str | None) -> Any:
    """The value of a text in JSON; the text itself where it is none."""
    try:
        return json.loads(value or "null")
    except ValueError:
        return value


def fields(value: Any, path: str) -> Iterator[str]:
    """The paths to all names in a value, lists as their elements."""
    match value:
        case dict():
            for name, inner in value.items():
                yield f"{path}{name}"
                yield from fields(inner, f"{path}{name}.")
        case list():
            for inner in value:
                yield from fields(inner, f"{path}[]")
