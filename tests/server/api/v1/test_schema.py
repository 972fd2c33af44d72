"""The document of the API, tried by schemathesis: what it allows, and what it does not."""

from dataclasses import replace
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck
from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from rollcall.application import Application
from server.api.v1 import blueprint
from tests.server.api.v1.conftest import Program
from tests.server.api.v1.test_registrations import register
from tests.support.soaking import SOAK

EXAMPLES = 2000 if SOAK else 4  # of each route
# The first takes our token for one that it made up; the second takes no notice of what a schema
# cannot say, such as which texts are serials.
NOT_ASKED = [ignored_auth, positive_data_acceptance]


@pytest.mark.soak
def test_each_call_that_can_be_made_is_answered_as_the_document_says(
    application: Application, program: Program
) -> None:
    token = {"Authorization": f"Bearer {program.token}"}
    for letter in "ABC":
        register(program, f"VM-{letter}{letter}{letter}", is_sure=True)
    app = Flask(__name__)
    endless = replace(application.machines.dependencies, most_calls=1_000_000_000)
    app.register_blueprint(blueprint.blueprint(endless, ""))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]

        @hypothesis.settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=not SOAK,
            suppress_health_check=[*HealthCheck],
        )
        @hypothesis.given(case=operation.as_strategy())
        def holds(case: "Case[Any]") -> None:
            case.call_and_validate(headers=token, excluded_checks=NOT_ASKED)

        holds()
    assert program.get("/token").status_code == 200
