"""The stand-in's events: who hears of what, and how often."""

from flask import Response
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack import MovableClock, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL
from tests.fakes.slack.sending.test_sockets import connected
from tests.support.waiting import eventually


def retries(endpoint: Endpoint) -> list[tuple[str | None, str | None]]:
    """The number and the reason of each request that came."""
    return [
        (headers.get("X-Slack-Retry-Num"), headers.get("X-Slack-Retry-Reason"))
        for _, headers in endpoint.raw
    ]


def fails() -> Response:
    return Response(status=500)


class TestSubscriptions:
    def test_a_message_is_told_with_what_an_event_carries(
        self, alice: Person, endpoint: Endpoint
    ) -> None:
        """And signed."""
        message = alice.say(CHANNEL, "C02 is here")
        (sent,) = endpoint.received
        body, headers = endpoint.raw[0]

        assert (sent["type"], sent["api_app_id"]) == ("event_callback", "A0ROLLCALL")
        assert sent["event_id"].startswith("Ev")
        assert sent["event_time"] == int(float(message.ts))
        assert sent["authorizations"][0]["user_id"] == "U0ROLLCALL"
        assert sent["event"]["text"] == "C02 is here"
        assert (sent["event"]["ts"], sent["event"]["channel"]) == (message.ts, CHANNEL)
        verifier = SignatureVerifier("signing-secret-of-the-stand-in")
        assert verifier.is_valid_request(body, headers)

    def test_each_kind_of_conversation_has_its_own_event(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint
    ) -> None:
        """And a mention one more, but not in a direct conversation."""
        workspace.add_channel("G0PRIVATE", name="private", private=True)
        for channel in (CHANNEL, "G0PRIVATE", alice.dm.id):
            alice.say(channel, "<@U0ROLLCALL> help")

        told = [
            (sent["event"]["type"], sent["event"].get("channel_type")) for sent in endpoint.received
        ]
        assert told == [
            ("message", "channel"),
            ("app_mention", None),
            ("message", "group"),
            ("app_mention", None),
            ("message", "im"),
        ]

    def test_what_nobody_subscribed_to_is_not_sent(self, endpoint: Endpoint) -> None:
        """The Home tab opens all the same."""
        with Workspace(events={"message.im"}) as quiet:
            quiet.add_channel(CHANNEL, name="imaging")
            quiet.connect_http(endpoint.url)
            bob = quiet.person("U0BOB")
            bob.say(CHANNEL, "x")
            assert bob.open_home().status is None
            assert endpoint.received == []
            bob.say(bob.dm.id, "x")
        assert len(endpoint.received) == 1

    def test_a_message_in_a_thread_says_so(
        self, alice: Person, client: WebClient, endpoint: Endpoint
    ) -> None:
        """With the timestamp of its parent."""
        parent = client.chat_postMessage(channel=CHANNEL, text="card")["ts"]
        alice.say(CHANNEL, "why?", thread_ts=parent)
        assert endpoint.received[0]["event"]["thread_ts"] == parent

    def test_an_app_may_hear_itself(
        self, workspace: Workspace, client: WebClient, endpoint: Endpoint
    ) -> None:
        """Once a test asks for it: its own posts and edits are events too."""
        workspace.echo()
        ts = client.chat_postMessage(channel=CHANNEL, text="0 of 1")["ts"]
        client.chat_update(channel=CHANNEL, ts=ts, text="1 of 1")

        assert workspace.wait_until(lambda: len(endpoint.received) == 2)
        posted, edited = (sent["event"] for sent in endpoint.received)
        assert (posted["bot_id"], posted["ts"]) == ("B0ROLLCALL", ts)
        assert (edited["subtype"], edited["message"]["text"]) == ("message_changed", "1 of 1")

    def test_a_request_url_is_challenged(self, workspace: Workspace, endpoint: Endpoint) -> None:
        """The app gives the challenge back, as text or as JSON."""
        assert not workspace.verify_url()
        endpoint.answers = lambda: endpoint.received[-1]["challenge"]
        assert workspace.verify_url()
        endpoint.answers = lambda: {"challenge": endpoint.received[-1]["challenge"]}
        assert workspace.verify_url()
        assert endpoint.received[-1]["type"] == "url_verification"


class TestRetries:
    def test_a_failed_event_is_sent_at_once_after_a_minute_and_after_five(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint, clock: MovableClock
    ) -> None:
        """Then Slack gives up."""
        endpoint.answers = fails
        alice.say(CHANNEL, "x")
        assert retries(endpoint) == [(None, None), ("1", "http_error")]
        for seconds, count in [(59, 2), (1, 3), (299, 3), (1, 4), (9999, 4)]:
            clock.move(seconds)
            workspace.retry_events()
            assert len(endpoint.raw) == count
        assert retries(endpoint)[2:] == [("2", "http_error"), ("3", "http_error")]
        assert len({sent["event_id"] for sent in endpoint.received}) == 1
        assert not workspace.events.sent[0].delivered

    def test_an_event_that_was_heard_at_last_is_not_sent_again(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint, clock: MovableClock
    ) -> None:
        """The repetition is acknowledged."""
        answers = iter([fails(), Response()])
        endpoint.answers = lambda: next(answers)
        alice.say(CHANNEL, "x")
        clock.move(9999)
        assert workspace.retry_events() == 0
        assert workspace.events.sent[0].delivered

    def test_a_late_answer_counts_as_none(self, endpoint: Endpoint) -> None:
        """Although the app may have done everything."""
        with Workspace(patience=1) as hasty:
            hasty.add_channel(CHANNEL, name="imaging")
            hasty.connect_http(endpoint.url)

            def wait_for_the_second() -> str:
                eventually(lambda: len(endpoint.raw) == 2)
                return ""

            endpoint.answers = wait_for_the_second
            hasty.person("U0BOB").say(CHANNEL, "x")
        assert retries(endpoint) == [(None, None), ("1", "http_timeout")]

    def test_an_app_can_decline_repetitions(self, alice: Person, endpoint: Endpoint) -> None:
        """With a header of its answer."""
        endpoint.answers = lambda: Response(status=500, headers={"X-Slack-No-Retry": "1"})
        alice.say(CHANNEL, "x")
        assert retries(endpoint) == [(None, None)]

    def test_a_test_can_have_an_event_sent_again(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint
    ) -> None:
        """As when the acknowledgement was lost: the same event_id."""
        alice.say(CHANNEL, "x")
        workspace.redeliver()
        assert retries(endpoint) == [(None, None), ("1", "http_timeout")]
        first, second = endpoint.received
        assert first == second


def test_events_and_repetitions_come_over_a_websocket(workspace: Workspace, alice: Person) -> None:
    """With their number and reason in the envelope."""
    with connected(workspace) as received:
        alice.say(CHANNEL, "x")
        workspace.redeliver()
    first, again = received

    assert (first.type, again.type) == ("events_api", "events_api")
    assert (first.retry_attempt, first.retry_reason) == (0, "")
    assert (again.retry_attempt, again.retry_reason) == (1, "timeout")
    assert first.payload["event_id"] == again.payload["event_id"]
