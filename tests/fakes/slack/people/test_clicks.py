"""Buttons and menus on the stand-in's messages and on its Home tab."""

import pytest
from slack_sdk import WebClient

from tests.fakes.slack import NotThere, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, buttons, verified
from tests.fakes.slack.state.drafts import Draft

LONDON = {"text": {"type": "plain_text", "text": "London"}, "value": "london"}
PARIS = {"text": {"type": "plain_text", "text": "Paris"}, "value": "paris"}


def test_a_click_arrives_signed_and_complete(
    workspace: Workspace, alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """With the message it came from and the rights to react."""
    client.chat_postMessage(channel=CHANNEL, text="x", blocks=buttons("keep", "cancel"))
    (message,) = workspace.channels[CHANNEL].messages
    reply = alice.click(message, "cancel")

    (sent,) = endpoint.received
    (action,) = sent["actions"]
    assert verified(workspace, endpoint) == [True]
    assert (reply.status, reply.error) == (200, None)
    assert float(action.pop("action_ts")) > float(message.ts)
    assert action == {
        "type": "button",
        "action_id": "cancel",
        "block_id": "b",
        "text": {"type": "plain_text", "text": "cancel"},
        "value": "value of cancel",
    }
    assert sent["type"] == "block_actions"
    assert sent["user"]["id"] == "U0ALICE"
    assert sent["container"]["message_ts"] == message.ts
    assert sent["message"]["blocks"] == message.blocks
    assert sent["channel"] == {"id": CHANNEL, "name": "imaging"}
    assert {"trigger_id", "response_url", "team", "api_app_id", "state"} <= sent.keys()


def test_only_what_is_on_the_screen_can_be_clicked(
    workspace: Workspace, alice: Person, client: WebClient
) -> None:
    """A button that an edit took away is gone; one of several has to be named."""
    ts = client.chat_postMessage(channel=CHANNEL, text="x", blocks=buttons("cancel"))["ts"]
    (message,) = workspace.channels[CHANNEL].messages
    with pytest.raises(NotThere, match="keep"):
        alice.click(message, "keep")
    client.chat_update(channel=CHANNEL, ts=ts, text="Cancelled")
    with pytest.raises(NotThere):
        alice.click(message, "cancel")


def test_a_value_says_which_of_several(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """The same action in several blocks of an ephemeral reply, which is not told."""
    first, second = buttons("pick")[0], buttons("pick")[0]
    second["elements"][0]["value"], second["block_id"] = "two", "c"
    workspace.whisper(CHANNEL, alice.id, Draft("x", [first, second], None))
    with pytest.raises(NotThere, match="more than one"):
        alice.click(alice.ephemerals[0], "pick")
    alice.click(alice.ephemerals[0], "pick", value="two")

    (sent,) = endpoint.received
    assert sent["actions"][0]["block_id"] == "c"
    assert sent["container"]["is_ephemeral"] is True
    assert "message" not in sent


def test_a_choice_is_sent_and_remembered(
    workspace: Workspace, alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The next click carries it in its state."""
    blocks = buttons("go")
    options = [LONDON, PARIS]
    menu = {"type": "static_select", "action_id": "site", "options": options}
    blocks[0]["elements"].append(menu)
    client.chat_postMessage(channel=CHANNEL, text="x", blocks=blocks)
    (message,) = workspace.channels[CHANNEL].messages
    alice.select(message, "site", "Paris")
    alice.click(message, "go")
    with pytest.raises(NotThere, match="Rome"):
        alice.select(message, "site", "Rome")

    chosen, clicked = endpoint.received
    assert chosen["actions"][0]["selected_option"] == PARIS
    assert clicked["state"]["values"]["b"]["site"]["selected_option"] == PARIS
