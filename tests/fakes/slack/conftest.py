"""A stand-in Slack, someone at its screen, the app's own client, and an app that obeys."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import MovableClock, Person, Workspace
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
    with pytest.raises(SlackApiError) as refused:
        call(**arguments)
    return str(refused.value.response["error"])
