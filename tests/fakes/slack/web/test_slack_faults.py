"""Faults of the stand-in on demand: rate limits, delays and failures."""

import time
from collections.abc import Iterator
from http.client import RemoteDisconnected
from threading import Event
from urllib.error import URLError

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import ConnectionErrorRetryHandler
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

from tests.fakes.slack import MovableClock, Workspace
from tests.fakes.slack.conftest import CHANNEL, client_of, refused
from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Kind, Wait
from tests.support.waiting import eventually


@pytest.fixture
def workspace(clock: MovableClock) -> Iterator[Workspace]:
    with Workspace(clock=clock) as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


class TestPace:
    def test_more_than_a_burst_is_rate_limited(
        self, workspace: Workspace, client: WebClient, clock: MovableClock
    ) -> None:
        """Posts and edits of a channel share one place a second."""
        workspace.add_channel("C0OTHER", name="other")
        ts = client.chat_postMessage(channel=CHANNEL, text="1")["ts"]
        client.chat_update(channel=CHANNEL, ts=ts, text="2")
        client.chat_update(channel=CHANNEL, ts=ts, text="3")
        with pytest.raises(SlackApiError) as limited:
            client.chat_postMessage(channel=CHANNEL, text="4")

        response = limited.value.response
        assert (response.status_code, response.headers["Retry-After"]) == (429, "1")
        assert response.data == {"ok": False, "error": "ratelimited"}
        assert client.chat_postMessage(channel="C0OTHER", text="another channel")["ok"]
        clock.move(1)
        assert client.chat_postMessage(channel=CHANNEL, text="4")["ok"]

    def test_the_pace_can_be_switched_off(self) -> None:
        """For tests that are about something else."""
        with Workspace(pace=None) as workspace:
            workspace.add_channel(CHANNEL, name="imaging")
            for _ in range(8):
                client_of(workspace).chat_postMessage(channel=CHANNEL, text="x")
        assert len(workspace.channels[CHANNEL].messages) == 8


class TestFaults:
    def test_a_429_shows_nothing_and_strikes_once(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """Other methods do not meet it if it is for one."""
        workspace.faults.respond_429(retry_after=30, methods=("chat.postMessage",))
        client.auth_test()
        with pytest.raises(SlackApiError) as limited:
            client.chat_postMessage(channel=CHANNEL, text="x")

        assert limited.value.response.headers["Retry-After"] == "30"
        assert workspace.channels[CHANNEL].messages == []
        assert client.chat_postMessage(channel=CHANNEL, text="x")["ok"]

    def test_a_lost_reply_leaves_the_message(self, workspace: Workspace, client: WebClient) -> None:
        """The case in which sending again shows it twice."""
        workspace.faults.lose_replies()
        with pytest.raises(RemoteDisconnected):
            client.chat_postMessage(channel=CHANNEL, text="shown")
        assert workspace.transcript(CHANNEL) == ["rollcall: shown"]
        assert workspace.calls[-1].status == 0

    def test_the_default_client_posts_again_after_a_lost_reply(self, workspace: Workspace) -> None:
        """slack_sdk's own retry handler: why the relay has to switch it off."""
        workspace.faults.lose_replies()
        at_once = FixedValueRetryIntervalCalculator(0.01)
        default = ConnectionErrorRetryHandler(interval_calculator=at_once)
        eager = WebClient("xoxb-stand-in", base_url=workspace.api_url, retry_handlers=[default])
        eager.chat_postMessage(channel=CHANNEL, text="shown")
        assert workspace.transcript(CHANNEL) == ["rollcall: shown"] * 2

    @pytest.mark.parametrize("cut", [True, False])
    def test_what_is_held_is_taken_although_the_caller_has_gone(
        self, workspace: Workspace, cut: bool
    ) -> None:
        """Because a proxy cuts the connection, or because the caller waits no longer."""
        hasty = WebClient("xoxb-stand-in", base_url=workspace.api_url, retry_handlers=[])
        if not cut:
            hasty.timeout = 0.1  # type: ignore[assignment] # seconds, of which there may be parts
        gone = Event()

        def hold(call: Call) -> Wait:
            return lambda: gone.wait() and call.arguments["text"] == "late"

        workspace.faults.hold, workspace.faults.cut = hold, cut
        for number, text in enumerate(("late", "never")):
            with pytest.raises(RemoteDisconnected if cut else TimeoutError):
                hasty.chat_postMessage(channel=CHANNEL, text=text)
            eventually(lambda number=number: len(workspace.calls) > number)  # type: ignore[misc]
        assert workspace.transcript(CHANNEL) == []
        gone.set()

        assert workspace.wait_until(lambda: all(call.status == 0 for call in workspace.calls[1:]))
        assert workspace.wait_until(lambda: bool(workspace.channels[CHANNEL].messages))
        assert workspace.transcript(CHANNEL) == ["rollcall: late"]

    def test_being_down_refuses_connections(self, workspace: Workspace, client: WebClient) -> None:
        """Nothing is recorded, nothing is shown, and it comes back."""
        workspace.faults.go_down()
        with pytest.raises(URLError, match="refused"):
            client.chat_postMessage(channel=CHANNEL, text="x")
        assert workspace.calls == []
        workspace.faults.come_back()
        assert client.chat_postMessage(channel=CHANNEL, text="x")["ok"]

    def test_an_error_may_come_before_or_after_the_message(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """`fatal_error` does not say which."""
        workspace.faults.fail()
        workspace.faults.fail("fatal_error", shown=True)
        first = refused(client.chat_postMessage, channel=CHANNEL, text="a")
        second = refused(client.chat_postMessage, channel=CHANNEL, text="b")
        assert (first["error"], second["error"]) == ("internal_error", "fatal_error")
        assert workspace.transcript(CHANNEL) == ["rollcall: b"]

    def test_a_delay_comes_before_the_message(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """And is over after its times."""
        workspace.faults.delay(0.2)
        started = time.monotonic()
        client.chat_postMessage(channel=CHANNEL, text="slow")
        assert time.monotonic() - started > 0.2
        assert workspace.faults.strike(Kind.DELAY, "chat.postMessage") is None
        assert workspace.channels[CHANNEL].messages[0].shown_at - started > 0.2

    def test_a_test_can_act_between_the_message_and_its_answer(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """The instant in which a relay is killed."""
        seen: list[tuple[str, list[str]]] = []
        workspace.faults.before_reply = lambda method: seen.append(
            (method, workspace.transcript(CHANNEL))
        )
        client.auth_test()
        client.chat_postMessage(channel=CHANNEL, text="x")
        assert seen == [("chat.postMessage", ["rollcall: x"])]

    def test_every_call_is_recorded(self, workspace: Workspace, client: WebClient) -> None:
        """With what it asked, but without the token."""
        client.chat_postMessage(channel=CHANNEL, text="x")
        refused(client.chat_postMessage, channel="C0NOWHERE", text="x")
        form = {"channel": CHANNEL, "text": "a form", "token": "xoxb-stand-in"}
        requests.post(workspace.api_url + "chat.postMessage", data=form, timeout=5)

        recorded = [(call.method, call.status, call.error) for call in workspace.calls]
        assert recorded == [
            ("chat.postMessage", 200, None),
            ("chat.postMessage", 200, "channel_not_found"),
            ("chat.postMessage", 200, None),
        ]
        assert workspace.calls[2].arguments == {"channel": CHANNEL, "text": "a form"}
