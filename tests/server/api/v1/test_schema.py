"""The document of the API, tried by schemathesis: what it allows, and what it does not."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from flask import Flask
from hypothesis import HealthCheck

from infrastructure.database.engine import Database
from rollcall.application import Application
from server.api.v1 import blueprint
from tests.server.api.v1.conftest import Program, make_token
from tests.server.api.v1.test_registrations import register
from tests.support.soaking import soak_only

if TYPE_CHECKING:
    from schemathesis import Case

EXAMPLES, PARTS = 2000, 16  # of each route; of the routes, for processes


def endless(application: Application) -> Flask:
    """The API of an application, of which a program may ask as much as it likes."""
    app = Flask(__name__)
    dependencies = replace(application.machines.dependencies, most_calls=1_000_000_000)
    app.register_blueprint(blueprint.blueprint(dependencies, ""))
    return app


@soak_only("test_each_answer holds each answer to the document, and test_fuzz sends strange calls")
@pytest.mark.parametrize("part", range(PARTS))
def test_each_call_that_can_be_made_is_answered_as_the_document_says(
    part: int, application: Application, database: Database, program: Program
) -> None:
    # Only here: it takes a second of each process that collects this module.
    import schemathesis  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    # The first takes our token for one that it made up; the second takes no notice of what a
    # schema cannot say, such as which texts are serials.
    not_asked = [checks.ignored_auth, checks.positive_data_acceptance]

    def bearer(path: str) -> dict[str, str]:
        """The header with our token; with a new one where a call has revoked it."""
        if path.startswith("/credentials") and program.get("/token").status_code == 401:
            program.token = make_token(database)
        return {"Authorization": f"Bearer {program.token}"}

    for letter in "ABC":
        register(program, f"VM-{letter}{letter}{letter}", is_sure=True)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", endless(application))

    for found in [*schema.get_all_operations()][part::PARTS]:
        operation: Any = found.ok()  # type: ignore[union-attr]

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=[*HealthCheck],
        )
        @hypothesis.given(case=operation.as_strategy())
        def holds(case: "Case[Any]") -> None:
            headers = bearer(case.operation.path)
            case.call_and_validate(headers=headers, excluded_checks=not_asked)

        holds()
        bearer(operation.path)
        assert program.get("/token").status_code == 200
