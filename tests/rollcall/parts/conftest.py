"""Fixtures of requests that are signed as Slack does."""

import hashlib
import hmac
import io
import time

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fakes.slack import Workspace
from tests.rollcall.parts.signed import FORM, Post


@pytest.fixture
def client(bot: Flask) -> FlaskClient:
    """A client that posts to Slack's route."""
    return bot.test_client()


@pytest.fixture
def post(client: FlaskClient, slack: Workspace) -> Post:
    """Post a body with Slack's signature; headers that are given come in its place."""

    def post(body: bytes, content_type: str = FORM, **headers: str) -> TestResponse:
        stamp = str(int(time.time()))
        signature = hmac.new(
            slack.app.signing_secret.encode(), b"v0:%s:%s" % (stamp.encode(), body), hashlib.sha256
        )
        signed = {"timestamp": stamp, "signature": f"v0={signature.hexdigest()}", **headers}
        return client.post(
            "/slack/events",
            input_stream=io.BytesIO(body),
            content_length=len(body),
            content_type=content_type,
            headers={
                "X-Slack-Request-Timestamp": signed["timestamp"],
                "X-Slack-Signature": signed["signature"],
            },
        )

    return post
