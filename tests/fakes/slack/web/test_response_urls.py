"""Response URLs of the stand-in: five answers within half an hour."""

import pytest
import requests
from slack_sdk import WebClient

from tests.fakes.slack import MovableClock, NotThere, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, buttons


def test_a_response_url_answers_five_times(alice: Person, endpoint: Endpoint) -> None:
    """Then it is used up."""
    alice.slash("/mac", channel=CHANNEL)
    url = endpoint.received[0]["response_url"]
    answers = [requests.post(url, json={"text": str(n)}, timeout=5) for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[5].json() == {"ok": False, "error": "used_url"}
    assert [message.text for message in alice.ephemerals] == list("01234")


def test_a_response_url_expires_after_half_an_hour(
    alice: Person, endpoint: Endpoint, clock: MovableClock
) -> None:
    """So does one that was never issued."""
    alice.slash("/mac", channel=CHANNEL)
    url = endpoint.received[0]["response_url"]
    clock.move(30 * 60 + 1)
    late = requests.post(url, json={"text": "x"}, timeout=5)
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


def test_a_response_url_may_speak_to_the_channel(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """Even where the bot is no member."""
    workspace.channels[CHANNEL].bot_is_member = False
    alice.slash("/mac", channel=CHANNEL)
    body = {"text": "for all", "response_type": "in_channel"}
    requests.post(endpoint.received[0]["response_url"], json=body, timeout=5)
    assert workspace.transcript(CHANNEL) == ["rollcall: for all"]


def test_a_response_url_replaces_and_deletes_the_message_of_a_click(
    workspace: Workspace, alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The one that was clicked on."""
    client.chat_postMessage(channel=CHANNEL, text="x", blocks=buttons("cancel"))
    (message,) = workspace.channels[CHANNEL].messages
    alice.click(message, "cancel")
    url = endpoint.received[0]["response_url"]

    requests.post(url, json={"text": "Cancelled", "replace_original": True}, timeout=5)
    assert workspace.transcript(CHANNEL) == ["rollcall: Cancelled (edited 1×)"]
    requests.post(url, json={"delete_original": "true"}, timeout=5)
    assert workspace.transcript(CHANNEL) == []
    with pytest.raises(NotThere):
        alice.click(message, "cancel")


def test_what_it_shows_is_checked(alice: Person, endpoint: Endpoint) -> None:
    """An empty message is none."""
    alice.slash("/mac", channel=CHANNEL)
    answer = requests.post(endpoint.received[0]["response_url"], json={}, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "no_text")
