"""Many registrations at once, for programs."""

from collections.abc import Callable
from typing import Any

import pytest

from infrastructure.database.engine import Database
from provisioning.registrations.models import Operation
from tests.server.api.v1.conftest import Program, make_token
from tests.server.api.v1.test_registrations import LONDON, register
from tests.server.board.conftest import read_people

PARIS = {"site": "paris", "build": "design"}


def rows(*serials: str, **place: str) -> list[dict[str, str]]:
    return [{"serial": serial, **(place or LONDON)} for serial in serials]


@pytest.mark.postgresql(instead=True)
def test_each_row_has_its_outcome_and_the_good_ones_are_registered(
    program: Program, database: Database
) -> None:
    there = register(program)
    register(program, "C02YN0AAJGH6", is_sure=True)
    program.post("/registrations", {"serial": "C02XM0AAJGH6", **LONDON, "is_sure": True})
    sent = [
        *rows("C02AAAAAJGH1", **{**LONDON, "name": "desk-1"}),
        *rows("c02aaaaajgh1", "C02/../X"),
        *rows("C02XL0AAJGH5"),
        *rows("C02YN0AAJGH7"),
        *rows("C02BBBBBJGH2", site="lundon", build="design"),
        *rows("C02XM0AAJGH6", **PARIS),
    ]

    tried = program.post("/registrations/bulk", {"rows": sent, "dry_run": True}).get_json()
    done = program.post("/registrations/bulk", {"rows": sent, "note": "van 3"}).get_json()

    outcomes = ["registered", "invalid", "invalid", "unchanged", "doubtful", "nowhere", "moved"]
    assert [row["outcome"] for row in tried["rows"]] == outcomes
    assert [row["outcome"] for row in done["rows"]] == outcomes
    assert (tried["operation"], tried["rows"][0]["registration"]) == (None, None)
    assert done["rows"][3]["registration"] == there
    new = program.get(f"/registrations/{done['rows'][0]['registration']}").get_json()
    assert (new["computer_name"], new["site"]) == ("desk-1", "london")
    has_reason = [False, True, True, False, True, True, False]
    assert [bool(row["why"]) for row in done["rows"]] == has_reason
    with database.reading() as session:
        operation = session.get_one(Operation, done["operation"])
    assert (operation.via, operation.facts) == ("api", {"token": "service desk"})
    assert program.post(f"/operations/{operation.id}/undo").get_json()["restored"] == 2


def test_where_a_mac_is_at_a_site_beyond_the_token_is_not_told(
    program: Program, of_paris: Program
) -> None:
    register(program)
    sent = {"rows": rows("C02XL0AAJGH5", **PARIS), "take_over": True, "dry_run": True}

    (row,) = of_paris.post("/registrations/bulk", sent).get_json()["rows"]

    assert (row["outcome"], row["registration"]) == ("refused", None)
    assert "london" not in row["why"]


def test_rows_for_sites_where_the_maker_may_not_are_refused_alone(
    program_with: Callable[[str], Program], database: Database
) -> None:
    read_people(database)
    of_london = program_with(make_token(database, sites=["london"], made_by="U0ALICE"))
    sent = [*rows("C02AAAAAJGH1"), *rows("C02BBBBBJGH2", **PARIS)]

    done = of_london.post("/registrations/bulk", {"rows": sent}).get_json()

    assert [row["outcome"] for row in done["rows"]] == ["registered", "refused"]
    assert "does not reach" in done["rows"][1]["why"]
    nothing = of_london.post("/registrations/bulk", {"rows": sent[1:]}).get_json()
    assert nothing["operation"] is None


@pytest.mark.postgresql
def test_many_are_changed_by_number_or_by_what_a_filter_lets_through(program: Program) -> None:
    numbers = [register(program, f"VM-{letter}{letter}", is_sure=True) for letter in "ABCD"]
    last = program.get(f"/registrations/{numbers[-1]}").get_json()["changed_at"]

    tried = program.post(
        "/registrations/change", {"act": "cancel", "choice": {"site": "london"}, "dry_run": True}
    ).get_json()
    moved = program.post(
        "/registrations/change", {"act": "move", "numbers": numbers[:2], **PARIS}
    ).get_json()
    cancelled = program.post(
        "/registrations/change", {"act": "cancel", "choice": {"text": "VM-"}, "seen": last}
    ).get_json()

    assert tried == {"operation": None, "changed": 4, "left": 0}
    assert (moved["changed"], moved["left"]) == (2, 0)
    assert (cancelled["changed"], cancelled["left"]) == (2, 2)  # two have changed since
    states = [program.get(f"/registrations/{each}").get_json()["state"] for each in numbers]
    assert states == ["waiting", "waiting", "cancelled", "cancelled"]
    undone = program.post(f"/operations/{cancelled['operation']}/undo").get_json()
    assert undone["restored"] == 2


def test_what_makes_no_sense_for_many_is_refused(program: Program) -> None:
    number = register(program)
    for body, status in (
        ({"act": "cancel"}, 400),
        ({"act": "cancel", "numbers": [number], "choice": {}}, 400),
        ({"act": "cancel", "numbers": [number], **PARIS}, 400),
        ({"act": "fly", "numbers": [number]}, 400),
        ({"act": "cancel", "numbers": []}, 400),
        ({"act": "cancel", "numbers": [999]}, 409),
        ({"act": "reimage", "numbers": [number]}, 409),
        ({"act": "move", "numbers": [number], **LONDON}, 409),
        ({"act": "move", "numbers": [number], "site": "lundon", "build": "design"}, 404),
        # A moment without an offset is another one in each zone; some are none in UTC.
        ({"act": "cancel", "numbers": [number], "seen": "2026-03-02T09:00:00"}, 400),
        ({"act": "cancel", "numbers": [number], "seen": "2026-03-02"}, 400),
        ({"act": "cancel", "numbers": [number], "seen": 1_900_000_000}, 400),
        ({"act": "cancel", "numbers": [number], "seen": "1000000000"}, 400),
        ({"act": "cancel", "numbers": [number], "seen": "0001-01-01T00:00:00+23:59"}, 400),
        ({"act": "cancel", "numbers": [number], "seen": "9999-12-31T23:59:59-23:59"}, 400),
        ({"act": "cancel", "numbers": [number], "seen": "2001-01-01T00:00:00+02:00"}, 409),
    ):
        assert (body, program.post("/registrations/change", body).status_code) == (body, status)
    wrong: list[Any] = [[], [{}], [{"serial": "x", "colour": 1}], "x", [{"serial": "x"}] * 10_001]
    for rows_sent in wrong:
        assert program.post("/registrations/bulk", {"rows": rows_sent}).status_code == 400


def test_many_of_another_site_are_not_reached(program: Program, of_paris: Program) -> None:
    number = register(program)

    choices: list[dict[str, Any]] = [{"numbers": [number]}, {"choice": {}}]
    for chosen in choices:
        answer = of_paris.post("/registrations/change", {"act": "cancel", **chosen})
        assert answer.status_code == 409
        tried = {"act": "cancel", "dry_run": True, **chosen}
        assert of_paris.post("/registrations/change", tried).get_json()["changed"] == 0
