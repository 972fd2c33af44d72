"""Outcomes of a message, by the answers of Slack and of the network."""

import http.client
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import get_args
from urllib.error import URLError

from slack_sdk.errors import SlackApiError, SlackObjectFormationError, SlackRequestError
from slack_sdk.web import SlackResponse

from bot.slack.web import results
from bot.slack.web.results import NotPosted, preparing
from provisioning.outbox.outcomes import Gone, Outcome, Postponed, Refused, Sent, Unanswered, Unsent
from tests.support.tables import for_each

Reply = Callable[[bytes], Outcome]


def raising(error: Exception) -> Outcome:
    """The outcome of a message where sending it raises this error."""

    def send() -> str:
        raise error

    return results.of(send)


def refused(code: str, status: int = 200, **headers: str) -> Outcome:
    """The outcome of a message that Slack refuses with this code."""
    answer = {"ok": False, "error": code}
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=answer,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        status_code=status,
    )
    failed = "The request to the Slack API failed."
    return raising(SlackApiError(failed, response))  # type: ignore[no-untyped-call]


def in_doubt(outcome: Outcome) -> bool:
    """True where Slack is to be asked for the message before it is sent again."""
    return isinstance(outcome, Postponed) and outcome.in_doubt


def test_what_slack_takes_is_shown() -> None:
    assert results.of(lambda: "1700000000.000100") == Sent("1700000000.000100")


@for_each("status", [200, 429])
def test_a_rate_limit_postpones_for_as_long_as_slack_says(status: int) -> None:
    expected = Postponed("ratelimited", in_doubt=False, after=timedelta(seconds=7))
    assert refused("ratelimited", status, Retry_After="7") == expected


def test_a_rate_limit_without_a_time_postpones_for_half_a_minute() -> None:
    assert refused("ratelimited", 429) == Postponed(
        "ratelimited", in_doubt=False, after=timedelta(seconds=30)
    )


@for_each("given", ["Wed, 21 Oct 2026 07:28:00 GMT", "", "soon", "-1", "nan", "inf"])
def test_a_rate_limit_with_a_time_that_is_no_number_of_seconds_postpones_too(given: str) -> None:
    """HTTP allows a date; a proxy in between may send anything."""
    outcome = refused("ratelimited", 429, Retry_After=given)

    assert isinstance(outcome, Postponed)
    assert not outcome.in_doubt
    assert outcome.after is None or timedelta(0) < outcome.after <= timedelta(hours=1)


@for_each("code", ["message_not_found", "cant_update_message", "edit_window_closed"])
def test_a_message_that_cannot_be_edited_any_more_is_gone(code: str) -> None:
    assert refused(code) == Gone()


@for_each(
    "code",
    ["internal_error", "fatal_error", "service_unavailable", "request_timeout", "unknown_error"],
)
def test_an_answer_after_which_it_may_have_been_shown_is_in_doubt(code: str) -> None:
    assert refused(code) == Postponed(code, in_doubt=True)


@for_each("code", ["team_added_to_org", "org_login_required", "message_limit_exceeded"])
def test_a_workspace_that_takes_nothing_for_now_postpones_without_a_doubt(code: str) -> None:
    assert refused(code) == Postponed(code, in_doubt=False)


@for_each("status", [500, 502, 503, 504])
def test_a_broken_slack_leaves_everything_in_doubt(status: int) -> None:
    assert in_doubt(refused("whatever", status))


@for_each(
    ("code", "fix"),
    [
        ("not_in_channel", "invite the bot"),
        ("channel_not_found", "ROLLCALL_CHANNEL"),
        ("is_archived", "unarchive"),
        ("missing_scope", "slack-app.yaml"),
        ("invalid_auth", "SLACK_BOT_TOKEN"),
        ("not_authed", "SLACK_BOT_TOKEN"),
        ("account_inactive", "install the app again"),
        ("token_revoked", "SLACK_BOT_TOKEN"),
        ("token_expired", "without token rotation"),
        ("team_access_not_granted", "organization"),
        ("not_allowed_token_type", "xoxb-"),
        ("messages_tab_disabled", "slack-app.yaml"),
        ("restricted_action", "in its settings"),
        ("restricted_action_read_only_channel", "in its settings"),
        ("restricted_action_thread_only_channel", "in its settings"),
        ("invalid_blocks", "log"),
        ("something_new", "docs.slack.dev"),
    ],
)
def test_what_somebody_has_to_mend_is_parked_with_the_mend(code: str, fix: str) -> None:
    outcome = refused(code)

    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith(f"{code}: ")
    assert fix in outcome.reason


@for_each(
    "error",
    [
        ConnectionRefusedError(),
        socket.gaierror(-2, "Name or service not known"),
        URLError(ConnectionRefusedError()),
        URLError(socket.gaierror(-3, "Temporary failure in name resolution")),
        URLError(TimeoutError("timed out")),  # the connection was not accepted
        URLError(ConnectionResetError()),  # or not the whole request
        URLError(OSError("Tunnel connection failed: 503 Service Unavailable")),
        URLError("no host given"),
    ],
    ids=repr,
)
def test_a_request_that_never_left_is_postponed_without_a_doubt(error: Exception) -> None:
    outcome = raising(error)

    assert isinstance(outcome, Postponed)
    assert not outcome.in_doubt


@for_each(
    "error",
    [
        TimeoutError("timed out"),
        ConnectionResetError(),
        BrokenPipeError(),
        OSError("Network is unreachable"),
        http.client.RemoteDisconnected("Remote end closed connection without response"),
        http.client.IncompleteRead(b"{", 500),
        http.client.BadStatusLine("nonsense"),
        http.client.LineTooLong("header line"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ],
    ids=repr,
)
def test_a_request_that_may_have_arrived_and_got_no_answer_may_be_taken_yet(
    error: Exception,
) -> None:
    assert isinstance(raising(error), Unanswered)


def test_an_answer_that_lacks_the_ts_came_when_it_was_shown_already() -> None:
    assert in_doubt(raising(SlackRequestError("Slack took the message and did not say its ts")))


@for_each("status", [200, 403, 500, 502, 503, 504])
def test_what_is_no_answer_of_slacks_says_nothing_of_what_slack_will_do(status: int) -> None:
    """A page of a proxy, on the way there or back: Slack may be at it still."""
    sentence = "Received a response in a non-JSON format: <html>"
    assert refused(sentence, status) == Unanswered(sentence)


@for_each("error", [TimeoutError(), ConnectionResetError(), SlackRequestError("x")])
def test_what_fails_before_the_message_is_posted_is_no_doubt(error: Exception) -> None:
    def send() -> str:
        with preparing():
            raise error

    assert isinstance(results.of(send), Unsent)


def test_a_message_that_was_not_posted_says_why() -> None:
    assert raising(NotPosted("not shown yet")) == Unsent("not shown yet")


def test_a_message_that_cannot_even_be_made_is_parked_and_holds_nobody_up() -> None:
    """Tried again it fails again, and the pending messages after it would wait for ever."""
    outcome = raising(SlackObjectFormationError("text attribute cannot exceed 3000 characters"))

    assert isinstance(outcome, Refused)
    assert "3000 characters" in outcome.reason


def test_the_reason_of_a_failure_is_kept_short() -> None:
    outcome = raising(OSError("x" * 10_000))
    assert isinstance(outcome, Unanswered)
    assert len(outcome.reason) <= 200


def test_the_log_calls_outcomes_by_words_that_stay() -> None:
    words = {"sent", "postponed", "unanswered", "unsent", "gone", "declined", "refused", "skipped"}
    assert {kind.name for kind in get_args(Outcome)} == words
