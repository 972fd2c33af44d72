"""Calls of the API: tokens, problems, forms of bodies, quotas."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy.exc import NoResultFound

from infrastructure.database.engine import Database
from rollcall.application import Application
from server.api.v1 import blueprint
from server.api.v1.frame.problems import answer_to
from server.api.v1.frame.quota import Quota
from server.app import largest_body
from tests.server.api.v1.conftest import PREFIX, Program, make_token
from tests.server.api.v1.frame.documented import MAC, fits, routes


def test_each_route_refuses_who_has_no_good_token(
    program: Program, document: dict[str, Any], program_with: Callable[[str], Program]
) -> None:
    bad = ("", "Bearer x", "Basic b3BlbjpzZXNhbWU=", f"Bearer rollcall_{'0' * 48}")
    calls = [("GET /token", header) for header in bad]
    calls += [(name, "") for name, _ in routes(document)]  # a guesser would be slowed

    for name, header in calls:
        method, path = fits(name)
        answer = program.send(method, path, headers={"Authorization": header})
        assert (name, answer.status_code) == (name, 401)
        assert "Bearer" in answer.headers["WWW-Authenticate"]
        assert answer.get_json()["fix"]
    assert program.get("/token").status_code == 200


def test_who_guesses_at_tokens_is_slowed(program: Program) -> None:
    statuses = [
        program.send("GET", "/token", headers={"Authorization": f"Bearer {number}"}).status_code
        for number in range(30)
    ]

    assert statuses == [401] * 20 + [429] * 10
    assert program.get("/token").status_code == 200  # a good one never waits


def test_what_is_no_call_of_the_document_is_a_problem_with_its_fix(program: Program) -> None:
    for method, path, status in (
        ("GET", "/nothing", 404),
        ("GET", "/registrations/0", 404),
        ("GET", "/registrations/2147483648", 404),
        ("GET", "/registrations/C02XL0AAJGH5", 404),
        ("DELETE", "/registrations", 405),
        ("OPTIONS", "/registrations", 405),
    ):
        answer = program.send(method, path)
        assert (path, answer.status_code) == (path, status)
        assert answer.mimetype == "application/problem+json"
        assert answer.get_json()["fix"]
    assert "Access-Control-Allow-Origin" not in program.get("/token").headers


def test_a_body_has_to_be_json_of_its_form(program: Program) -> None:
    for data, status in (
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"serial": "\\ud800"}', 400),
        (b"[" * 50_000, 400),
        (b"x" * 70_000, 413),
    ):
        answer = program.send("POST", "/registrations", data=data)
        assert (data[:10], answer.status_code) == (data[:10], status)
    answer = program.send("POST", "/registrations", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415
    answer = program.post("/registrations", MAC, Content_Encoding="gzip")
    assert (answer.status_code, "Content-Encoding" in answer.text) == (415, True)


def test_the_web_server_reads_bodies_as_large_as_a_route_takes() -> None:
    routes = blueprint.ROUTES
    larger = {route.path: route.largest for route in routes if route.largest is not None}

    assert len(larger) > 4
    for path, largest in larger.items():
        assert largest_body(PREFIX + path.replace("{number}", "12")) >= largest, path


def test_a_token_has_a_quota_that_its_answers_tell(program: Program) -> None:
    headers = program.get("/token").headers
    now = [0.0]
    quota = Quota(2, lambda: now[0])

    assert headers["RateLimit-Policy"] == '"token";q=1200;w=60'
    assert headers["RateLimit"].startswith('"token";r=1199;t=')
    assert [quota.count(1).left for _ in range(4)] == [1, 0, -1, -1]
    assert quota.count(2).left == 1
    now[0] = 60.0
    assert quota.count(1).left == 1


def test_too_many_calls_of_a_token_have_to_wait(
    application: Application, database: Database, document: dict[str, Any]
) -> None:
    app = Flask(__name__)
    dependencies = replace(application.machines.dependencies, most_calls=1)
    app.register_blueprint(blueprint.blueprint(dependencies, ""))
    program = Program(app.test_client(), make_token(database), document)

    assert program.get("/token").status_code == 200
    answer = program.get("/token")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_row_that_is_gone_is_a_problem_for_an_admin(app: Flask) -> None:
    with app.test_request_context():
        answer = answer_to(NoResultFound("No row was found when one was required"))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "`boot.sh doctor` names" in answer.get_json()["detail"]
