"""Each answer that the document has, of each route, given once."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from infrastructure.database.engine import Database
from provisioning.access.programs.models import ADMINISTER, ApiCall
from provisioning.firstboot import unknown
from provisioning.values.serials import Serial
from rollcall.application import Application
from server.api.v1 import blueprint
from server.app import largest_body
from tests.server.api.v1.conftest import PREFIX, Program, make_token

LONDON = {"site": "london", "build": "design"}
PARIS = {"site": "paris", "build": "design"}
FILE_QUERY = {"name": "list.txt"}
FIRST_ROW = {"number": 0, "version": 0, "decision": "out"}
# Calls that succeed, one of each route and in this order; the first one makes number 1.
CALLS: list[tuple[str, str, Any]] = [
    ("POST", "/registrations", {"serial": "C02XL0AAJGH5", **LONDON}),
    ("POST", "/registrations/bulk", {"rows": [{"serial": "C02BBBBBJGH2", **LONDON}]}),
    ("POST", "/registrations/change", {"act": "move", "choice": {"state": "all"}, **PARIS}),
    ("POST", "/registrations/1/name", {"name": "desk-17"}),
    ("POST", "/registrations/1/move", LONDON),
    ("POST", "/registrations/1/reimage", None),
    ("POST", "/registrations/1/replace", {"serial": "C02XM0ABJGH7", "kind": "board"}),
    ("POST", "/registrations/1/cancel", None),
    ("POST", "/operations/2/undo", None),
    ("GET", "/token", None),
    ("GET", "/registrations", None),
    ("GET", "/registrations/1", None),
    ("GET", "/operations/1", None),
    ("POST", "/imports/files", b"C02XG0FDJGH5"),
    ("POST", "/imports", {"text": "C02XG0FDJGH5\nC02YK1QWLVDN"}),
    ("POST", "/imports", {"text": "C02ZZ0AAJGH9"}),
    ("GET", "/imports", None),
    ("GET", "/imports/1", None),
    ("GET", "/imports/1/rows", None),
    ("POST", "/imports/1/choose", LONDON),
    ("POST", "/imports/1/rows", {"rows": [FIRST_ROW]}),
    ("POST", "/imports/1/rows/undo", {"edit": 1}),
    ("POST", "/imports/1/register", {}),
    ("POST", "/imports/2/drop", None),
    ("POST", "/benches", {**LONDON, "wanted": 3}),
    ("GET", "/benches", None),
    ("GET", "/benches/1", None),
    ("POST", "/benches/1/end", None),
    ("GET", "/batches", None),
    ("GET", "/batches/2", None),
    ("GET", "/macs", {"serial": "C02XM0ABJGH7"}),
    ("GET", "/macs/1", None),
    ("GET", "/sites", None),
    ("GET", "/builds", None),
    ("POST", "/unknown/1/dismiss", None),
    ("GET", "/unknown", None),
    ("GET", "/events", None),
    ("GET", "/statistics", {"site": "london"}),
    ("GET", "/credentials", None),
    ("POST", "/credentials/2/revoke", None),
    ("POST", "/webhooks", {"url": "https://inventory.example/hook"}),
    ("GET", "/webhooks", None),
    ("GET", "/webhooks/1", None),
    ("POST", "/webhooks/1/key", None),
    ("POST", "/webhooks/1/test", None),
    ("POST", "/webhooks/1/replay", None),
    ("POST", "/webhooks/1/end", None),
]


def call(program: Program, method: str, path: str, content: Any, **headers: str) -> int:
    """Make one of CALLS, as it is or with other headers."""
    sent = {"If-Match": "*", **headers}
    if isinstance(content, bytes):
        sent["Content-Type"] = "application/octet-stream"
        return program.send(method, path, query=FILE_QUERY, data=content, headers=sent).status_code
    if method == "GET":
        return program.send(method, path, query=content, headers=sent).status_code
    return program.send(method, path, content, headers=sent).status_code


def of(application: Application, program: Program, token: str = "", **changed: Any) -> Program:
    """A program that calls another server, whose answers count with those of `program`."""
    app = Flask(__name__)
    dependencies = replace(application.machines.dependencies, **changed)
    app.register_blueprint(blueprint.blueprint(dependencies, ""))
    return replace(program, client=app.test_client(), token=token or program.token)


def succeed(program: Program, database: Database, work_all: Callable[[], None]) -> None:
    """Make the calls, then again while they run, then others with their keys."""
    for number, (method, path, content) in enumerate(CALLS):
        status = call(program, method, path, content, Idempotency_Key=f"k{number}")
        assert (path, status) in ((path, 200), (path, 201))
        if method == "GET":
            call(program, method, path, content, If_None_Match="*")
        if path.startswith("/imports"):
            work_all()  # what was handed in is read
    with database.begin() as session:
        later = datetime.now(UTC) + timedelta(hours=1)  # no attempt times out on a busy machine
        values = {"status": None, "claimed_at": later}
        session.execute(update(ApiCall).values(**values))
    for number, (method, path, content) in enumerate(CALLS):
        if method != "GET":
            call(program, method, path, content, Idempotency_Key=f"k{number}")
            other = "k1" if number == 0 else "k0"
            call(program, method, path, content, Idempotency_Key=other)


def fail(program: Program, method: str, path: str, content: Any) -> Iterator[object]:
    """Make a call wrongly in each way that is there for all routes, one a step.

    Those come first that most routes answer in a way of their own.
    """
    yield call(program, method, path, content, Authorization="")
    elsewhere = re.sub(r"/\d+", "/999", path)
    if method == "GET":
        yield program.send(method, path, query={"odd": 1})
        yield call(program, method, elsewhere, content)
        yield call(program, method, path, {"serial": "C02ZZZ"} if path == "/macs" else content)
        return
    yield call(program, method, path, content, Idempotency_Key="")
    query = FILE_QUERY if isinstance(content, bytes) else None
    kind = {"If-Match": "*", "Content-Type": "application/octet-stream"}
    if query is None:
        kind["Content-Type"] = "application/json"
    too_long = b"x" * (largest_body(f"{PREFIX}{path}") + 1)
    yield program.send(method, path, query=query, data=too_long, headers=kind)
    yield program.send(method, path, query=query, headers={**kind, "Content-Type": "text/plain"})
    yield call(program, method, path, content, If_Match="")
    yield call(program, method, path, content, If_Match='"old"')
    yield call(program, method, elsewhere, content)
    fields = content if isinstance(content, dict) else {}
    yield call(program, method, path, {**fields, "site": "lundon"})
    yield call(program, method, path, {**fields, "sites": ["lundon"]})


def test_each_answer_of_the_document_is_given(
    application: Application,
    database: Database,
    program: Program,
    document: dict[str, Any],
    work_all: Callable[[], None],
) -> None:
    make_token(database)  # number 2, which is revoked
    narrow = make_token(database, ADMINISTER)
    with database.begin() as session:
        unknown.ask_about(session, Serial("C02NEW"), channel="C0", at=datetime.now(UTC))
    of_paris = replace(program, token=make_token(database, sites=["paris"]))
    hasty = of(application, program, most_calls=0)
    lost = of(application, program, find_api_credential=_fail)
    weak = replace(program, token=narrow)

    documented = {
        f"{method.upper()} {path}": {*map(int, operation["responses"])}
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }

    succeed(program, database, work_all)
    for method, path, content in CALLS:
        name = f"{method} {re.sub('[0-9]+', '{number}', path)}"
        others = (call(each, method, path, content) for each in (hasty, lost, weak))
        last = (call(each, method, path, content) for each in (of_paris,))
        for _ in chain(others, fail(program, method, path, content), last):
            if documented[name] <= program.statuses[name]:
                break

    assert {
        name: missing
        for name, statuses in documented.items()
        if (missing := statuses - program.statuses.get(name, set()))
    } == {}, "none of CALLS was answered so"


def _fail(_: str) -> None:
    """A look-up of a credential while the database is away."""
    raise OperationalError("", None, Exception("away"))
