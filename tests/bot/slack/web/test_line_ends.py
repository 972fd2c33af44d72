"""Lines to Slack in Socket Mode that end without a word, as behind a router that restarts."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.socket_mode.builtin import SocketModeClient

from bot.slack.web import line_ends
from tests.bot.slack.web.closing import close
from tests.fakes.slack import Workspace
from tests.support.waiting import eventually


@pytest.fixture
def client(slack: Workspace) -> Iterator[SocketModeClient]:
    """A client that is connected, and has been greeted."""
    web_client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    made = SocketModeClient("xapp-stand-in", web_client=web_client)
    line_ends.notice(made)
    greetings = list[str]()
    made.on_message_listeners.append(greetings.append)
    made.connect()
    eventually(lambda: greetings)
    yield made
    close(made)


def test_a_line_that_was_cut_is_given_up_at_once(
    slack: Workspace, client: SocketModeClient
) -> None:
    """So that it is exchanged at the next look, not at the sixth, and nothing spins meanwhile."""
    slack.drop_sockets(politely=False)

    eventually(lambda: not client.is_connected(), timeout=3)


def test_a_line_that_another_thread_took_away_is_left_alone() -> None:
    client: Any = SimpleNamespace(
        current_session=SimpleNamespace(sock=None), on_message_listeners=[]
    )
    line_ends.notice(client)

    client.on_message_listeners[0]("hello")

    assert client.current_session.sock is None
