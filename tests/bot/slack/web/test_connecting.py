"""The connection of Slack's bot, where Slack cannot be reached for a while."""

import logging
from collections.abc import Iterator
from http.client import BadStatusLine, InvalidURL
from threading import Event
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.builtin import SocketModeClient
from structlog.testing import capture_logs

from bot.slack.web.socket_mode import CONNECTION_FIX, UNOPENED, connect
from tests.bot.slack.web.closing import close
from tests.fakes.slack import Workspace
from tests.support.tables import for_each
from tests.support.waiting import eventually


class Stop(Event):
    """A wish to end that takes note of the pauses, and comes true after so many of them."""

    def __init__(self, pauses: int) -> None:
        super().__init__()
        self.pauses: list[float | None] = []
        self._most = pauses

    def wait(self, timeout: float | None = None) -> bool:
        """Note a pause."""
        self.pauses.append(timeout)
        if len(self.pauses) == self._most:
            self.set()
        return self.is_set()


class Unreachable:
    """A client of a Slack that takes no connection before so many attempts."""

    def __init__(self, attempts: int, error: Exception) -> None:
        self.left, self._error = attempts, error
        self.on_message_listeners: list[object] = []
        self.message_listeners: list[object] = []
        self.on_error_listeners: list[Any] = []
        self.current_session: object = None
        self.logger = logging.getLogger("test_connecting")

    def issue_new_wss_url(self) -> str:
        """Fail."""
        self.left -= 1
        if self.left >= 0:
            raise self._error
        return "ws://slack.example.com"

    def connect(self) -> None:
        """Ask where to connect."""
        self.issue_new_wss_url()

    def is_connected(self) -> bool:
        """Return True once an attempt has not failed."""
        return self.left < 0


class Stopped(Unreachable):
    """A client that Slack tells where to connect, and that cannot."""

    def issue_new_wss_url(self) -> str:
        """Say where."""
        return "ws://slack.example.com"

    def connect(self) -> None:
        """Fail behind that."""
        self.issue_new_wss_url()
        super().issue_new_wss_url()


class Listener:
    """The heartbeats of a bot, which say why it is not connected."""

    refusal = "of before"

    def __init__(self) -> None:
        self.greetings: list[int] = []

    def greeted(self, connections: int) -> None:
        """Take the number of connections that Slack says."""
        self.greetings.append(connections)


REFUSED = ConnectionRefusedError("Connection refused")


def connected(
    attempts: int, pauses: int = 99, *, error: Exception = REFUSED, listener: Any = None
) -> tuple[list[float | None], list[str]]:
    """The pauses of a bot, and what it logs."""
    stop, client = Stop(pauses), Unreachable(attempts, error)
    with capture_logs() as lines:
        connect(cast(Any, client), stop, listener or cast(Any, Listener()))
    assert len(client.on_message_listeners) == 1, "that which notices ends of lines, once"
    return stop.pauses, [line.get("reason") or line["event"] for line in lines]


def test_the_bot_connects_again_after_pauses_that_double_up_to_a_minute() -> None:
    pauses, events = connected(attempts=8)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert events == ["Connection refused"] * 8 + ["listening to Slack"]


@for_each("error", [InvalidURL("nonnumeric port: 'x'"), BadStatusLine("garbage"), KeyError("url")])
def test_what_a_proxy_makes_of_an_answer_does_not_end_the_bot(error: Exception) -> None:
    pauses, events = connected(attempts=1, error=error)

    assert (pauses, events) == ([1], [str(error), "listening to Slack"])


def test_an_error_behind_the_address_of_the_connection_is_told_too() -> None:
    client = Stopped(1, ValueError("Port could not be cast to integer value as 'x'"))
    with capture_logs() as lines:
        connect(cast(Any, client), Stop(99), cast(Any, Listener()))

    assert lines[0]["reason"] == "Port could not be cast to integer value as 'x'"


def test_the_bot_connects_no_more_once_it_is_to_end() -> None:
    pauses, events = connected(attempts=8, pauses=2)

    assert pauses == [1, 2]
    assert events == ["Connection refused"] * 2


def test_a_refused_token_is_named_with_slacks_code_until_it_is_taken() -> None:
    response = {"ok": False, "error": "invalid_auth"}
    refused, listener = SlackApiError("The request failed.", response), Listener()  # type: ignore[no-untyped-call]

    _, reasons = connected(attempts=1, pauses=1, error=refused, listener=listener)

    assert reasons == [listener.refusal]
    assert listener.refusal.startswith("invalid_auth: check SLACK_APP_TOKEN")
    connected(attempts=0, listener=listener)
    assert listener.refusal == ""


@pytest.fixture
def client(slack: Workspace) -> Iterator[SocketModeClient]:
    """A client that looks ten times a second if it has to connect again."""
    web_client = WebClient("xoxb-stand-in", base_url=slack.api_url, retry_handlers=[])
    made = SocketModeClient("xapp-stand-in", web_client=web_client, ping_interval=0.1)
    yield made
    eventually(made.is_connected)  # else its thread goes on to make what nobody closes
    close(made)


def test_that_slack_refuses_a_bot_at_work_is_logged_once_with_the_fix(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = {"ok": False, "error": "account_inactive"}
    failed = (
        "The request to the Slack API failed. (url: https://slack.com/api/apps.connections.open)"
    )
    client = Unreachable(0, SlackApiError(failed, answer))  # type: ignore[no-untyped-call]
    connect(cast(Any, client), Event(), cast(Any, Listener()))
    client.current_session, client.left = object(), 3

    with capture_logs() as lines:
        for _ in range(3):  # as the library does every ten seconds
            with pytest.raises(SlackApiError) as refused:
                client.issue_new_wss_url()
            client.logger.error("Failed to retrieve WSS URL: %s", refused.value)
            client.logger.error("Failed to process a message: %s", refused.value)
        client.issue_new_wss_url()
    client.logger.error("Failed to process a message: another reason")

    assert [line.get("reason") or line["event"] for line in lines] == [
        f"account_inactive: {CONNECTION_FIX}",
        "Slack lets the bot listen again",
    ]
    assert [each.getMessage() for each in caplog.records] == [
        "Failed to process a message: another reason"
    ]


def test_that_socket_mode_was_switched_off_is_told_and_it_is_tried_again(
    slack: Workspace, client: SocketModeClient
) -> None:
    listener = Listener()
    connect(client, Event(), cast(Any, listener))
    slack.wait_for_sockets()
    assert listener.refusal == ""
    eventually(lambda: listener.greetings == [1])

    slack.faults.fail("not_allowed_token_type", times=3, methods=["apps.connections.open"])
    slack.sockets.refresh("link_disabled")

    eventually(lambda: listener.refusal.startswith("not_allowed_token_type: check SLACK_APP_TOKEN"))
    eventually(client.is_connected)  # not only begun, or nobody would close that line


class Unopened(Unreachable):
    """A client whose WebSocket is refused, of which the library raises nothing, and opens later."""

    ping_interval = 10.0

    def __init__(self, error: Exception | None) -> None:
        super().__init__(0, REFUSED)
        self._fault, self._looks, self.looks_wanted = error, 0, 4

    def connect(self) -> None:
        """Be refused, and tell those who listen."""
        super().connect()
        for note in self.on_error_listeners if self._fault else ():
            note(self._fault)

    def is_connected(self) -> bool:
        """Return True at the fourth look, or at that which is wanted."""
        self._looks += 1
        return self._looks >= self.looks_wanted


REFUSED_BY_PROXY = ConnectionRefusedError("refused (proxy: http://rollcall:hunter2@proxy:3128)")


@for_each(
    ("error", "reason"),
    [
        (REFUSED, "Connection refused"),
        (None, UNOPENED),
        (REFUSED_BY_PROXY, "refused (proxy: http://proxy:3128)"),
    ],
)
def test_a_websocket_that_a_firewall_refuses_is_told_and_awaited(
    error: Exception | None, reason: str
) -> None:
    stop, listener = Stop(99), Listener()
    with capture_logs() as lines:
        connect(cast(Any, Unopened(error)), stop, cast(Any, listener))

    assert [line.get("reason") or line["event"] for line in lines] == [reason, "listening to Slack"]
    assert stop.pauses == [1, 1]
    assert listener.refusal == ("" if error is None else reason)


def test_a_bot_that_is_to_end_before_its_websocket_is_open_does_not_say_that_it_listens() -> None:
    client = Unopened(None)
    client.looks_wanted = 99
    with capture_logs() as lines:
        connect(cast(Any, client), Stop(1), cast(Any, Listener()))

    assert [line["event"] for line in lines] == ["cannot listen to Slack"]


def test_a_firewall_that_goes_on_to_refuse_the_websocket_is_not_taken_for_slacks_leave() -> None:
    client = Unopened(REFUSED)
    connect(cast(Any, client), Stop(1), cast(Any, Listener()))
    client.current_session = object()

    with capture_logs() as lines:
        client.connect()  # as the library does every ten seconds

    assert lines == []
