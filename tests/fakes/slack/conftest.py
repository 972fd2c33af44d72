"""A stand-in Slack, someone at its screen, the app's own client, and an app that obeys."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack import MovableClock, Person, View, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint, serving

CHANNEL = "C0IMAGING"


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def workspace(clock: MovableClock) -> Iterator[Workspace]:
    with Workspace(clock=clock, burst=1000) as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture
def client(workspace: Workspace) -> WebClient:
    return client_of(workspace)


@pytest.fixture
def alice(workspace: Workspace) -> Person:
    return workspace.person("U0ALICE", name="alice")


@pytest.fixture
def endpoint(workspace: Workspace) -> Iterator[Endpoint]:
    """The app, over HTTP."""
    endpoint = Endpoint()
    with serving(endpoint) as endpoint.url:
        workspace.connect_http(endpoint.url)
        yield endpoint


def client_of(workspace: Workspace, token: str = "xoxb-stand-in") -> WebClient:
    return WebClient(token, base_url=workspace.api_url, retry_handlers=[])


def refusal(call: Callable[..., Any], **arguments: Any) -> str:
    """The error of a call that is refused."""
    return str(refused(call, **arguments)["error"])


def refused(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
    """The answer of a call that is refused."""
    with pytest.raises(SlackApiError) as error:
        call(**arguments)
    answer: dict[str, Any] = error.value.response.data
    return answer


def verified(workspace: Workspace, endpoint: Endpoint) -> list[bool]:
    """For each request: True where slack_sdk finds it signed with the app's secret."""
    verifier = SignatureVerifier(workspace.app.signing_secret)
    return [verifier.is_valid_request(body, headers) for body, headers in endpoint.raw]


def hasten(workspace: Workspace, endpoint: Endpoint) -> None:
    """Make the app too slow: Slack waits for 0.1 s, and the answer takes 0.2 s."""
    workspace.patience = 0.1
    workspace.connect_http(endpoint.url)
    endpoint.answers = lambda: time.sleep(0.2) or ""  # type: ignore[func-returns-value]


def buttons(*action_ids: str) -> list[dict[str, Any]]:
    """A block with buttons, each named by its action."""
    elements = [
        {
            "type": "button",
            "text": {"type": "plain_text", "text": action_id},
            "action_id": action_id,
            "value": f"value of {action_id}",
        }
        for action_id in action_ids
    ]
    return [{"type": "actions", "block_id": "b", "elements": elements}]


def modal(*blocks: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A modal to register a Mac."""
    plain = {"type": "plain_text", "text": "Register"}
    return {"type": "modal", "title": plain, "submit": plain, "blocks": list(blocks), **keys}


def opened(person: Person, endpoint: Endpoint, client: WebClient, content: dict[str, Any]) -> View:
    """A modal that the app opened for a person."""
    person.slash("/mac", channel=CHANNEL)
    client.views_open(trigger_id=endpoint.received[-1]["trigger_id"], view=content)
    return person.open_view()
