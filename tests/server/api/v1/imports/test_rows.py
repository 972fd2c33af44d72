"""Rows of a dry run that programs read and put right."""

from typing import Any

import pytest

from tests.server.api.v1.conftest import HandIn, Program
from tests.server.board.intake.conftest import FIRST, SECOND

LIST = f"{FIRST},london,design\n{SECOND},lundon,design\nC02XG0FDJGHO,london,design\n"


def rows(program: Program, number: int, **query: Any) -> list[dict[str, Any]]:
    found = program.get(f"/imports/{number}/rows", **query).get_json()["items"]
    assert isinstance(found, list)
    return found


@pytest.mark.postgresql(instead=True)
def test_each_row_says_how_it_stands_and_why(program: Program, hand_in: HandIn) -> None:
    number = hand_in(LIST)

    ready, nowhere, doubtful = rows(program, number)

    assert (ready["kind"], ready["serial"], ready["site"]) == ("new", FIRST, "london")
    assert (nowhere["kind"], nowhere["number"], nowhere["version"]) == ("nowhere", 1, 0)
    assert "did you mean london?" in nowhere["why"]
    assert (doubtful["kind"], doubtful["where"]) == ("doubtful", "line 3")
    assert rows(program, number, kind="doubtful") == [doubtful]


def test_rows_are_read_page_by_page(program: Program, hand_in: HandIn) -> None:
    number = hand_in(LIST)

    first = program.get(f"/imports/{number}/rows", limit=2).get_json()
    second = program.get(f"/imports/{number}/rows", limit=2, cursor=first["next"]).get_json()

    assert [row["number"] for row in first["items"] + second["items"]] == [0, 1, 2]
    assert second["next"] is None


@pytest.mark.postgresql(soak=True)
def test_rows_are_put_right_in_one_edit_that_can_be_undone(
    program: Program, hand_in: HandIn
) -> None:
    number = hand_in(LIST)
    before = rows(program, number)
    changes = [
        {"number": 1, "version": 0, "site": "london"},
        {"number": 2, "version": 0, "decision": "take"},
    ]

    edited = program.post(f"/imports/{number}/rows", {"rows": changes}).get_json()
    after = rows(program, number)
    undone = program.post(f"/imports/{number}/rows/undo", {"edit": edited["edit"]}).get_json()

    assert edited["imported"]["counts"]["new"] == 3
    assert [(row["kind"], row["version"]) for row in after] == [("new", 0), ("new", 1), ("new", 1)]
    assert after[1]["changed_by"] == "service desk (api)"
    assert undone["edit"] is None
    assert [row["kind"] for row in rows(program, number)] == [row["kind"] for row in before]
    again = program.post(f"/imports/{number}/rows/undo", {"edit": edited["edit"]})
    assert (again.status_code, again.get_json()["type"]) == (409, "/api/v1/#nothing-to-undo")


def test_a_row_that_somebody_changed_meanwhile_is_not_written_over(
    program: Program, hand_in: HandIn
) -> None:
    number = hand_in(LIST)
    path = f"/imports/{number}/rows"
    program.post(path, {"rows": [{"number": 1, "version": 0, "decision": "out"}]})

    both = [
        {"number": 1, "version": 0, "site": "london"},
        {"number": 2, "version": 0, "decision": "out"},
    ]
    answer = program.post(path, {"rows": both})

    assert (answer.status_code, answer.get_json()["type"]) == (409, "/api/v1/#rows-changed")
    assert [row["kind"] for row in rows(program, number)] == ["new", "left out", "doubtful"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"number": 9, "version": 0, "decision": "out"}, "There is no row 9"),
        ({"number": 1, "version": 0, "serial": "a b/c"}, "Only letters"),
        ({"number": 1, "version": 0, "serial": FIRST}, "in the list twice"),
    ],
)
def test_a_row_that_cannot_be_so_is_refused(
    program: Program, hand_in: HandIn, change: dict[str, Any], words: str
) -> None:
    number = hand_in(LIST)
    before = rows(program, number)

    answer = program.post(f"/imports/{number}/rows", {"rows": [change]})

    assert (answer.status_code, answer.get_json()["type"]) == (400, "/api/v1/#invalid-row")
    assert words in answer.get_json()["detail"]
    assert rows(program, number) == before


def test_an_import_that_is_settled_has_no_rows_to_change(program: Program, hand_in: HandIn) -> None:
    number = hand_in(LIST)
    program.change(f"/imports/{number}/drop")

    change = {"number": 0, "version": 0, "decision": "out"}
    answer = program.post(f"/imports/{number}/rows", {"rows": [change]})

    assert (answer.status_code, program.get(f"/imports/{number}/rows").status_code) == (409, 409)
