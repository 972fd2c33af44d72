"""Acts of programs: done once for their keys, wholly or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from infrastructure.jobs.models import LastRun
from infrastructure.text import Sentence
from provisioning.access.programs import calls, tokens
from provisioning.access.programs.calls import (
    OneTransaction,
    ProgramCall,
    StillRunning,
    StoredAnswer,
)
from provisioning.access.programs.models import ApiCall
from rollcall.application import Application
from server.api.v1 import blueprint
from server.api.v1.frame.routes import Answer as Routed
from server.api.v1.frame.routes import Call
from server.api.v1.registrations.models import Done, NewRegistration
from server.api.v1.registrations.views import register_mac
from tests.server.api.v1.conftest import PREFIX, Program, make_token
from tests.server.api.v1.frame.documented import MAC, count
from tests.server.board.conftest import PEOPLE, read_people


def app_with(application: Application, view: Callable[..., Routed[Done]]) -> Flask:
    """An app with one route alone, on which this view registers Macs."""
    (route,) = (each for each in blueprint.ROUTES if each.view is register_mac)
    app = Flask(__name__)
    routes = [replace(route, view=view)]
    app.register_blueprint(blueprint.of(application.machines.dependencies, routes, ""))
    return app


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
    asked, now = ProgramCall(1, "key", "digest"), datetime.now(UTC)
    answer = StoredAnswer(200, {"ETag": '"1"'}, b"{}")
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

    def dying(call: Call, body: NewRegistration) -> Routed[Done]:
        """A view whose worker dies once the Mac is registered."""
        register_mac(call, body)
        raise Dead

    app = app_with(application, dying)
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

    def slow(call: Call, body: NewRegistration) -> Routed[Done]:
        """A view that takes so long that something happens meanwhile."""
        meanwhile.pop()()
        return register_mac(call, body)

    app = app_with(application, slow)
    of_nobody, of_alice = (make_token(database, made_by=by) for by in (None, "U0ALICE"))

    for token, happens, kind in (
        (of_nobody, revoke, "unauthorized"),
        (of_alice, leave, "maker-gone"),
    ):
        meanwhile = [happens]
        answer = Program(app.test_client(), token, document).post("/registrations", MAC)
        assert (answer.status_code, answer.get_json()["type"]) == (401, f"{PREFIX}/#{kind}")
    assert count(database) == 0
