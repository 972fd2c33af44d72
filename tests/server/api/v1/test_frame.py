"""The frame of the API: tokens, keys of acts, limits, problems, the document."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from infrastructure.database.engine import Database
from infrastructure.jobs.models import LastRun
from infrastructure.text import Sentence
from provisioning.access.programs import calls, tokens
from provisioning.access.programs.calls import Answer, Asked, OneTransaction, StillRunning
from provisioning.access.programs.models import ApiCall
from provisioning.registrations.models import Registration
from rollcall.application import Application
from server.api.v1 import blueprint
from server.api.v1.frame.quota import Quota
from server.api.v1.frame.routes import Answer as Routed
from server.api.v1.frame.routes import Call
from server.api.v1.registrations.models import Done, NewRegistration
from server.api.v1.registrations.views import RegistrationViews
from server.app import largest_body
from tests.server.api.v1.conftest import PREFIX, Program, make_token
from tests.server.board.conftest import PEOPLE, read_people

DOCUMENTS = {"GET /openapi.json", "GET /", "GET /static/board.css"}
MAC = {"serial": "C02XL0AAJGH5", "site": "london", "build": "design"}
MAC_ELSEWHERE = {"site": "paris", "build": "design"}
BODIES: dict[str, Any] = {"POST /registrations": MAC}


def fits(name: str) -> tuple[str, str]:
    """The method and a path of a route of the document."""
    method, path = name.split(" ")
    return method, path.replace("{number}", "1")


def routes(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Registration)) or 0


def test_the_document_is_openapi_3_1_and_has_each_route(
    app: Flask, document: dict[str, Any]
) -> None:
    served = {
        f"{method} {rule.rule.removeprefix(PREFIX)}".replace(
            "<int(min=1,max=2147483647):number>", "{number}"
        )
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(f"{PREFIX}/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert document["openapi"] == "3.1.0"
    assert {name for name, _ in routes(document)} == served - DOCUMENTS
    names = [operation["operationId"] for _, operation in routes(document)]
    assert len(set(names)) == len(names)
    assert all(operation["summary"] for _, operation in routes(document))


def test_a_client_can_be_made_from_the_document(document: dict[str, Any]) -> None:
    for name, operation in routes(document):
        assert (name, operation["operationId"].isidentifier()) == (name, True)
        sent = operation.get("requestBody", {}).get("content", {})
        assert (name, [kind for kind in sent if not sent[kind].get("schema")]) == (name, [])
        bare = [each["name"] for each in operation["parameters"] if not each.get("description")]
        assert (name, bare) == (name, [])
    for name, told in document["webhooks"].items():
        operation = told["post"]
        assert (name, operation["operationId"].isidentifier()) == (name, True)
        assert (name, bool(operation["summary"])) == (name, True)
    text = json.dumps(document)
    models = document["components"]["schemas"]
    assert [model for model in models if f'schemas/{model}"' not in text] == []
    created = models["Registration"]["properties"]["created_at"]
    assert (created["type"], created["format"]) == ("string", "date-time")


def test_the_document_is_a_page_for_people_with_each_route_model_and_problem(
    app: Flask, document: dict[str, Any]
) -> None:
    client = app.test_client()
    page = client.get(f"{PREFIX}/")

    for name, operation in routes(document):
        assert f'id="{operation["operationId"]}"><code>{name}</code>' in page.text
    for model in document["components"]["schemas"]:
        assert f'id="model-{model}"' in page.text
    assert 'id="not-registered"' in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert client.get(f"{PREFIX}/static/board.css").status_code == 200


def test_each_route_refuses_who_has_no_good_token(
    program: Program, document: dict[str, Any], program_with: Callable[[str], Program]
) -> None:
    assert program.get("/token").status_code == 200
    for name, _ in routes(document):
        method, path = fits(name)
        for header in ("", "Bearer x", "Basic b3BlbjpzZXNhbWU=", f"Bearer rollcall_{'0' * 48}"):
            answer = program.send(method, path, headers={"Authorization": header})
            if answer.status_code == 429:  # it was slowed as a guesser
                continue
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


def test_an_act_needs_a_key_and_is_done_once_for_it(program: Program, database: Database) -> None:
    assert program.post("/registrations", MAC, Idempotency_Key="").status_code == 400
    assert program.post("/registrations", MAC, Idempotency_Key="ä").status_code == 400

    first = program.post("/registrations", MAC, Idempotency_Key="one")
    again = program.post("/registrations", MAC, Idempotency_Key="one")
    other = program.post("/registrations", {**MAC, "note": "x"}, Idempotency_Key="one")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert again.data == first.data
    for name in ("ETag", "Location", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert count(database) == 1


def test_what_was_refused_may_come_again_with_its_key(program: Program) -> None:
    wrong = {**MAC, "build": "desgin"}

    assert program.post("/registrations", wrong, Idempotency_Key="one").status_code == 404
    assert program.post("/registrations", MAC, Idempotency_Key="one").status_code == 201


@pytest.mark.postgresql(soak=True)
def test_a_call_is_done_by_one_attempt_alone(database: Database) -> None:
    asked, now = Asked(1, "key", "digest"), datetime.now(UTC)
    answer = Answer(200, {"ETag": '"1"'}, b"{}")
    with database.begin() as session:
        dead = calls.claim(session, asked, now)
    with pytest.raises(StillRunning), database.begin() as session:
        calls.claim(session, asked, now + timedelta(seconds=59))

    later = now + timedelta(seconds=61)  # its worker must have died
    with database.begin() as session:
        mine = calls.claim(session, asked, later)
    with pytest.raises(StillRunning), database.begin() as session:
        calls.keep(session, asked, dead, answer)
    with database.begin() as session:
        calls.keep(session, asked, mine, answer)

    with database.begin() as session:
        calls.release(session, asked, mine)  # in vain: it is done
        assert calls.find(session, asked, later) == answer
        assert calls.find(session, asked, later + timedelta(hours=25)) is None
        calls.claim(session, asked, later + timedelta(hours=25))


def test_the_same_key_waits_while_the_first_call_runs(program: Program, database: Database) -> None:
    program.post("/registrations", MAC, Idempotency_Key="one")
    with database.begin() as session:
        session.execute(update(ApiCall).values(status=None, claimed_at=datetime.now(UTC)))

    answer = program.post("/registrations", MAC, Idempotency_Key="one")

    assert (answer.status_code, answer.get_json()["type"]) == (409, f"{PREFIX}/#still-running")
    assert answer.headers["Retry-After"]


@pytest.mark.postgresql(instead=True)
def test_calls_with_one_key_at_one_moment_are_done_once(
    program_with: Callable[[str], Program], program: Program, database: Database
) -> None:
    at_once = Barrier(4)
    key = {"Idempotency_Key": "ticket-4711"}

    def call(_: int) -> int:
        at_once.wait()
        return program_with(program.token).post("/registrations", MAC, **key).status_code

    with ThreadPoolExecutor(4) as threads:
        statuses = [*threads.map(call, range(4))]

    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert program.post("/registrations", MAC, **key).status_code == 201
    assert count(database) == 1


@pytest.mark.postgresql(soak=True)
def test_what_fails_halfway_leaves_nothing_where_the_call_goes_on(database: Database) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with OneTransaction(database) as transaction:
        with suppress(ZeroDivisionError), transaction.begin() as session:
            session.add(LastRun(what="half", at=at))
            session.flush()
            raise ZeroDivisionError
        with transaction.begin() as session:
            session.add(LastRun(what="whole", at=at))

    with database.reading() as session:
        assert [*session.scalars(select(LastRun.what))] == ["whole"]


def test_what_an_act_wrote_is_read_within_it_before_it_is_flushed(database: Database) -> None:
    with OneTransaction(database) as transaction, transaction.begin() as session:
        session.add(LastRun(what="digest", at=datetime(2026, 3, 2, tzinfo=UTC)))
        session.flush()
        session.get_one(LastRun, "digest").at = datetime(2026, 3, 3, tzinfo=UTC)
        with transaction.reading() as reading:
            assert reading.get_one(LastRun, "digest").at.day == 3


def test_a_crash_between_the_act_and_its_answer_leaves_nothing(
    application: Application, database: Database, document: dict[str, Any]
) -> None:
    class Dead(BaseException):
        """The end of a worker."""

    class Dying(RegistrationViews):
        """Views whose worker dies once the Mac is registered."""

        def register_mac(self, call: Call, body: NewRegistration) -> Routed[Done]:
            super().register_mac(call, body)
            raise Dead

    (route,) = (
        each
        for each in Dying(application.machines.dependencies).routes
        if each.name == "POST /registrations"
    )
    app = Flask(__name__)
    app.register_blueprint(blueprint.of(application.machines.dependencies, [route], ""))
    token = make_token(database)
    program = Program(app.test_client(), token, document)

    with pytest.raises(Dead):
        program.post("/registrations", MAC, Idempotency_Key="one")

    assert count(database) == 0
    assert program.post("/registrations", MAC, Idempotency_Key="one").status_code == 409


def test_what_a_token_does_while_it_is_ended_is_not_done(
    application: Application, database: Database, document: dict[str, Any]
) -> None:
    read_people(database)

    def revoke() -> None:
        with database.begin() as session:
            tokens.revoke(session, 1, datetime.now(UTC))

    def leave() -> None:
        refused = [replace(each, refusal=Sentence("gone")) for each in PEOPLE]
        read_people(database, *refused)

    class Slow(RegistrationViews):
        """Views that take so long that something happens meanwhile."""

        def register_mac(self, call: Call, body: NewRegistration) -> Routed[Done]:
            meanwhile.pop()()
            return super().register_mac(call, body)

    views = Slow(application.machines.dependencies)
    (route,) = (each for each in views.routes if each.name == "POST /registrations")
    app = Flask(__name__)
    app.register_blueprint(blueprint.of(application.machines.dependencies, [route], ""))
    of_nobody, of_alice = (make_token(database, made_by=by) for by in (None, "U0ALICE"))

    for token, happens, kind in (
        (of_nobody, revoke, "unauthorized"),
        (of_alice, leave, "maker-gone"),
    ):
        meanwhile = [happens]
        answer = Program(app.test_client(), token, document).post("/registrations", MAC)
        assert (answer.status_code, answer.get_json()["type"]) == (401, f"{PREFIX}/#{kind}")
    assert count(database) == 0


def test_the_web_server_reads_bodies_as_large_as_a_route_takes(application: Application) -> None:
    routes = blueprint.all_routes(application.machines.dependencies)
    larger = {route.path: route.largest for route in routes if route.largest is not None}

    assert len(larger) > 4
    for path, largest in larger.items():
        assert largest_body(PREFIX + path.replace("{number}", "12")) >= largest, path


def test_a_token_has_a_quota_that_its_answers_tell(program: Program, app: Flask) -> None:
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


@pytest.mark.parametrize("path", ["/registrations/1", "/registrations", "/token"])
def test_who_has_an_answer_already_gets_it_again_only_once_it_changed(
    program: Program, path: str
) -> None:
    program.post("/registrations", MAC)
    first = program.get(path)
    known = {"If-None-Match": first.headers["ETag"]}

    same = program.send("GET", path, headers=known)
    program.post("/registrations/1/name", {"name": "desk-17"}, If_Match="*")
    changed = program.send("GET", path, headers=known)
    others = program.send("GET", path, headers={"If-None-Match": '"1-1", W/"x", odd'})

    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert "Content-Type" not in same.headers
    assert same.headers["Cache-Control"] == "private, no-cache"
    assert changed.status_code == (304 if path == "/token" else 200)
    assert (others.status_code, others.data) == (200, program.get(path).data)


def test_a_tag_of_an_answer_says_also_which_version_is_changed(program: Program) -> None:
    made = program.post("/registrations", MAC).headers["ETag"]
    read = program.get("/registrations/1").headers["ETag"]

    assert read.startswith(made.rstrip('"'))
    wrong = program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match='"1-0/' + read[5:])
    assert wrong.status_code == 412
    assert program.post("/registrations/1/move", MAC_ELSEWHERE, If_Match=read).status_code == 200
