"""Uploads to a host that does not take the bytes of a file, and their outcomes."""

from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from bot.delivery import sender
from bot.delivery.rendering import OutgoingMessage
from bot.slack.markup import plain
from bot.slack.web import client, results
from infrastructure.execution.loop import utc_now
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import Document, Notification
from provisioning.outbox.ordering import LEASE
from provisioning.outbox.outcomes import Outcome, Sent, Unsent
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tests.support.running.serving import served

CONTENT = b"serial\n"
Answer = Callable[[], Response]


class Host:
    """A host of uploads that notes what it is asked for, and answers as a test says."""

    def __init__(self) -> None:
        self.app = Flask(__name__)
        self.url = ""
        self.paths: list[str] = []
        self.bodies: list[bytes] = []
        self.answer: Answer = lambda: Response("OK - 7")
        self.app.add_url_rule("/<path:path>", view_func=self._take, methods=["GET", "POST"])

    def _take(self, path: str) -> Response:
        self.paths.append(f"/{path}".rpartition("/")[0])
        self.bodies.append(request.get_data())
        return self.answer()


@pytest.fixture
def host(slack: Workspace) -> Iterator[Host]:
    """The host that the stand-in Slack names for uploads."""
    host = Host()
    with served(host.app) as host.url:
        slack.uploads.host = host.url
        yield host


@pytest.fixture
def upload(slack: Workspace) -> Callable[[], Outcome]:
    """Upload a file as a relay does, at its first attempt."""
    document = Document(name="list.csv", content=CONTENT, alt="")
    outgoing = OutgoingMessage(CHANNEL, "key", plain("Here it is."), document=document)
    web_client = client.client(slack.app.bot_token, slack.api_url)

    def uploaded() -> Outcome:
        claim = Claim(Notification(), "holder", utc_now() + LEASE, None, ())
        return results.of(lambda: sender.send(web_client, outgoing, claim, utc_now))

    return uploaded


def shown(slack: Workspace) -> list[bytes]:
    """The files in the channel."""
    messages = slack.channels[CHANNEL].messages
    return [file.content for message in messages for file in message.files]


def test_the_bytes_go_to_the_host_that_slack_names(
    slack: Workspace, upload: Callable[[], Outcome]
) -> None:
    assert isinstance(upload(), Sent)
    assert shown(slack) == [CONTENT]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_of_an_upload_is_followed(
    slack: Workspace, host: Host, upload: Callable[[], Outcome], status: int
) -> None:
    """The bytes are for nobody but the host that Slack named; another attempt asks it anew."""
    host.answer = lambda: redirect(f"{host.url}/elsewhere/file", status)

    phrase = HTTPStatus(status).phrase.upper()
    assert upload() == Unsent(f"OSError: HTTP {status} {phrase}")
    assert (host.paths, host.bodies) == (["/upload/v1"], [CONTENT])
    assert shown(slack) == []
    slack.uploads.host = ""
    assert isinstance(upload(), Sent)
    assert shown(slack) == [CONTENT]


@pytest.mark.parametrize("status", [400, 403, 429, 500, 503])
def test_a_host_that_does_not_take_the_bytes_is_told_by_its_status(
    slack: Workspace, host: Host, upload: Callable[[], Outcome], status: int
) -> None:
    host.answer = lambda: Response("<html>no</html>", status=status)

    phrase = HTTPStatus(status).phrase.upper()
    assert upload() == Unsent(f"OSError: HTTP {status} {phrase}")
    assert shown(slack) == []


def test_a_host_that_is_away_is_told_without_the_secret_address(
    slack: Workspace, upload: Callable[[], Outcome]
) -> None:
    """Whoever knows the address may upload something else."""
    slack.uploads.host = "http://127.0.0.1:9"

    outcome = upload()

    assert isinstance(outcome, Unsent)
    assert outcome.reason.startswith("NewConnectionError: ")
    assert "Connection refused" in outcome.reason
    assert "/upload/" not in outcome.reason
    assert shown(slack) == []


def test_an_address_without_encryption_gets_nothing(
    slack: Workspace, upload: Callable[[], Outcome]
) -> None:
    slack.uploads.host = "http://files.slack.example"

    sentence = "SlackRequestError: Slack named an upload address that is not https"
    assert upload() == Unsent(sentence)
    assert shown(slack) == []
