"""Slash commands typed at the stand-in, and the five answers that each may get."""

import pytest
from flask import Response
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, buttons, hasten, verified


def test_a_command_arrives_signed_and_complete(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """Every field that Slack documents."""
    endpoint.answers = lambda: "On it."
    reply = alice.slash("/mac", "register C02 é & ü", channel=CHANNEL)

    (sent,) = endpoint.received
    assert verified(workspace, endpoint) == [True]
    assert sent.pop("response_url").startswith(workspace.origin)
    assert sent.pop("trigger_id")
    assert sent.pop("token")
    assert sent == {
        "team_id": "T0STANDIN",
        "team_domain": "stand-in",
        "channel_id": CHANNEL,
        "channel_name": "imaging",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/mac",
        "text": "register C02 é & ü",
        "api_app_id": "A0ROLLCALL",
        "is_enterprise_install": "false",
    }
    assert (reply.text, reply.response_type, reply.status) == ("On it.", "ephemeral", 200)
    assert alice.ephemerals == [reply.message]
    assert workspace.transcript(CHANNEL) == []


def test_a_wrong_secret_does_not_verify(alice: Person, endpoint: Endpoint) -> None:
    """Requests are signed with the workspace's secret only."""
    verifier = SignatureVerifier("another")
    alice.slash("/mac", channel=CHANNEL)
    ((body, headers),) = endpoint.raw
    assert not verifier.is_valid_request(body, headers)


def test_an_answer_may_be_for_the_channel(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """With blocks, whose elements then are on everybody's screen."""
    endpoint.answers = lambda: {"response_type": "in_channel", "text": "x", "blocks": buttons("go")}
    reply = alice.slash("/mac", channel=CHANNEL)
    assert reply.response_type == "in_channel"
    assert workspace.channels[CHANNEL].messages == [reply.message]
    assert workspace.transcript(CHANNEL) == ["rollcall: [go]"]


@pytest.mark.usefixtures("endpoint")
def test_an_empty_acknowledgement_shows_nothing(alice: Person) -> None:
    """Bolt's `ack()` sends one."""
    reply = alice.slash("/mac", channel=CHANNEL)
    assert (reply.status, reply.text, reply.blocks, reply.response_type) == (200, "", [], None)
    assert alice.ephemerals == []


def test_a_late_answer_is_a_timeout(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """The person sees Slack's word for it, and nothing is raised."""
    hasten(workspace, endpoint)
    reply = alice.slash("/mac", channel=CHANNEL)
    assert (reply.error, reply.timed_out) == ("operation_timeout", True)
    assert alice.errors == ["operation_timeout"]
    assert alice.ephemerals == []


def test_a_server_error_and_silence_are_failed_dispatches(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """So is an app that is not there."""
    endpoint.answers = lambda: Response("broken", 500)
    broken = alice.slash("/mac", channel=CHANNEL)
    workspace.connect_http("http://127.0.0.1:1/")
    absent = alice.slash("/mac", channel=CHANNEL)
    assert (broken.error, broken.status) == ("dispatch_failed", 500)
    assert (absent.error, absent.status) == ("dispatch_failed", None)


def test_blocks_in_an_answer_are_checked(alice: Person, endpoint: Endpoint) -> None:
    """Slack does not show what it would not have taken."""
    endpoint.answers = lambda: {"text": "x", "blocks": [{"type": "banner"}]}
    reply = alice.slash("/mac", channel=CHANNEL)
    assert reply.error == "invalid_blocks"
    assert reply.problems == ["unsupported type: banner [json-pointer:/blocks/0/type]"]
    assert alice.ephemerals == []


def test_a_private_channel_keeps_its_name(
    workspace: Workspace, alice: Person, endpoint: Endpoint
) -> None:
    """Slack sends `privategroup` instead."""
    workspace.add_channel("C0SECRET", name="secret", private=True)
    alice.slash("/mac", channel="C0SECRET")
    assert endpoint.received[0]["channel_name"] == "privategroup"
