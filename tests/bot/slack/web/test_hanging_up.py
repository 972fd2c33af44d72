"""The end of a bot in Socket Mode: what was heard before SIGTERM is answered."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from structlog.testing import capture_logs

from bot.slack.web import line_ends
from bot.slack.web.socket_mode import hang_up
from tests.bot.slack.web.closing import close
from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.sending.delivery import UNREACHED
from tests.support.waiting import eventually

CHANNEL = "C0IMAGING"


class Bot:
    """A bot whose listener of `/mac` waits for `go_on`, before or after it acknowledges."""

    def __init__(self, workspace: Workspace, *, acknowledges_first: bool) -> None:
        self._acknowledges_first = acknowledges_first
        self.heard, self.go_on, self.done = threading.Event(), threading.Event(), threading.Event()
        client = WebClient("xoxb-stand-in", base_url=workspace.api_url, retry_handlers=[])
        app = App(client=client)
        app.command("/mac")(self._answer)
        self.listeners = app.listener_runner.listener_executor
        self.client: Any = SocketModeHandler(app, "xapp-stand-in").client
        line_ends.notice(self.client)  # as the process does
        self.errors = list[Exception]()
        self.client.on_error_listeners.append(self.errors.append)
        self.client.connect()

    def _answer(self, ack: Any) -> None:
        if self._acknowledges_first:
            ack("Done.")
        self.heard.set()
        self.go_on.wait()
        ack("Done.")
        self.done.set()


@contextmanager
def asked(
    workspace: Workspace, person: Person, *, acknowledges_first: bool = False
) -> Iterator[tuple[Bot, list[Any]]]:
    """A bot that has heard a command, and the replies to that."""
    bot, replies = Bot(workspace, acknowledges_first=acknowledges_first), list[Any]()
    workspace.wait_for_sockets()
    asking = threading.Thread(
        target=lambda: replies.append(person.slash("/mac", "hello", channel=CHANNEL))
    )
    asking.start()
    assert bot.heard.wait(20)
    try:
        yield bot, replies
    finally:
        bot.go_on.set()
        workspace.drop_sockets(politely=False)
        asking.join()
        close(bot.client)


def test_what_is_under_way_is_answered_before_the_connection_is_closed(
    slack: Workspace, alice: Person
) -> None:
    with asked(slack, alice) as (bot, replies):
        ending = threading.Thread(target=hang_up, args=(bot.client, bot.listeners, 8))
        ending.start()
        ending.join(0.1)
        was_connected = bot.client.is_connected()
        bot.go_on.set()
        eventually(lambda: replies)
        slack.wait_for_sockets(0, timeout=1)
        unheard = alice.slash("/mac", "hello", channel=CHANNEL)
        errors = [*bot.errors]

    assert (was_connected, errors) == (True, [])
    assert unheard.error == UNREACHED
    assert bot.done.is_set()
    assert [reply.text for reply in replies] == ["Done."]


def test_slack_asks_no_bot_that_only_goes_on_with_what_it_acknowledged(
    slack: Workspace, alice: Person
) -> None:
    with asked(slack, alice, acknowledges_first=True) as (bot, _):
        ending = threading.Thread(target=hang_up, args=(bot.client, bot.listeners, 8))
        ending.start()
        slack.wait_for_sockets(0, timeout=1)
        was_done = bot.done.is_set()
        # Else the library's threads would connect again at their next look, or spin meanwhile.
        is_left = (bot.client.auto_reconnect_enabled, bot.client.current_session_state.terminated)
        bot.go_on.set()
        ending.join()
        is_done = bot.done.is_set()

    assert is_left == (False, True)
    assert not was_done
    assert is_done


def test_a_listener_that_hangs_is_not_waited_for_without_end(
    slack: Workspace, alice: Person
) -> None:
    with asked(slack, alice, acknowledges_first=True) as (bot, _), capture_logs() as lines:
        began = time.monotonic()
        hang_up(bot.client, bot.listeners, grace=0.1)
        took = time.monotonic() - began

    assert 0.1 <= took < 2
    assert [line["event"] for line in lines] == ["listeners are still at work"]
