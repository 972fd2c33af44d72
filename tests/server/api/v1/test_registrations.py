"""Registrations for programs: the same acts as in Slack and on the board."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.programs.models import CHANGE, READ, REGISTER
from provisioning.munki import MunkiRepo, RepoView
from provisioning.registrations.models import Operation
from rollcall.application import Application
from server.api.v1 import blueprint
from tests.server.api.v1.conftest import Program, make_token
from tests.support.acting import did

LONDON = {"site": "london", "build": "design"}


def register(program: Program, serial: str = "C02XL0AAJGH5", **others: object) -> int:
    """Register a Mac and return its number."""
    answer = program.post("/registrations", {"serial": serial, **LONDON, **others})
    assert answer.status_code == 201, answer.text
    number: int = answer.get_json()["registration"]["id"]
    return number


@pytest.mark.postgresql(instead=True)
def test_a_mac_is_registered_by_the_program_and_shown_with_its_name(
    program: Program, database: Database
) -> None:
    body = {"serial": "c02xl0aajgh5", **LONDON, "name": "desk-17", "note": "ticket 4711"}
    answer = program.post("/registrations", body)

    assert answer.status_code == 201
    done = answer.get_json()["registration"]
    assert (done["serial"], done["state"], done["computer_name"]) == (
        "C02XL0AAJGH5",
        "waiting",
        "desk-17",
    )
    assert answer.headers["Location"] == f"/api/v1/registrations/{done['id']}"
    read = program.get(f"/registrations/{done['id']}").headers["ETag"]
    assert read.startswith(answer.headers["ETag"].rstrip('"') + "/")
    with database.reading() as session:
        operation = session.scalars(select(Operation)).one()
    assert (operation.via, operation.what) == ("api", "registered")
    assert operation.by == "api:1 service desk"
    assert operation.facts == {"token": "service desk"}


def test_what_slack_would_ask_about_is_refused_with_its_fix(program: Program) -> None:
    number = register(program)
    for body, status, kind in (
        ({"serial": "C02XL0AAJGH5", **LONDON}, 409, "already-registered"),
        ({"serial": "C02XL0AAJGH6", **LONDON}, 409, "doubtful-serial"),
        ({"serial": "C02/../X", **LONDON}, 400, "invalid-serial"),
        ({"serial": "C02ABC", "site": "lundon", "build": "design"}, 404, "unknown-destination"),
        ({"serial": "C02ABC", **LONDON, "colour": "red"}, 400, "invalid"),
        ({**LONDON}, 400, "invalid"),
        ({"serial": "C02\0", **LONDON}, 400, "invalid"),
        ({"serial": "C02ABC", **LONDON, "name": "…"}, 400, "invalid-computer-name"),
    ):
        answer = program.post("/registrations", body)
        found = (answer.status_code, answer.get_json()["type"])
        assert (body, *found) == (body, status, f"/api/v1/#{kind}")
        assert answer.get_json()["fix"]
    assert str(number) in program.post("/registrations", {"serial": "C02XL0AAJGH5", **LONDON}).text
    slip = program.post("/registrations", {"serial": "C02XL0AAJGH6", **LONDON}).get_json()
    assert "is one slip away from C02XL0AAJGH5, which is registered" in slip["detail"]
    assert register(program, "C02XL0AAJGH6", is_sure=True) > number


@pytest.mark.postgresql(instead=True)
def test_a_registration_is_moved_named_imaged_again_replaced_and_cancelled(
    program: Program,
) -> None:
    path = f"/registrations/{register(program)}"

    moved = program.change(f"{path}/move", {"site": "paris", "build": "design"})
    named = program.change(f"{path}/name", {"name": "desk-18"})
    imaged = program.change(f"{path}/reimage")
    replaced = program.change(f"{path}/replace", {"serial": "C02XL0ABJGH7", "kind": "board"})
    cancelled = program.change(f"{path}/cancel")

    done = (moved, named, imaged, replaced, cancelled)
    assert [each.status_code for each in done] == [200] * 5, [each.text for each in done]
    assert moved.get_json()["registration"]["site"] == "paris"
    assert named.get_json()["registration"]["computer_name"] == "desk-18"
    assert replaced.get_json()["registration"]["serial"] == "C02XL0ABJGH7"
    assert cancelled.get_json()["registration"]["state"] == "cancelled"
    assert len({each.headers["ETag"] for each in done}) == 5


@pytest.mark.postgresql(instead=True)
def test_an_operation_is_read_and_taken_back(program: Program) -> None:
    number = register(program)
    operation = program.change(f"/registrations/{number}/cancel").get_json()["operation"]

    shown = program.get(f"/operations/{operation}").get_json()
    undone = program.post(f"/operations/{operation}/undo")

    assert (shown["what"], shown["via"], shown["token"]) == ("cancelled", "api", "service desk")
    assert undone.get_json() == {"operation": operation, "restored": 1, "left": 0}
    assert program.get(f"/registrations/{number}").get_json()["state"] == "waiting"
    assert program.post(f"/operations/{operation}/undo").status_code == 409
    assert program.post("/operations/999/undo").status_code == 404
    assert program.get("/operations/999").status_code == 404


def test_a_change_needs_the_thing_as_it_was_seen(program: Program) -> None:
    path = f"/registrations/{register(program)}"
    seen = program.get(path).headers["ETag"]
    program.post(f"{path}/name", {"name": "one"}, If_Match=seen)

    for act, body in (
        ("move", {"site": "paris", "build": "design"}),
        ("cancel", None),
        ("reimage", None),
        ("name", {"name": "two"}),
        ("replace", {"serial": "C02XL0ABJGH7", "kind": "mac"}),
    ):
        assert program.post(f"{path}/{act}", body).status_code == 428
        assert program.post(f"{path}/{act}", body, If_Match=seen).status_code == 412
    assert program.get(path).get_json()["computer_name"] == "one"
    assert program.post(f"{path}/cancel", If_Match="*").status_code == 200
    assert program.change(f"{path}/cancel").status_code == 412  # it is closed already


def test_a_list_is_filtered_and_read_page_by_page(program: Program) -> None:
    numbers = [register(program, f"VM-{letter}{letter}", is_sure=True) for letter in "ABCDE"]
    program.change(f"/registrations/{numbers[0]}/cancel")

    first = program.get("/registrations", limit=3).get_json()
    second = program.get("/registrations", limit=3, cursor=first["next"]).get_json()

    shown = [each["id"] for page in (first, second) for each in page["items"]]
    assert shown == numbers[:0:-1]
    assert second["next"] is None
    for query, expected in (
        ({"state": "all"}, numbers[::-1]),
        ({"state": "cancelled"}, numbers[:1]),
        ({"text": "VM-BB"}, numbers[1:2]),
        ({"site": "paris"}, []),
        ({"build": "design", "state": "waiting"}, numbers[:0:-1]),
    ):
        items = program.get("/registrations", **query).get_json()["items"]
        assert (query, [each["id"] for each in items]) == (query, expected)
    refused = (("cursor", "x"), ("limit", 0), ("limit", 501), ("state", "odd"), ("page", 2))
    for name, value in refused:
        assert program.get("/registrations", **{name: value}).status_code == 400


def test_a_token_of_a_site_sees_and_changes_nothing_elsewhere(
    program: Program, of_paris: Program, database: Database
) -> None:
    london = register(program)
    paris = register(program, "C02XL0ABJGH7", site="paris", is_sure=True)

    assert [each["id"] for each in of_paris.get("/registrations").get_json()["items"]] == [paris]
    assert of_paris.get(f"/registrations/{london}").status_code == 404
    assert of_paris.post(f"/registrations/{london}/cancel", If_Match="*").status_code == 404
    refused = of_paris.post("/registrations", {"serial": "C02ABC", **LONDON})
    assert (refused.status_code, refused.get_json()["type"]) == (403, "/api/v1/#outside-token")
    moved = of_paris.change(f"/registrations/{paris}/move", LONDON)
    assert moved.status_code == 403
    assert of_paris.get("/operations/1").status_code == 404
    assert of_paris.post("/operations/1/undo").status_code == 404

    with database.begin() as session:
        number = did(session, "undone", by="U0ALICE").id  # of no Mac
    assert program.get(f"/operations/{number}").status_code == 200
    assert of_paris.get(f"/operations/{number}").status_code == 404


def test_to_undo_puts_no_mac_where_the_token_does_not_reach(
    program: Program, of_paris: Program
) -> None:
    number = register(program)
    paris = {"site": "paris", "build": "design"}
    moved = program.change(f"/registrations/{number}/move", paris).get_json()["operation"]

    assert of_paris.post(f"/operations/{moved}/undo").status_code == 403

    assert program.get(f"/registrations/{number}").get_json()["site"] == "paris"
    assert program.post(f"/operations/{moved}/undo").get_json()["restored"] == 1


def test_a_token_does_what_it_is_for_and_nothing_else(
    program: Program, program_with: Callable[[str], Program], database: Database
) -> None:
    programs = {act: program_with(make_token(database, act)) for act in (READ, REGISTER, CHANGE)}
    number = register(program)
    calls = {
        READ: ("GET", "/registrations", None),
        REGISTER: ("POST", "/registrations", {"serial": "C02XM0ABJGH7", **LONDON}),
        CHANGE: ("POST", f"/registrations/{number}/cancel", None),
    }
    for act, mine in programs.items():
        refused = {
            other
            for other, (method, path, body) in calls.items()
            if mine.send(method, path, body, headers={"If-Match": "*"}).status_code == 403
        }
        assert (act, refused) == (act, calls.keys() - {act})


def test_a_token_of_a_site_hears_no_name_of_another(program: Program, of_paris: Program) -> None:
    register(program)
    mac = {"serial": "C02ZZ0AAJGH9", "site": "paris", "build": "design"}
    number = of_paris.post("/registrations", mac).get_json()["registration"]["id"]

    misspelled = of_paris.post("/registrations", {**mac, "site": "lundon"})
    theirs = {"serial": "C02XL0AAJGH5", "kind": "mac"}
    replaced = of_paris.change(f"/registrations/{number}/replace", theirs)

    slip = of_paris.post("/registrations", {**mac, "serial": "C02XL0AAJGH6"})
    assert (misspelled.status_code, replaced.status_code, slip.status_code) == (404, 403, 409)
    assert "one slip away from a Mac that this token does not reach" in slip.get_json()["detail"]
    assert "london" not in misspelled.text + replaced.text
    assert "Did you mean london?" in program.post("/registrations", {**mac, "site": "lundon"}).text


def test_what_somebody_else_changes_at_this_moment_is_not_written_over(
    application: Application, program: Program, hand_in: Callable[..., int]
) -> None:
    class Meanwhile(MunkiRepo):
        """A repo at whose reading somebody else does something."""

        def now(self) -> RepoView:
            while happens:
                happens.pop()()
            return super().now()

    happens = list[Callable[[], object]]()
    repo = Meanwhile(application.repo.store)
    dependencies = replace(application.machines.dependencies, repo=repo)
    app = Flask(__name__)
    app.register_blueprint(blueprint.blueprint(dependencies, ""))
    other = Program(app.test_client(), program.token, program.document)
    mac, imported = f"/registrations/{register(program)}", f"/imports/{hand_in('C02YK1QWLVDN')}"

    happens.append(lambda: program.change(f"{mac}/name", {"name": "first"}))
    named = other.change(f"{mac}/name", {"name": "second"})
    happens.append(lambda: program.change(f"{imported}/choose", {"site": "paris"}))
    chosen = other.change(f"{imported}/choose", {"build": "design"})

    assert (named.status_code, chosen.status_code) == (412, 412)
    assert program.get(mac).get_json()["computer_name"] == "first"
    assert program.get(imported).get_json()["site"] == "paris"
