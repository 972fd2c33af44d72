"""The connection of Slack's bot, where Slack cannot be reached for a while."""

from threading import Event
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from structlog.testing import capture_logs

from bot.slack.web.socket_mode import connect


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

    def connect(self) -> None:
        """Fail."""
        self.left -= 1
        if self.left >= 0:
            raise self._error


class Listener:
    """The heartbeats of a bot, which say why it is not connected."""

    refusal = "of before"


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
