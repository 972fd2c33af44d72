"""The doors of the app: how Slack's requests get to it, and what it answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException
from typing import Any, Literal, NamedTuple, Protocol
from urllib.parse import urlencode, urlsplit

from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import JSON

Kind = Literal["slash_commands", "interactive", "events_api"]
TIMEOUT = "operation_timeout"
UNREACHED = "dispatch_failed"


@dataclass(frozen=True)
class Answer:
    """The app's answer within its three seconds, or the error that the person is told instead."""

    took: float
    status: int | None = None
    body: Any = None
    error: str | None = None
    no_retry: bool = False


@dataclass(frozen=True)
class Retry:
    """The repetition of an event: its number, from 1, and the fault of the delivery before it."""

    num: int
    reason: str


class Door(Protocol):
    """A way to the app: its Request URL, or its WebSocket."""

    def send(self, kind: Kind, payload: JSON, retry: Retry | None = None) -> Answer:
        """Hand over one request and wait for the answer."""


def sign(secret: str, timestamp: str, body: str) -> str:
    """The X-Slack-Signature header (docs.slack.dev, "Verifying requests from Slack")."""
    base = f"v0:{timestamp}:{body}".encode()
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class _Response(NamedTuple):
    """An HTTP answer, whole."""

    status: int
    headers: Message
    body: bytes


class RequestUrl:
    """The app's HTTP endpoint.

    An app has to answer within 3 seconds (docs.slack.dev, "Handling user interaction",
    "Acknowledgment response"); `patience` makes a test faster than that.
    """

    def __init__(self, url: str, signing_secret: str, clock: Clock, patience: float) -> None:
        self.url = url
        self._signing_secret = signing_secret
        self._clock = clock
        self._patience = patience

    def send(self, kind: Kind, payload: JSON, retry: Retry | None = None) -> Answer:
        """POST it, signed, and read the answer."""
        started = time.monotonic()
        try:
            answer = self._post(kind, payload, retry)
        except TimeoutError:
            return Answer(time.monotonic() - started, error=TIMEOUT)
        except (OSError, HTTPException):
            return Answer(time.monotonic() - started, error=UNREACHED)
        took, status = time.monotonic() - started, answer.status
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        if took > self._patience:
            return Answer(took, status, error=TIMEOUT, no_retry=no_retry)
        error = None if 200 <= status < 300 else UNREACHED
        return Answer(took, status, _decode(answer.body), error, no_retry)

    def _post(self, kind: Kind, payload: JSON, retry: Retry | None) -> _Response:
        body = _encode(kind, payload)
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": CONTENT_TYPES.get(kind, "application/x-www-form-urlencoded"),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": sign(self._signing_secret, timestamp, body),
        }
        if retry:
            headers["X-Slack-Retry-Num"] = str(retry.num)
            headers["X-Slack-Retry-Reason"] = retry.reason
        target = urlsplit(self.url)
        path = target._replace(scheme="", netloc="").geturl()
        assert target.hostname
        line = HTTPConnection(target.hostname, target.port, timeout=self._patience)
        with closing(line):
            line.request("POST", path, body.encode(), headers)
            answer = line.getresponse()
            return _Response(answer.status, answer.headers, answer.read())


CONTENT_TYPES = {"events_api": "application/json"}


def _encode(kind: Kind, payload: JSON) -> str:
    if kind == "slash_commands":
        return urlencode(payload)
    text = json.dumps(payload)
    return text if kind == "events_api" else urlencode({"payload": text})


def _decode(body: bytes) -> Any:
    text = body.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text or None
