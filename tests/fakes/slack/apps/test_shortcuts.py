"""Shortcuts and workflow steps at the stand-in."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from tests.fakes.slack import MovableClock, NotThere, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint
from tests.fakes.slack.conftest import CHANNEL, client_of, refusal
from tests.fakes.slack.state.drafts import Draft

MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Register"}, "blocks": []}


class TestShortcuts:
    def test_a_global_shortcut_may_open_a_modal(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """It knows no channel and has no response_url."""
        assert alice.shortcut("register_macs").status == 200
        (sent,) = endpoint.received

        assert (sent["type"], sent["callback_id"]) == ("shortcut", "register_macs")
        assert sent["user"]["id"] == alice.id
        assert not {"channel", "response_url", "message"} & sent.keys()
        client.views_open(trigger_id=sent["trigger_id"], view=MODAL)
        assert alice.open_view().open

    def test_a_message_shortcut_brings_the_message(
        self, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """With its files, a response_url and the right to open a modal."""
        message = alice.drop(CHANNEL, ("label.png", b"PNG"), text="boxes")
        alice.shortcut_on(message, "register_from_message")
        sent = endpoint.received[-1]

        assert (sent["type"], sent["callback_id"]) == ("message_action", "register_from_message")
        assert sent["channel"] == {"id": CHANNEL, "name": "imaging"}
        assert sent["message_ts"] == sent["message"]["ts"] == message.ts
        assert sent["message"]["files"][0]["name"] == "label.png"
        WebhookClient(sent["response_url"]).send(text="read 1 label")
        assert alice.ephemerals[0].text == "read 1 label"
        client.views_open(trigger_id=sent["trigger_id"], view=MODAL)

    def test_what_is_not_on_the_screen_has_no_shortcut(
        self, workspace: Workspace, alice: Person
    ) -> None:
        """Neither an ephemeral message nor a deleted one."""
        workspace.whisper(CHANNEL, alice.id, Draft("psst", None, None))
        with pytest.raises(NotThere):
            alice.shortcut_on(alice.ephemerals[0], "register")
        message = alice.say(CHANNEL, "x")
        message.deleted = True
        with pytest.raises(NotThere):
            alice.shortcut_on(message, "register")


class TestSteps:
    INPUTS: dict[str, Any] = {"serial": "C02", "site": "london"}  # noqa: RUF012

    def test_a_step_is_told_and_completed(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint, client: WebClient
    ) -> None:
        """Its outputs are what the workflow goes on with."""
        step = workspace.run_step("register", self.INPUTS, alice, outputs=["state"])
        (sent,) = endpoint.received
        event = sent["event"]

        assert (event["type"], event["function"]["callback_id"]) == (
            "function_executed",
            "register",
        )
        assert event["inputs"] == self.INPUTS
        assert (event["function_execution_id"], step.running) == (step.id, True)
        client.functions_completeSuccess(function_execution_id=step.id, outputs={"state": "done"})
        assert (step.outputs, step.error, step.running) == ({"state": "done"}, None, False)

    def test_a_step_is_ended_once(
        self, workspace: Workspace, alice: Person, client: WebClient
    ) -> None:
        """With success or with an error."""
        step = workspace.run_step("register", self.INPUTS, alice)
        success, failure = client.functions_completeSuccess, client.functions_completeError
        failure(function_execution_id=step.id, error="There is no site 'london'.")

        assert step.error == "There is no site 'london'."
        ended = "execution_not_in_running_state"
        assert refusal(failure, function_execution_id=step.id, error="x") == ended
        assert refusal(success, function_execution_id=step.id, outputs={}) == ended
        unknown = refusal(success, function_execution_id="Fx0", outputs={})
        assert unknown == "function_execution_not_found"

    def test_outputs_are_those_of_the_manifest(
        self, workspace: Workspace, alice: Person, client: WebClient
    ) -> None:
        """A step that leaves one out goes on running."""
        step = workspace.run_step("register", self.INPUTS, alice, outputs=["state"])
        success = client.functions_completeSuccess
        wrong = refusal(success, function_execution_id=step.id, outputs={"other": 1})
        assert (wrong, step.running) == ("parameter_validation_failed", True)

    def test_a_steps_own_token_is_good_for_a_while(
        self, workspace: Workspace, alice: Person, endpoint: Endpoint, clock: MovableClock
    ) -> None:
        """For what the bot may do: Bolt calls with it."""
        step = workspace.run_step("register", self.INPUTS, alice)
        own = client_of(workspace, endpoint.received[0]["event"]["bot_access_token"])
        assert own.auth_test()["user_id"] == "U0ROLLCALL"
        own.functions_completeSuccess(function_execution_id=step.id, outputs={})
        clock.move(901)
        assert refusal(own.auth_test) == "invalid_auth"
