"""Calls of Imagr's scripts, and their answers."""

import plistlib
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from provisioning.clients.imagr.tokens import ImagrTokens
from tests.support.installation import SECRET_KEY

PASSES = ImagrTokens(SECRET_KEY, timedelta(hours=72))


def read(answer: TestResponse) -> dict[str, Any]:
    """The property list of an answer."""
    assert answer.status_code == 200, answer.text
    config: dict[str, Any] = plistlib.loads(answer.data)
    return config


def asks(client: FlaskClient, serial: str = "C02AAA", token: str | None = None) -> TestResponse:
    """The answer to the script in the config, which asks for a workflow."""
    bearer = {"Authorization": f"Bearer {token or PASSES.to_ask()}"}
    return client.get("/workflow", query_string={"serial": serial}, headers=bearer)
