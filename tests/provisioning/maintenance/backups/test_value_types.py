"""Values of a backup: each kind is read as it was written, and nothing else passes for it."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Column, Interval

from provisioning.maintenance.backups import value_types
from provisioning.maintenance.backups.value_types import (
    BOOLEAN,
    BYTES,
    INTEGER,
    JSON_TEXT,
    MOMENT,
    NUMBER,
    TEXT,
)
from tests.support.tables import for_each

NOON = datetime(2026, 3, 2, 12, 0, 0, 5)  # noqa: DTZ001 - as databases give it: in UTC


@for_each(
    ("kind", "value", "written"),
    [
        (INTEGER, 2**63 - 1, 2**63 - 1),
        (INTEGER, -(2**63), -(2**63)),
        (NUMBER, 1.5, 1.5),
        (NUMBER, 1.0, 1),
        (TEXT, "", ""),
        (BOOLEAN, False, False),
        (MOMENT, NOON, "2026-03-02T12:00:00.000005"),
        (BYTES, b"\x00\xff", "AP8="),
        (JSON_TEXT, '{"b": 1, "a":2}', '{"b": 1, "a":2}'),
        *((kind, None, None) for kind in (INTEGER, TEXT, MOMENT, BYTES, JSON_TEXT)),
    ],
)
def test_a_value_comes_back_as_it_was(kind: str, value: Any, written: Any) -> None:
    assert value_types.dumping([TEXT, kind])(["x", value]) == ["x", written]
    assert value_types.loading([TEXT, kind])(["x", written]) == ["x", value]


@for_each(
    ("kind", "written"),
    [
        *((INTEGER, value) for value in (2**63, -(2**63) - 1, 1.0, True, "1")),
        *((NUMBER, value) for value in (True, "1.5")),
        *((TEXT, value) for value in (1, ["x"])),
        *((BOOLEAN, value) for value in (0, 1, "true")),
        *((MOMENT, value) for value in ("noon", 7, "2026-03-02T12:00:00+00:00")),
        *((BYTES, value) for value in ("AP8", "AP 8=", 7)),
        (JSON_TEXT, "{"),
        (JSON_TEXT, {}),
    ],
)
def test_what_is_of_another_kind_is_refused(kind: str, written: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        value_types.loading([kind])([written])


def test_a_row_has_as_many_values_as_there_are_columns() -> None:
    for row in ([], ["x", "y"]):
        with pytest.raises(ValueError, match="zip"):
            value_types.loading([TEXT])(row)


def test_a_column_that_a_backup_cannot_hold_is_a_mistake_of_ours() -> None:
    with pytest.raises(TypeError, match="a type that a backup does not know"):
        value_types.kind(Column("pause", Interval()))
    assert not value_types.is_known("pickle")
    assert value_types.is_known(TEXT)
