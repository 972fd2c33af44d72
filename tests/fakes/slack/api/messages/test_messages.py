"""Messages in the stand-in's channels, posted and edited by slack_sdk's own client."""

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from tests.fakes.slack import Workspace
from tests.fakes.slack.conftest import CHANNEL, client_of, refused
from tests.support.tables import for_each

KEY = {"event_type": "rollcall", "event_payload": {"key": "n-1"}}


class TestPosting:
    def test_a_message_is_shown_with_its_timestamp(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """The channel shows the message that chat.postMessage returns."""
        answer = client.chat_postMessage(channel=CHANNEL, text="C02 is ready", metadata=KEY)

        (message,) = workspace.channels[CHANNEL].messages
        assert (message.ts, message.text, message.bot) == (answer["ts"], "C02 is ready", True)
        assert message.metadata == KEY
        assert workspace.transcript(CHANNEL) == ["rollcall: C02 is ready"]

    def test_timestamps_are_unique_and_rise(self, client: WebClient) -> None:
        """Two messages in the same microsecond do not share an identity."""
        first, second = (client.chat_postMessage(channel=CHANNEL, text="x")["ts"] for _ in "ab")
        assert float(first) < float(second)

    def test_listeners_hear_of_posts_and_edits(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """A demo prints messages as they appear."""
        heard: list[str] = []
        workspace.on_message.append(lambda c, m, verb: heard.append(f"{c.name} {verb} {m.text}"))

        ts = client.chat_postMessage(channel=CHANNEL, text="one")["ts"]
        client.chat_update(channel=CHANNEL, ts=ts, text="two")

        assert heard == ["imaging posted one", "imaging edited two"]

    def test_a_reply_goes_into_its_thread(self, workspace: Workspace, client: WebClient) -> None:
        """A thread hangs on a message that exists, and is not part of the history."""
        ts = client.chat_postMessage(channel=CHANNEL, text="parent")["ts"]
        client.chat_postMessage(channel=CHANNEL, text="child", thread_ts=ts)

        history = client.conversations_history(channel=CHANNEL)["messages"]
        thread = client.conversations_replies(channel=CHANNEL, ts=ts)["messages"]
        unknown = refused(client.chat_postMessage, channel=CHANNEL, text="x", thread_ts="1.2")

        assert [each["text"] for each in history] == ["parent"]
        assert [each["text"] for each in thread] == ["parent", "child"]
        assert workspace.transcript(CHANNEL) == ["rollcall: parent", "↳ rollcall: child"]
        assert unknown["error"] == "thread_not_found"

    @for_each(
        ("arguments", "error"),
        [
            ({"text": ""}, "no_text"),
            ({"text": "x" * 40_001}, "msg_too_long"),
            ({"text": "x", "blocks": "not json"}, "invalid_blocks_format"),
            ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
            ({"text": "x", "metadata": {"event_type": "x"}}, "invalid_metadata_format"),
            (
                {
                    "text": "x",
                    "metadata": {"event_type": "x", "event_payload": {"k": "v" * 20_000}},
                },
                "metadata_too_large",
            ),
        ],
    )
    def test_content_that_slack_refuses_is_refused(
        self, workspace: Workspace, client: WebClient, arguments: dict[str, Any], error: str
    ) -> None:
        """Nothing of it is shown."""
        content = {"channel": CHANNEL, **arguments}
        answer = refused(client.api_call, api_method="chat.postMessage", json=content)
        assert answer["error"] == error
        assert workspace.channels[CHANNEL].messages == []

    def test_an_edit_takes_a_shorter_text_than_a_new_message(self, client: WebClient) -> None:
        ts = client.chat_postMessage(channel=CHANNEL, text="é" * 2001)["ts"]

        client.chat_update(channel=CHANNEL, ts=ts, text="é" * 2000)
        answer = refused(client.chat_update, channel=CHANNEL, ts=ts, text="é" * 2001)

        assert answer["error"] == "msg_too_long"

    def test_blocks_are_too_long_together(self, client: WebClient) -> None:
        """Each section is allowed, and yet the message is not: bolt-js#2509."""
        text = {"type": "mrkdwn", "text": "x" * 2900}
        blocks = [{"type": "section", "text": text}] * 5
        answer = refused(client.chat_postMessage, channel=CHANNEL, text="x", blocks=blocks)
        assert answer["error"] == "msg_blocks_too_long"


class TestEditing:
    def test_an_edit_counts_and_keeps_the_metadata(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """A card that is edited is still found by its key."""
        ts = client.chat_postMessage(channel=CHANNEL, text="0 of 2", metadata=KEY)["ts"]
        client.chat_update(channel=CHANNEL, ts=ts, text="1 of 2")

        (message,) = workspace.channels[CHANNEL].messages
        assert (message.text, message.edited, message.metadata) == ("1 of 2", 1, KEY)
        assert workspace.transcript(CHANNEL) == ["rollcall: 1 of 2 (edited 1×)"]

    def test_a_text_without_blocks_removes_the_blocks(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """As chat.update documents it."""
        ts = client.chat_postMessage(channel=CHANNEL, text="x", blocks=[{"type": "divider"}])["ts"]
        client.chat_update(channel=CHANNEL, ts=ts, text="plain")
        assert workspace.channels[CHANNEL].messages[0].blocks == []

    def test_only_the_bots_own_messages_can_be_edited(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """Not those of people, and not those that are not there."""
        theirs = workspace.person("U0ALICE").say(CHANNEL, "mine")
        update = client.chat_update
        not_own = refused(update, channel=CHANNEL, ts=theirs.ts, text="x")
        unknown = refused(update, channel=CHANNEL, ts="1.2", text="x")
        assert not_own["error"] == "cant_update_message"
        assert unknown["error"] == "message_not_found"


def test_a_stopped_workspace_frees_its_port_and_keeps_what_was_said() -> None:
    """Two can run at the same time, and one can start again."""
    with Workspace() as one, Workspace() as two:
        assert one.api_url != two.api_url
        one.add_channel(CHANNEL, name="imaging")
        client_of(one).chat_postMessage(channel=CHANNEL, text="x")
        url = one.api_url
    with pytest.raises(requests.ConnectionError):
        requests.post(url + "auth.test", timeout=5)
    assert one.transcript(CHANNEL) == ["rollcall: x"]
    with one:
        assert client_of(one).auth_test()["ok"]
