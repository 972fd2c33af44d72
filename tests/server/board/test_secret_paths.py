"""Paths with a secret in them, of which no line of the log may have it."""

import re

import pytest
from flask import Flask
from pydantic import SecretStr
from structlog.testing import capture_logs

from rollcall.settings import ServerSettings
from server.request_log import RequestLog


@pytest.fixture
def server_settings(server_settings: ServerSettings) -> ServerSettings:
    """A server that knows a mail server."""
    changed = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "rollcall@example.com"}
    return server_settings.model_copy(update=changed)


def test_no_line_has_the_secret_of_a_path(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.arguments & {"key", "token"}]
    assert {rule.rule for rule in rules} >= {"/report/<key>", "/board/mail/stop/<token>"}
    app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]
    client = app.test_client()

    with capture_logs() as lines:
        for rule in rules:
            path = re.sub("<(key|token)>", "secret", rule.rule)
            client.get(path)
            client.post(path.upper())

    written = [line["path"] for line in lines if "path" in line]
    assert len(written) >= 2 * len(rules)
    assert not [path for path in written if "secret" in path.lower()]
