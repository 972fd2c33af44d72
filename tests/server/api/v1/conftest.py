"""Programs that call the API: each answer is held against the document."""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.access.programs import tokens
from provisioning.access.programs.models import ACTS
from provisioning.access.programs.tokens import TokenRequest

PREFIX = "/api/v1"
VALIDATORS: dict[str, Any] = {}  # by their schemas; each application has the same document
_KEYS = itertools.count()

HandIn = Callable[..., int]


def make_token(
    database: Database,
    *acts: str,
    sites: list[str] | None = None,
    made_by: str | None = None,
    name: str = "service desk",
    at: datetime | None = None,
) -> str:
    """Make a token; without acts, for all of them."""
    with database.begin() as session:
        wish = TokenRequest(name, acts or ACTS, sites)
        return tokens.make(session, wish, made_by=made_by, at=at or datetime.now(UTC))


@dataclass(slots=True)
class Program:
    """A program with a token. Each answer has to be one that the document has."""

    client: FlaskClient
    token: str
    document: dict[str, Any]
    statuses: dict[str, set[int]] = field(default_factory=dict)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Ask for something."""
        return self.send("GET", path, query=query)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Do something, with a new key; headers are named with `_`."""
        return self.send("POST", path, body, headers=headers)

    def change(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Change the thing above a path, as it is now."""
        etag = self.get(path.rpartition("/")[0]).headers["ETag"]
        return self.post(path, body, If_Match=etag, **headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> TestResponse:
        """Send a call, and hold the answer against the document."""
        sent = {"Authorization": f"Bearer {self.token}"}
        if method != "GET":
            sent["Idempotency-Key"] = f"key-{next(_KEYS)}"
        sent |= {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        sent = {name: value for name, value in sent.items() if value}
        given: dict[str, Any] = {"json": body} if body is not None else {}
        if data is not None:
            given = {"data": data}
            sent.setdefault("Content-Type", "application/json")
        answer = self.client.open(
            PREFIX + path, method=method, headers=sent, query_string=query, **given
        )
        self._check(method, path, answer)
        return answer

    def _check(self, method: str, path: str, answer: TestResponse) -> None:
        name = "/".join("{number}" if part.isdigit() else part for part in path.split("/"))
        operation = self.document["paths"].get(name, {}).get(method.lower())
        if operation is None:
            assert answer.status_code in (404, 405)
            return
        self.statuses.setdefault(f"{method} {name}", set()).add(answer.status_code)
        response = operation["responses"].get(str(answer.status_code))
        assert response is not None, (method, name, answer.status_code, answer.text)
        is_for_later = answer.status_code in (429, 503) or "#still-running" in answer.text
        assert ("Retry-After" in answer.headers) == is_for_later, (method, name, answer.headers)
        assert not is_for_later or "Retry-After" in response["headers"], (method, name)
        limits = {"RateLimit", "RateLimit-Policy"}.intersection(answer.headers.keys())
        if answer.status_code != 401:  # which tells of them where a token ended in the call alone
            assert limits <= response.get("headers", {}).keys(), (method, name)
        if answer.status_code >= 400:
            problem = answer.get_json()
            assert all((problem["detail"], problem["fix"])), (method, name, problem)
        for kind, content in response.get("content", {}).items():
            assert answer.mimetype == kind
            self._validator(content["schema"]).validate(answer.get_json())

    def _validator(self, schema: dict[str, Any]) -> Any:
        """The validator of a schema of the document, made once: to look it over takes longest."""
        key = json.dumps(schema)
        if key not in VALIDATORS:
            whole = {**schema, "components": self.document["components"]}
            kind = jsonschema.validators.validator_for(whole)
            kind.check_schema(whole)
            VALIDATORS[key] = kind(whole)
        return VALIDATORS[key]


@pytest.fixture(scope="session")
def documents() -> dict[str, Any]:
    """The documents that were made, which take longer than most tests do."""
    return {}


@pytest.fixture
def document(app: Flask, documents: dict[str, Any]) -> dict[str, Any]:
    """The document of the API; each application has the same one."""
    if not documents:
        documents.update(app.test_client().get(f"{PREFIX}/openapi.json").get_json())
    return documents


@pytest.fixture
def program_with(app: Flask, document: dict[str, Any]) -> Callable[[str], Program]:
    """A program with a given token."""
    return lambda token: Program(app.test_client(), token, document)


@pytest.fixture
def program(program_with: Callable[[str], Program], database: Database) -> Program:
    """A program with an operator's token for everything."""
    return program_with(make_token(database))


@pytest.fixture
def of_paris(program_with: Callable[[str], Program], database: Database) -> Program:
    """A program whose token is for Paris alone."""
    return program_with(make_token(database, sites=["paris"]))


@pytest.fixture
def hand_in(program: Program, work_all: Callable[[], None]) -> HandIn:
    """Hand Macs in, have them read, and return the number of their import."""

    def send(text: str = "", by: Program | None = None, **fields: Any) -> int:
        answer = (by or program).post("/imports", {"text": text, **fields})
        assert answer.status_code == 201, answer.text
        work_all()
        return int(answer.get_json()["id"])

    return send
