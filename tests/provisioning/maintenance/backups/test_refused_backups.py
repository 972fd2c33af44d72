"""A file that is no whole backup of ours changes nothing, whatever it holds."""

import gzip
import hashlib
import io
import json
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.maintenance import backups
from provisioning.maintenance.backups import UnusableBackup
from provisioning.maintenance.backups.archives import Archive
from provisioning.maintenance.backups.restoring import Filling
from provisioning.registrations.models import Counter
from tests.provisioning.maintenance.backups.conftest import content
from tests.support.soaking import in_soak
from tests.support.tables import for_each

Line = Any
Change = Callable[[list[Line]], None]


def lines_of(backup: bytes) -> list[Line]:
    return [json.loads(line) for line in gzip.decompress(backup).splitlines()]


def packed(lines: list[Line]) -> bytes:
    """A backup with these lines, whose checksum is right."""
    text = "".join(f"{json.dumps(line)}\n" for line in lines[:-1]).encode()
    end = {**lines[-1], "sha256": hashlib.sha256(text).hexdigest()}
    return gzip.compress(text + json.dumps(end).encode() + b"\n")


def table(lines: list[Line], name: str) -> int:
    """The number of the line at which a table begins."""
    [place] = [
        place
        for place, line in enumerate(lines)
        if isinstance(line, dict) and line.get("table") == name
    ]
    return place


def refused(url: str, file: bytes) -> str:
    """The refusal of a file; nothing in the database is changed by it."""
    with closing(Database(url)) as database, database.begin() as session:
        session.add(Counter(pattern="there", last=7))
        session.add(Counter(pattern="here", last=8))
    with pytest.raises(UnusableBackup) as told:
        backups.restore(url, io.BytesIO(file), replace=True)
    with closing(Database(url)) as database, database.reading() as session:
        assert sorted(session.scalars(select(Counter.pattern))) == ["here", "there"]
    return str(told.value)


def test_one_that_ends_too_early_is_refused_wherever_that_is(backup: bytes) -> None:
    for size in range(1, len(backup), 251):
        with pytest.raises(UnusableBackup):
            content(backup[:size])
    with pytest.raises(UnusableBackup):
        content(backup[:-1])


def test_one_with_a_flipped_bit_is_refused_wherever_that_is(backup: bytes) -> None:
    for place in range(10, len(backup), 151):  # before that is gzip's own header
        damaged = bytearray(backup)
        damaged[place] ^= 4
        with pytest.raises(UnusableBackup):
            content(bytes(damaged))


@pytest.mark.postgresql(soak=True)
def test_half_a_backup_leaves_the_database_as_it_was(database_url: str, backup: bytes) -> None:
    assert "it ends too early" in refused(database_url, backup[: len(backup) * 2 // 3])


@for_each("content", [b"", b'{"a": 1}\n', b"[]", b'{"format": "other"}\n'])
def test_what_is_no_backup_is_refused(content: bytes) -> None:
    for file in (content, gzip.compress(content)):
        with pytest.raises(UnusableBackup, match="no backup of Rollcall"):
            Archive(io.BytesIO(file))


@for_each(
    ("key", "value", "said"),
    [
        ("taken_at", "noon", "its header does not say when it was made"),
        ("taken_at", None, "its header does not say when it was made"),
        ("taken_at", "0001-01-01T00:00:00+23:59", "its header does not say when it was made"),
        ("revision", None, "its header does not say what it is of"),
        ("database", 7, "its header does not say what it is of"),
        ("version", 0, "The backup has the format 0; this Rollcall reads 1"),
    ],
)
def test_one_whose_header_lacks_something_is_refused(
    backup: bytes, key: str, value: Any, said: str
) -> None:
    header = lines_of(backup)[0]
    file = gzip.compress(json.dumps({**header, key: value}).encode() + b"\n")

    with pytest.raises(UnusableBackup, match=said):
        Archive(io.BytesIO(file))


@pytest.mark.parametrize(
    ("more", "said"), [(b"x", "it goes on after its end"), (b"\n", "it goes on after its end")]
)
def test_one_with_something_behind_its_end_is_damaged(
    backup: bytes, more: bytes, said: str
) -> None:
    with pytest.raises(UnusableBackup, match=said):
        content(gzip.compress(gzip.decompress(backup) + more))


def test_one_with_a_line_that_is_no_json_is_damaged(backup: bytes) -> None:
    lines = gzip.decompress(backup).splitlines(keepends=True)
    lines[2] = b"[1,\n"

    with pytest.raises(UnusableBackup, match="a line is no JSON"):
        content(gzip.compress(b"".join(lines)))


def test_one_that_ends_in_the_middle_of_a_line_says_that_it_ends_too_early(backup: bytes) -> None:
    with pytest.raises(UnusableBackup, match="it ends too early"):
        content(gzip.compress(gzip.decompress(backup)[:-9]))


def test_one_that_unpacks_to_very_much_is_refused_before_it_fills_the_memory() -> None:
    bomb = gzip.compress(bytes(1024 * 1024)) * 64
    with pytest.raises(UnusableBackup, match="no backup of Rollcall"):
        Archive(io.BytesIO(bomb))


def a_row_less(lines: list[Line]) -> None:
    del lines[table(lines, "counters") + 1]


def another_table(lines: list[Line]) -> None:
    lines[table(lines, "cards")]["table"] = "sqlite_master"
    lines[-1]["rows"]["sqlite_master"] = lines[-1]["rows"].pop("cards")


def another_column(lines: list[Line]) -> None:
    columns = lines[table(lines, "counters")]["columns"]
    columns["last) VALUES (1); DROP TABLE cards --"] = columns.pop("last")


def another_kind(lines: list[Line]) -> None:
    lines[table(lines, "counters")]["columns"]["last"] = "text"


def a_kind_of_its_own(lines: list[Line]) -> None:
    lines[table(lines, "counters")]["columns"]["last"] = "pickle"


def a_value_of_another_kind(lines: list[Line]) -> None:
    lines[table(lines, "counters") + 1][1] = "7"


def a_number_beyond_all_bounds(lines: list[Line]) -> None:
    lines[table(lines, "counters") + 1][1] = 2**63


def json_without_a_bottom(lines: list[Line]) -> None:
    place = table(lines, "jobs")
    lines[place + 1][list(lines[place]["columns"]).index("facts")] = "[" * 100_000


def a_row_that_is_too_short(lines: list[Line]) -> None:
    lines[table(lines, "counters") + 1].pop()


def a_row_that_is_there_twice(lines: list[Line]) -> None:
    place = table(lines, "counters") + 1
    lines.insert(place, lines[place])
    lines[-1]["rows"]["counters"] += 1


def one_that_refers_to_nothing(lines: list[Line]) -> None:
    row = lines[table(lines, "events") + 1]
    row[list(lines[table(lines, "events")]["columns"]).index("registration_id")] = 99


def no_table(lines: list[Line]) -> None:
    place = table(lines, "counters")
    del lines[place : place + 4]
    del lines[-1]["rows"]["counters"]


def a_table_twice(lines: list[Line]) -> None:
    place = table(lines, "counters")
    lines[place:place] = lines[place : place + 4]


@for_each(
    ("change", "said"),
    [
        (a_row_less, "it has not as many rows as it says"),
        (a_kind_of_its_own, "it does not say what a table has"),
        (a_value_of_another_kind, "row 1 of the table 'counters' holds"),
        (a_number_beyond_all_bounds, "row 1 of the table 'counters' holds"),
        (json_without_a_bottom, "row 1 of the table 'jobs' holds"),
        (a_row_that_is_too_short, "row 1 of the table 'counters' holds"),
        (a_table_twice, "it has the table 'counters' twice"),
    ],
)
def test_one_that_holds_something_else_than_it_says_is_damaged(
    backup: bytes, change: Change, said: str
) -> None:
    lines = lines_of(backup)
    change(lines)

    with pytest.raises(UnusableBackup) as told:
        content(packed(lines))
    assert said in str(told.value)


@for_each(
    ("change", "said"),
    [
        (another_table, "a table 'sqlite_master', which Rollcall has not"),
        (another_column, "the column 'last"),
        (another_kind, "the column 'last' of the table 'counters' is not as its revision has it"),
        (no_table, "it has no table 'counters'"),
        (a_row_that_is_there_twice, "A row of the table 'counters' cannot be stored here"),
    ],
)
def test_one_that_does_not_fit_the_schema_is_refused(
    database: Database, backup: bytes, change: Change, said: str
) -> None:
    lines = lines_of(backup)
    change(lines)

    with pytest.raises(UnusableBackup) as told, database.begin() as session:
        Filling(session.connection()).fill(Archive(io.BytesIO(packed(lines))))
    assert said in str(told.value)


@pytest.mark.postgresql(soak=True)
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (one_that_refers_to_nothing, "events"),
        *in_soak(
            "the test above has its refusal",
            (a_row_that_is_there_twice, "A row of the table 'counters' cannot be stored here"),
        ),
    ],
)
def test_one_with_a_row_that_the_database_refuses_changes_nothing(
    database: Database, database_url: str, backup: bytes, change: Change, said: str
) -> None:
    database.close()  # a restore needs it for itself
    lines = lines_of(backup)
    change(lines)

    assert said in refused(database_url, packed(lines))


def test_one_whose_rows_were_changed_has_another_checksum(backup: bytes) -> None:
    changed = gzip.decompress(backup).replace(b"2026-03-02", b"2026-03-03")

    with pytest.raises(UnusableBackup, match="its checksum does not fit"):
        content(gzip.compress(changed))


def test_one_of_a_newer_rollcall_is_refused_by_name(database_url: str, backup: bytes) -> None:
    lines = lines_of(backup)
    lines[0]["revision"] = "9001"

    assert "made by a newer Rollcall (its schema is '9001')" in refused(database_url, packed(lines))


def test_one_of_a_newer_format_is_refused_by_name(backup: bytes) -> None:
    lines = lines_of(backup)
    lines[0]["version"] = 2

    with pytest.raises(UnusableBackup, match="has the format 2; this Rollcall reads 1"):
        content(packed(lines))
