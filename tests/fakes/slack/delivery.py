"""The doors of the app: how Slack's requests get to it, and what it answers."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import requests

from tests.fakes.slack.timestamps import Clock
from tests.fakes.slack.wire import JSON

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
        except requests.Timeout:
            return Answer(time.monotonic() - started, error=TIMEOUT)
        except requests.RequestException:
            return Answer(time.monotonic() - started, error=UNREACHED)
        took, status = time.monotonic() - started, answer.status_code
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        if took > self._patience:
            return Answer(took, status, error=TIMEOUT, no_retry=no_retry)
        error = None if 200 <= status < 300 else UNREACHED
        return Answer(took, status, _decode(answer), error, no_retry)

    def _post(self, kind: Kind, payload: JSON, retry: Retry | None) -> requests.Response:
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
        with requests.Session() as session:
            session.trust_env = False
            return session.post(
                self.url,
                data=body.encode(),
                headers=headers,
                timeout=self._patience,
                allow_redirects=False,
            )


CONTENT_TYPES = {"events_api": "application/json"}


def _encode(kind: Kind, payload: JSON) -> str:
    if kind == "slash_commands":
        return urlencode(payload)
    text = json.dumps(payload)
    return text if kind == "events_api" else urlencode({"payload": text})


def _decode(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return answer.text or None
