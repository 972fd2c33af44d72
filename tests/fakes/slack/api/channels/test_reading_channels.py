"""Access to the stand-in's Web API, and the reading of its channels."""

from typing import Any

import pytest
import requests
from slack_sdk import WebClient

from tests.fakes.slack import Workspace
from tests.fakes.slack.conftest import CHANNEL, client_of, refused

KEY = {"event_type": "rollcall", "event_payload": {"key": "n-1"}}


class TestAccess:
    def test_tokens_are_checked(self, workspace: Workspace) -> None:
        """A missing, an unknown, and one of the wrong kind are three different errors."""
        missing = requests.post(workspace.api_url + "auth.test", timeout=5).json()
        app_token = refused(client_of(workspace, "xapp-stand-in").auth_test)
        bot_token = client_of(workspace)
        connection = refused(bot_token.apps_connections_open, app_token="xoxb-stand-in")

        assert missing["error"] == "not_authed"
        assert refused(client_of(workspace, "xoxb-other").auth_test)["error"] == "invalid_auth"
        assert app_token["error"] == "not_allowed_token_type"
        assert connection["error"] == "not_allowed_token_type"

    def test_an_unknown_method_is_told(self, client: WebClient) -> None:
        """It is no 404."""
        assert refused(client.api_call, api_method="chat.shout")["error"] == "unknown_method"

    def test_a_scope_that_was_not_granted_is_named(self) -> None:
        """With what is there instead."""
        with Workspace(scopes={"commands"}) as workspace:
            workspace.add_channel(CHANNEL, name="imaging")
            client = client_of(workspace)
            posting = refused(client.chat_postMessage, channel=CHANNEL, text="x")
            reading = refused(client.conversations_history, channel=CHANNEL)
        assert (posting["error"], posting["needed"]) == ("missing_scope", "chat:write")
        assert (reading["needed"], reading["provided"]) == ("channels:history", "commands")

    @pytest.mark.parametrize(
        ("given", "error"),
        [
            ({"private": True, "bot_is_member": False}, "channel_not_found"),
            ({"bot_is_member": False}, "not_in_channel"),
            ({"archived": True}, "is_archived"),
        ],
    )
    def test_a_channel_has_to_be_open_to_the_bot(
        self, workspace: Workspace, client: WebClient, given: dict[str, bool], error: str
    ) -> None:
        """A private channel does not even exist for a bot that was not invited."""
        workspace.add_channel("C0OTHER", name="other", **given)
        assert refused(client.chat_postMessage, channel="C0OTHER", text="x")["error"] == error

    def test_an_invitation_opens_the_channel(self, workspace: Workspace, client: WebClient) -> None:
        """The fix for not_in_channel."""
        channel = workspace.add_channel("C0OTHER", name="other", bot_is_member=False)
        channel.bot_is_member = True
        assert client.chat_postMessage(channel="C0OTHER", text="x")["ok"]


class TestHistory:
    def test_the_newest_comes_first_and_pages_follow(
        self, workspace: Workspace, client: WebClient
    ) -> None:
        """A cursor leads through all of them."""
        alice = workspace.person("U0ALICE")
        for number in range(5):
            alice.say(CHANNEL, str(number))

        page = client.conversations_history(channel=CHANNEL, limit=3)
        cursor = page["response_metadata"]["next_cursor"]
        rest = client.conversations_history(channel=CHANNEL, limit=3, cursor=cursor)

        assert [each["text"] for each in page["messages"]] == ["4", "3", "2"]
        assert [each["text"] for each in rest["messages"]] == ["1", "0"]
        assert (page["has_more"], rest["has_more"]) == (True, False)

    def test_edges_count_only_if_inclusive(self, workspace: Workspace, client: WebClient) -> None:
        """One message is read by `latest`, `inclusive` and `limit=1`."""
        alice = workspace.person("U0ALICE")
        first, second, third = (alice.say(CHANNEL, text) for text in "abc")

        def texts(**arguments: Any) -> list[str]:
            answer = client.conversations_history(channel=CHANNEL, **arguments)
            return [each["text"] for each in answer["messages"]]

        assert texts(oldest=first.ts, latest=third.ts) == ["b"]
        assert texts(oldest=first.ts, latest=third.ts, inclusive=True) == ["c", "b", "a"]
        assert texts(latest=second.ts, inclusive=True, limit=1) == ["b"]

    def test_metadata_is_told_only_when_asked_for(self, client: WebClient) -> None:
        """This is how a relay finds a message that it may have sent already."""
        client.chat_postMessage(channel=CHANNEL, text="x", metadata=KEY)
        plain = client.conversations_history(channel=CHANNEL)
        full = client.conversations_history(channel=CHANNEL, include_all_metadata=True)
        assert "metadata" not in plain["messages"][0]
        assert full["messages"][0]["metadata"] == KEY

    @pytest.mark.parametrize(
        ("arguments", "error"),
        [
            ({"limit": 1000}, "invalid_limit"),
            ({"cursor": "elsewhere"}, "invalid_cursor"),
            ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ],
    )
    def test_wrong_arguments_are_refused(
        self, client: WebClient, arguments: dict[str, Any], error: str
    ) -> None:
        """Each by its own name."""
        assert refused(client.conversations_history, channel=CHANNEL, **arguments)["error"] == error
