"""Errors at the Macs' door become answers, whatever they are."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.errors import RollcallError
from server.errors import ErrorHandlers


class Unmapped(RollcallError):
    """A fact that no status was given to."""


@pytest.mark.postgresql
def test_an_error_without_a_status_is_a_500_with_a_log_line(database: Database) -> None:
    app = Flask(__name__)
    ErrorHandlers(database, channel="C024BE91L", command="/mac").register(app)

    @app.get("/")
    def fail() -> str:
        raise Unmapped("It is so.")

    with capture_logs() as lines:
        answer = app.test_client().get("/")

    assert (answer.status_code, answer.text) == (500, "Rollcall failed; its log says why.\n")
    assert [line["event"] for line in lines] == ["unexpected error"]
