"""Benches and batches, for programs."""

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import Bench
from provisioning.outbox.models import Card
from tests.server.api.v1.conftest import Program
from tests.server.api.v1.test_registrations import LONDON, register
from tests.support.databases.turns import NOTICED
from tests.support.fixtures.doors import Script

PARIS = {"site": "paris", "build": "design"}


@pytest.mark.policy('[sites.paris]\nchannel = "C0PARIS"\n')
def test_the_card_of_a_bench_is_in_the_channel_of_its_site(
    program: Program, database: Database
) -> None:
    program.post("/benches", {**PARIS, "wanted": 2})

    with database.reading() as session:
        assert session.scalars(select(Card.channel)).all() == ["C0PARIS"]


@pytest.mark.postgresql(instead=True)
def test_a_bench_takes_the_next_unknown_macs(program: Program, script: Script) -> None:
    opened = program.post("/benches", {**LONDON, "wanted": 2, "minutes": 60})
    script.manifest(serial="C02NEW")
    found = program.get("/benches/1").get_json()

    assert (opened.status_code, opened.location) == (201, "/api/v1/benches/1")
    assert (found["taken"], found["is_open"], found["by"]) == (1, True, "service desk (api)")
    (mac,) = program.get("/registrations", batch=found["batch"]).get_json()["items"]
    assert (mac["serial"], mac["site"]) == ("C02NEW", "london")


def test_one_bench_is_open_at_a_time_and_it_ends_once(program: Program) -> None:
    program.post("/benches", {**LONDON, "wanted": 2})

    second = program.post("/benches", {**PARIS, "wanted": 2})
    ended = program.change("/benches/1/end")
    again = program.change("/benches/1/end")

    assert (second.status_code, second.get_json()["type"]) == (409, "/api/v1/#bench-occupied")
    assert (ended.get_json()["is_open"], ended.get_json()["ended_by"]) == (
        False,
        "service desk (api)",
    )
    assert (again.status_code, again.get_json()["type"]) == (409, "/api/v1/#bench-ended")
    assert program.post("/benches", {**PARIS, "wanted": 2}).status_code == 201
    assert [each["id"] for each in program.get("/benches").get_json()["items"]] == [2, 1]


def test_a_bench_is_taken_back_like_any_operation(program: Program) -> None:
    operation = program.post("/benches", {**LONDON, "wanted": 2}).get_json()["operation"]

    assert program.post(f"/operations/{operation}/undo").status_code == 200
    assert program.get("/benches/1").get_json()["is_open"] is False


def test_a_bench_has_limits(program: Program) -> None:
    for wanted, minutes, said in (
        (0, 60, "wanted"),
        (201, 60, "wanted"),
        (2, 4, "minutes"),
        (2, 721, "minutes"),
    ):
        answer = program.post("/benches", {**LONDON, "wanted": wanted, "minutes": minutes})
        assert (answer.status_code, said in answer.text) == (400, True), answer.text
    assert program.get("/benches").get_json()["items"] == []


def test_batches_say_how_their_macs_stand(program: Program) -> None:
    one = register(program)
    register(program, "VM-17", is_sure=True)
    program.change(f"/registrations/{one}/cancel")

    newest, oldest = program.get("/batches").get_json()["items"]

    assert (newest["macs"], oldest["macs"]) == ({"waiting": 1}, {"cancelled": 1})
    assert newest["registered_by"] == "service desk (api)"
    assert program.get(f"/batches/{newest['id']}").get_json() == newest
    first = program.get("/batches", limit=1).get_json()
    assert first["items"] == [newest]
    assert program.get("/batches", cursor=first["next"]).get_json()["items"] == [oldest]
    (mac,) = program.get("/registrations", batch=newest["id"]).get_json()["items"]
    assert mac["serial"] == "VM-17"


@pytest.mark.postgresql(instead=True)
def test_a_token_of_a_site_sees_the_benches_and_batches_of_that_site(
    program: Program, of_paris: Program
) -> None:
    register(program)
    program.post("/benches", {**LONDON, "wanted": 2})

    for path in ("/batches", "/benches"):
        assert of_paris.get(path).get_json()["items"] == []
        assert of_paris.get(f"{path}/1").status_code == 404
    assert of_paris.post("/benches", {**LONDON, "wanted": 2}).status_code == 403


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_bench_that_takes_a_mac_at_this_moment_is_not_as_it_was_seen(
    program: Program, database: Database
) -> None:
    number = program.post("/benches", {**LONDON, "wanted": 2}).get_json()["id"]
    etag = program.get(f"/benches/{number}").headers["ETag"]

    with ThreadPoolExecutor(1) as other:
        with database.begin() as session:
            session.get_one(Bench, number).taken += 1
            session.flush()
            ending = other.submit(program.post, f"/benches/{number}/end", If_Match=etag)
            wait([ending], NOTICED)
        answer = ending.result()

    assert answer.status_code == 412
    assert program.get(f"/benches/{number}").get_json()["is_open"]
