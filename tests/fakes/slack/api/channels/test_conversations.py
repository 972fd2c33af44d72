"""Threads and direct messages at the stand-in."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes.slack import MovableClock, NotThere, Person, Workspace
from tests.fakes.slack.conftest import CHANNEL, client_of, refusal
from tests.support.tables import for_each


class TestThreads:
    def test_a_transcript_shows_replies_below_their_parent(
        self, workspace: Workspace, client: WebClient, alice: Person
    ) -> None:
        """Also where other messages came in between."""
        first = client.chat_postMessage(channel=CHANNEL, text="first")["ts"]
        client.chat_postMessage(channel=CHANNEL, text="second")
        client.chat_postMessage(channel=CHANNEL, text="detail", thread_ts=first)
        alice.say(CHANNEL, "thanks", thread_ts=first)

        shown = ["rollcall: first", "↳ rollcall: detail", "↳ alice: thanks", "rollcall: second"]
        assert workspace.transcript(CHANNEL) == shown

    def test_a_parent_tells_of_its_thread(self, client: WebClient, alice: Person) -> None:
        """In the history, which holds no replies, and in the thread itself."""
        parent = client.chat_postMessage(channel=CHANNEL, text="card")["ts"]
        last = alice.say(CHANNEL, "why?", thread_ts=parent)

        (shown,) = client.conversations_history(channel=CHANNEL)["messages"]
        assert (shown["reply_count"], shown["reply_users"]) == (1, [alice.id])
        assert (shown["thread_ts"], shown["latest_reply"]) == (parent, last.ts)
        thread = client.conversations_replies(channel=CHANNEL, ts=parent)["messages"]
        assert [each["ts"] for each in thread] == [parent, last.ts]
        alone = client.conversations_replies(channel=CHANNEL, ts=last.ts)["messages"]
        assert [each["ts"] for each in alone] == [last.ts]

    def test_a_thread_hangs_on_a_parent(self, client: WebClient, alice: Person) -> None:
        """Not on a reply, and not on what is not there."""
        post = client.chat_postMessage
        parent = post(channel=CHANNEL, text="card")["ts"]
        reply = post(channel=CHANNEL, text="detail", thread_ts=parent)["ts"]

        assert refusal(post, channel=CHANNEL, text="x", thread_ts=reply) == "thread_not_found"
        assert refusal(post, channel=CHANNEL, text="x", thread_ts="1.2") == "thread_not_found"
        with pytest.raises(NotThere):
            alice.say(CHANNEL, "x", thread_ts="1.2")

    def test_a_reply_is_edited(self, workspace: Workspace, client: WebClient) -> None:
        """As any other message."""
        parent = client.chat_postMessage(channel=CHANNEL, text="card")["ts"]
        reply = client.chat_postMessage(channel=CHANNEL, text="1", thread_ts=parent)["ts"]
        client.chat_update(channel=CHANNEL, ts=reply, text="2")

        assert workspace.transcript(CHANNEL)[1] == "↳ rollcall: 2 (edited 1×)"


class TestDirectMessages:
    def test_a_message_to_a_person_opens_the_conversation(
        self, workspace: Workspace, client: WebClient, alice: Person
    ) -> None:
        """The answer tells its id, under which it is edited."""
        answer = client.chat_postMessage(channel=alice.id, text="C02 is ready")
        client.chat_update(channel=answer["channel"], ts=answer["ts"], text="C02 is done")

        assert answer["channel"] == alice.dm.id == "D0ALICE"
        assert workspace.transcript("D0ALICE") == ["rollcall: C02 is done (edited 1×)"]
        wrong = refusal(client.chat_update, channel=alice.id, ts=answer["ts"], text="x")
        assert wrong == "channel_not_found"

    def test_a_conversation_is_opened_once(self, client: WebClient, alice: Person) -> None:
        for _ in range(2):
            opened = client.conversations_open(users=alice.id)
            assert opened["channel"] == {"id": "D0ALICE"}

    @for_each(
        ("arguments", "error"),
        [
            ({"users": "U0NOBODY"}, "user_not_found"),
            ({"users": ""}, "users_list_not_supplied"),
            ({"users": "U0ALICE,U0BOB"}, "missing_scope"),
            ({"users": "U0ROBOT"}, "cannot_dm_bot"),
            ({"users": "U0GONE"}, "user_disabled"),
        ],
    )
    def test_what_cannot_be_opened_is_refused(
        self, workspace: Workspace, client: WebClient, arguments: dict[str, str], error: str
    ) -> None:
        """With Slack's own word."""
        workspace.person("U0ALICE")
        workspace.person("U0ROBOT", bot=True)
        workspace.person("U0GONE", deleted=True)
        assert refusal(client.conversations_open, **arguments) == error

    def test_what_a_person_writes_to_the_app_is_read_with_its_own_scope(
        self, client: WebClient, alice: Person
    ) -> None:
        """im:history, not that of channels."""
        alice.say(alice.dm.id, "hello")
        (message,) = client.conversations_history(channel="D0ALICE")["messages"]
        assert message["text"] == "hello"
        with Workspace(scopes={"chat:write", "channels:history"}) as narrow:
            narrow.person("U0BOB").say("D0BOB", "hello")
            with pytest.raises(SlackApiError) as refused:
                client_of(narrow).conversations_history(channel="D0BOB")
        assert refused.value.response["needed"] == "im:history"

    def test_no_other_person_writes_in_it(self, workspace: Workspace, alice: Person) -> None:
        bob = workspace.person("U0BOB")
        with pytest.raises(NotThere):
            bob.say(alice.dm.id, "x")


class TestTiers:
    def test_a_method_can_be_called_so_often_a_minute(
        self, client: WebClient, clock: MovableClock
    ) -> None:
        """Then it answers 429, and says when a place is free."""
        ts = client.chat_postMessage(channel=CHANNEL, text="0")["ts"]
        for number in range(50):
            client.chat_update(channel=CHANNEL, ts=ts, text=str(number))
        clock.move(20)
        with pytest.raises(SlackApiError) as limited:
            client.chat_update(channel=CHANNEL, ts=ts, text="too much")

        assert limited.value.response.status_code == 429
        assert limited.value.response.headers["Retry-After"] == "40"
        clock.move(40)
        assert client.chat_update(channel=CHANNEL, ts=ts, text="again")["ok"]

    def test_the_tiers_can_be_set_and_go_with_the_pace(self) -> None:
        """Without a pace there is no limit at all."""
        with Workspace(tiers={"users.list": 1}) as workspace:
            client_of(workspace).users_list()
            assert refusal(client_of(workspace).users_list) == "ratelimited"
        with Workspace(tiers={"users.list": 1}, pace=None) as workspace:
            assert all(client_of(workspace).users_list()["ok"] for _ in range(3))
