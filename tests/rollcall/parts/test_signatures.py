"""Signatures of Slack's requests: good for five minutes, and refused in all other cases."""

import hashlib
import hmac
import time
from contextlib import nullcontext
from urllib.parse import urlencode

import pytest
from flask import Request
from structlog.testing import capture_logs
from werkzeug.exceptions import Unauthorized
from werkzeug.test import create_environ

from infrastructure.database.engine import Database
from provisioning.access.refusals import OLD_SIGNATURE
from rollcall.parts.slack_requests import Signatures
from server.auth.guards import Guard
from server.auth.throttling import Throttle
from tests.bot.commands.typed import registrations
from tests.fakes.slack import Workspace
from tests.rollcall.parts.signed import COMMAND, JSON, NO_PAYLOADS, Post, faults
from tests.support.tables import for_each


def wire(header: str) -> str:
    """A header as a client would send it in UTF-8."""
    return header.encode().decode("latin-1")


@for_each(("age", "refused"), [(300, False), (301, True), (-300, False), (-301, True)])
def test_a_signature_is_good_for_five_minutes(age: int, refused: bool) -> None:
    def note(_: str, reason: str) -> None:
        reasons.append(reason)

    reasons: list[str] = []
    signed = hmac.new(b"secret", b"v0:10000:{}", hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": "10000", "X-Slack-Signature": f"v0={signed}"}
    request = Request(create_environ(method="POST", data=b"{}", headers=headers))
    signatures = Signatures("secret", Guard(note, Throttle()), lambda: 10000.0 + age)

    with pytest.raises(Unauthorized) if refused else nullcontext():
        signatures.admit(request)

    assert reasons == [OLD_SIGNATURE] * refused


STAMPS = ("", "x", "-1", "1e9", "１７", "1_000", "9" * 400, "nan", "inf", "0x10", "1 ")
SIGNATURES = ("v0=", "v1=00", "v0=" + "é" * 64, "v0=" + "A" * 64, "v0=" + "0" * 64)


def test_an_unsigned_request_is_refused_whatever_it_is(post: Post, database: Database) -> None:
    with capture_logs() as lines:
        answers = [
            post(body, JSON, timestamp=wire(stamp), signature=wire(signature))
            for body, stamp, signature in (
                *((body, STAMPS[0], SIGNATURES[0]) for body in NO_PAYLOADS),
                *((b"{}", stamp, signature) for stamp in STAMPS for signature in SIGNATURES),
            )
        ]

    assert {answer.status_code for answer in answers} == {401, 429}
    assert [answer for answer in answers if not answer.content_type.startswith("text/plain")] == []
    assert max(len(answer.text) for answer in answers) < 200
    assert not faults(lines)
    assert registrations(database) == []


def test_without_a_signature_nothing_is_guessed(post: Post) -> None:
    assert {post(b"", signature="").status_code for _ in range(30)} == {401}


def test_those_who_guess_signatures_are_slowed_and_slack_beside_them_is_not(post: Post) -> None:
    body = urlencode(COMMAND).encode()
    statuses = [post(body, signature=f"v0={number:064x}").status_code for number in range(30)]

    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert post(body).status_code == 200


def test_a_signature_from_before_is_no_guess(post: Post, slack: Workspace) -> None:
    old = str(int(time.time()) - 400)
    right = hmac.new(slack.app.signing_secret.encode(), f"v0:{old}:".encode(), hashlib.sha256)
    signature = f"v0={right.hexdigest()}"
    answers = [post(b"", timestamp=old, signature=signature) for _ in range(30)]

    assert {answer.status_code for answer in answers} == {401}
