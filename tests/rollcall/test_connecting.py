"""The connection of Slack's bot, where Slack cannot be reached for a while."""

from threading import Event
from typing import Any, cast

from structlog.testing import capture_logs

from rollcall.processes import connect


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

    def __init__(self, attempts: int) -> None:
        self.left = attempts

    def connect(self) -> None:
        """Fail."""
        self.left -= 1
        if self.left >= 0:
            raise ConnectionRefusedError("Connection refused")


def connected(attempts: int, pauses: int = 99) -> tuple[list[float | None], list[str]]:
    """The pauses of a bot, and what it logs."""
    stop = Stop(pauses)
    with capture_logs() as lines:
        connect(cast(Any, Unreachable(attempts)), stop)
    return stop.pauses, [line["event"] for line in lines]


def test_it_tries_again_after_pauses_that_double_up_to_a_minute() -> None:
    pauses, events = connected(attempts=8)

    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert events == ["cannot listen to Slack"] * 8 + ["listening to Slack"]


def test_it_tries_no_more_once_it_is_to_end() -> None:
    pauses, events = connected(attempts=8, pauses=2)

    assert pauses == [1, 2]
    assert events == ["cannot listen to Slack"] * 2
