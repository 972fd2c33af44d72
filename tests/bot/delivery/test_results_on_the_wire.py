"""Outcomes of messages that a relay really sends, over a real connection."""

import gc
import socket
import threading
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackRequestError

from bot.delivery import sender
from bot.delivery.rendering import OutgoingMessage
from bot.delivery.transport import Conversations
from bot.slack.markup import plain
from bot.slack.web import results
from infrastructure.execution.loop import utc_now
from provisioning.outbox.claims import Claim
from provisioning.outbox.models import Notification
from provisioning.outbox.ordering import LEASE
from provisioning.outbox.outcomes import Outcome, Postponed, Refused, Sent, Unanswered
from tests.fakes.slack import Workspace
from tests.support.installation import CHANNEL
from tests.support.tables import for_each

SayToSlack = Callable[[], Outcome]
Reply = Callable[[bytes], Outcome]
Client = Callable[[bytes], WebClient]


def said(
    client: WebClient, text: str = "x", ts: str | None = None, thread_ts: str | None = None
) -> Outcome:
    """The outcome of a message, or of an edit, that a relay really sends, at its first attempt."""
    posting = OutgoingMessage(CHANNEL, "key", plain(text), ts=ts, thread_ts=thread_ts)
    claimed = Claim(Notification(), "holder", utc_now() + LEASE, None, ())
    return results.of(lambda: sender.send(client, posting, claimed, utc_now))


@pytest.fixture
def say_to_slack(slack: Workspace) -> SayToSlack:
    """Say something to the stand-in Slack."""
    client = WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    return lambda: said(client)


def test_an_edit_is_sent_whose_text_is_longer_than_slack_takes(slack: Workspace) -> None:
    """Names of manifests may have hundreds of characters, and a text names several."""
    client = WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    names = " ".join(["includes/locations/".ljust(240, "ü")] * 20)

    first = said(client, names)
    assert isinstance(first, Sent)

    assert isinstance(said(client, f"Again: {names}", first.ts), Sent)
    assert slack.channels[CHANNEL].messages[0].text.startswith("Again: includes")


@pytest.fixture
def answering() -> Iterator[Client]:
    """A client of a server that takes the request, answers these bytes, and hangs up."""
    threads: list[threading.Thread] = []

    def answered(reply: bytes) -> WebClient:
        listener = socket.create_server(("127.0.0.1", 0))
        threads.append(threading.Thread(target=_answer_once, args=(listener, reply)))
        threads[-1].start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
        return WebClient("xoxb-1", base_url=url, retry_handlers=[], timeout=30)

    yield answered
    for thread in threads:
        thread.join()
    # After an answer that is no HTTP, slack_sdk leaves its socket to the garbage collector: let
    # that happen here, and not in whichever test comes next.
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        gc.collect(1)  # it is young


@pytest.fixture
def when_the_wire_says(answering: Client) -> Reply:
    """Say something to a server that answers these bytes."""
    return lambda reply: said(answering(reply))


def _answer_once(listener: socket.socket, reply: bytes) -> None:
    """Take the whole request: what is not read would take the answer away from the client."""
    with listener, listener.accept()[0] as connection, connection.makefile("rb") as request:
        length = 0
        while header := request.readline().strip():
            name, _, value = header.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        request.read(length)
        connection.sendall(reply)


def http_answer(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def test_what_is_shown_in_the_channel_has_its_ts(
    say_to_slack: SayToSlack, slack: Workspace
) -> None:
    assert say_to_slack() == Sent(slack.channels[CHANNEL].messages[0].ts)


@for_each(
    "code",
    [
        "cannot_reply_to_message",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    ],
)
def test_what_a_closed_thread_does_not_take_is_posted_in_the_channel_once(
    slack: Workspace, code: str
) -> None:
    slack.pace.rate = None
    client = WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    first = said(client)
    assert isinstance(first, Sent)
    before = len(slack.channels[CHANNEL].messages)
    slack.faults.fail(code, methods=["chat.postMessage"])

    assert isinstance(said(client, "news", thread_ts=first.ts), Sent)

    assert [each.text for each in slack.channels[CHANNEL].messages[before:]] == ["news"]


def test_a_refusal_of_the_channel_is_none_of_its_thread(slack: Workspace) -> None:
    client = WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    first = said(client)
    assert isinstance(first, Sent)
    slack.channels[CHANNEL].archived = True

    outcome = said(client, "news", thread_ts=first.ts)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("is_archived: ")


def test_what_fails_for_a_moment_is_not_moved_out_of_its_thread(slack: Workspace) -> None:
    client = WebClient(slack.app.bot_token, base_url=slack.api_url, retry_handlers=[])
    first = said(client)
    assert isinstance(first, Sent)
    before = len(slack.channels[CHANNEL].messages)
    slack.faults.fail("service_unavailable", methods=["chat.postMessage"])

    assert isinstance(said(client, "news", thread_ts=first.ts), Postponed)

    assert len(slack.channels[CHANNEL].messages) == before


def test_an_error_that_nobody_knows_names_where_it_is_explained(
    say_to_slack: SayToSlack, slack: Workspace
) -> None:
    slack.faults.fail("some_new_error")

    outcome = say_to_slack()

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith("some_new_error: look the code up at docs.slack.dev")


def test_an_answer_that_gets_lost_is_no_answer(say_to_slack: SayToSlack, slack: Workspace) -> None:
    slack.faults.lose_replies()

    assert isinstance(say_to_slack(), Unanswered)
    assert len(slack.channels[CHANNEL].messages) == 1


def test_a_slack_that_is_down_postpones(say_to_slack: SayToSlack, slack: Workspace) -> None:
    slack.faults.go_down()
    assert isinstance(say_to_slack(), Postponed)
    slack.faults.come_back()
    assert isinstance(say_to_slack(), Sent)


def test_a_rate_limit_on_the_wire_postpones(say_to_slack: SayToSlack, slack: Workspace) -> None:
    slack.faults.respond_429(12)
    assert say_to_slack() == Postponed("ratelimited", in_doubt=False, after=timedelta(seconds=12))


def test_a_port_where_nobody_listens_postpones_without_a_doubt() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    client = WebClient("xoxb-1", base_url=url, retry_handlers=[], timeout=30)

    outcome = said(client)

    assert isinstance(outcome, Postponed)
    assert not outcome.in_doubt


UNUSABLE = {
    "nothing": b"",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no HTTP": b"220 smtp.example.com ESMTP\r\n",
    "half a body": http_answer(b'{"ok": true}').replace(b": 12", b": 500"),
    "an empty body": http_answer(b""),
    "half of the JSON": http_answer(b'{"ok": tr'),
    "a page of a proxy": http_answer(
        b"<html>Please log in</html>", headers="Content-Type: text/html\r\n"
    ),
    "a list": http_answer(b"[]"),
    "a list of something": http_answer(b"[1]"),
    "a number": http_answer(b"5"),
    "null": http_answer(b"null"),
    "bytes that are no text": http_answer(b'{"ok": "\xff\xfe"}'),
    "an unknown charset": http_answer(
        b"{}", headers="Content-Type: text/html; charset=klingon\r\n"
    ),
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 70_000 + b"\r\n\r\n",
    "a page of a broken proxy": http_answer(b"<html>", status="502 Bad Gateway"),
}


@for_each("reply", UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_answer_that_says_nothing_is_none(reply: bytes, when_the_wire_says: Reply) -> None:
    """Slack may have taken the message, or take it yet: it is not simply sent again."""
    assert isinstance(when_the_wire_says(reply), Unanswered)


def test_an_answer_without_the_ts_has_slack_asked_for_it(when_the_wire_says: Reply) -> None:
    outcome = when_the_wire_says(http_answer(b'{"ok": true}'))

    assert isinstance(outcome, Postponed)
    assert outcome.in_doubt


@pytest.mark.parametrize("answer", [b'{"ok": true}', b'{"ok": true, "channel": {}}'])
def test_a_conversation_that_slack_opens_and_does_not_name_is_none(
    answer: bytes, answering: Client
) -> None:
    with pytest.raises(SlackRequestError, match="did not say which"):
        Conversations(answering(http_answer(answer))).of("U0ALICE")
