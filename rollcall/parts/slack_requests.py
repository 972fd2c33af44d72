"""The route of Slack's requests over HTTP, which are verified before Bolt gets them."""

import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog
from flask import Flask, Request, Response, request
from werkzeug.exceptions import BadRequest, Unauthorized

from provisioning.access.refusals import NOTHING_SENT, OLD_SIGNATURE, WRONG_SIGNATURE
from server.auth.guards import Guard

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_bolt.request import BoltRequest

log = structlog.get_logger()

PATH = "/slack/events"
# Bytes: a shortcut sends a whole message, of 40,000 characters and 50 blocks of 3,000, and JSON in
# a form makes eight bytes of a character that is not ASCII.
LARGEST_BODY = 2 * 1024 * 1024
MAX_AGE = 300  # seconds, which Slack recommends
_STAMP, _SIGNATURE = re.compile(r"[0-9]{1,12}"), re.compile(r"v0=[0-9a-f]{64}")


class Signatures:
    """A verifier of Slack's signatures (docs.slack.dev, "Verifying requests from Slack").

    slack_sdk's own verifier fails on an invalid time or body.
    """

    def __init__(self, secret: str, guard: Guard, clock: Callable[[], float] = time.time) -> None:
        self._secret, self._guard, self._clock = secret.encode(), guard, clock

    def admit(self, request: Request) -> None:
        """Let Slack in. Raises Unauthorized, TooManyRequests.

        Slack is never slowed by others that guess from the same address, such as a proxy's.
        """
        reason = self._fault(request)
        if reason is None:
            return
        self._guard.throttle(request)
        self._guard.refuse(request, reason)
        raise Unauthorized(f"This is for Slack alone: {reason}.")

    def _fault(self, request: Request) -> str | None:
        stamp = request.headers.get("X-Slack-Request-Timestamp", "")
        signature = request.headers.get("X-Slack-Signature", "")
        if not signature:
            return NOTHING_SENT
        if not (_STAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature)):
            return WRONG_SIGNATURE
        signed = b"v0:%s:%s" % (stamp.encode(), request.get_data())
        expected = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(f"v0={expected}", signature):
            return WRONG_SIGNATURE
        return OLD_SIGNATURE if abs(self._clock() - int(stamp)) > MAX_AGE else None


def add_slack(app: Flask, bolt: "App", signatures: Signatures) -> None:
    """Let `app` take Slack's requests, those with good `signatures`, and `bolt` answer them."""
    # Only here, so that a server without Slack carries neither Bolt nor the forms of payloads.
    from slack_bolt.adapter.flask.handler import to_flask_response

    from bot.slack.payloads import StrangePayload

    @app.post(PATH)
    def slack_events() -> Response:
        """Take what Slack sends over HTTP, signed: commands, buttons, windows, choices."""
        request.max_content_length = LARGEST_BODY
        signatures.admit(request)
        try:
            asked = _read(request)
        except StrangePayload as error:
            log.warning("payload not understood", reason=str(error))
            raise BadRequest(str(error)) from None
        return to_flask_response(bolt.dispatch(asked))


def _read(request: Request) -> "BoltRequest":
    """Return Slack's request as Bolt wants it. Raises StrangePayload."""
    from slack_bolt.adapter.flask.handler import to_bolt_request

    from bot.slack.payloads import StrangePayload, checked

    try:
        request.get_data().decode()  # Bolt would replace what is no UTF-8
        asked = to_bolt_request(request)
    except Exception as error:  # all of it only parses, and fails in many ways
        raise StrangePayload(f"Slack's payload cannot be read ({type(error).__name__}).") from None
    asked.body = checked(asked.body)
    return asked
