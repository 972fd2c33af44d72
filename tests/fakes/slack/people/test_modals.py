"""Modals at the stand-in: opened, filled in, refused, stacked and closed."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import request
from slack_bolt import App
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from tests.fakes.slack import NotThere, Person, Workspace
from tests.fakes.slack.apps.endpoint import Endpoint, serving
from tests.fakes.slack.conftest import CHANNEL, hasten, modal, opened

LONDON = {"text": {"type": "plain_text", "text": "London"}, "value": "london"}
PARIS = {"text": {"type": "plain_text", "text": "Paris"}, "value": "paris"}


@pytest.fixture
def app(workspace: Workspace, client: WebClient) -> Iterator[App]:
    """A Bolt app, which verifies signatures itself."""
    app = App(signing_secret=workspace.app.signing_secret, client=client)
    handler = SlackRequestHandler(app)
    with serving(lambda: handler.handle(request)) as url:
        workspace.connect_http(url)
        yield app


def asked(block_id: str, element: dict[str, Any], **keys: Any) -> dict[str, Any]:
    label = {"type": "plain_text", "text": block_id}
    return {"type": "input", "block_id": block_id, "label": label, "element": element, **keys}


SERIAL = asked("serial", {"type": "plain_text_input", "action_id": "text", "min_length": 3})
SITE = asked("site", {"type": "static_select", "action_id": "site", "options": [LONDON, PARIS]})
BUILD = asked("build", {"type": "external_select", "action_id": "build", "min_query_length": 2})


def test_a_modal_is_opened_filled_in_and_closed(app: App, alice: Person) -> None:
    """The whole way, with Bolt on the other side."""
    submitted: list[dict[str, Any]] = []

    @app.command("/mac")
    def open_modal(ack: Any, body: Any, client: Any) -> None:
        view = modal(SERIAL, SITE, BUILD, callback_id="register", private_metadata="p")
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack()

    @app.options("build")
    def builds(ack: Any, payload: Any) -> None:
        ack(options=[each for each in (LONDON, PARIS) if payload["value"] in each["value"]])

    @app.view("register")
    def register(ack: Any, view: Any) -> None:
        submitted.append(view)
        ack()

    assert alice.slash("/mac", channel=CHANNEL).error is None
    view = alice.open_view()
    assert alice.type_ahead(view, "build", "lon") == [LONDON]
    assert alice.type_ahead(view, "build", "l") == []
    result = alice.submit(view, {"serial": "C02", "site": "paris", "build": "london"})

    assert (result.closed, result.errors, view.open) == (True, {}, False)
    (sent,) = submitted
    assert sent["state"]["values"] == {
        "serial": {"text": {"type": "plain_text_input", "value": "C02"}},
        "site": {"site": {"type": "static_select", "selected_option": PARIS}},
        "build": {"build": {"type": "external_select", "selected_option": LONDON}},
    }
    assert (sent["id"], sent["private_metadata"], sent["hash"]) == (view.id, "p", view.hash)
    with pytest.raises(NotThere):
        alice.submit(view)


def test_slack_itself_refuses_an_incomplete_modal(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The app never hears of it."""
    view = opened(alice, endpoint, client, modal(SERIAL, SITE))
    result = alice.submit(view, {"serial": "C0"})
    assert result.errors.keys() == {"serial", "site"}
    assert view.open
    assert len(endpoint.received) == 1


def test_errors_stand_below_their_inputs(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The modal stays; errors for anything but an input are shown nowhere."""
    view = opened(alice, endpoint, client, modal(SERIAL))
    said = {"serial": "no such serial"}
    endpoint.answers = lambda: {"response_action": "errors", "errors": said}
    refused = alice.submit(view, {"serial": "C02"})
    said = {"cereal": "x"}
    misplaced = alice.submit(view)
    assert refused.errors == {"serial": "no such serial"}
    assert (misplaced.errors, misplaced.error) == ({}, "invalid_errors")
    assert view.open


def test_a_submission_may_update_or_push(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """Entries stay where the ids stay; a person can have three modals at the most."""
    view = opened(alice, endpoint, client, modal(SERIAL))
    endpoint.answers = lambda: {"response_action": "update", "view": modal(SERIAL, SITE)}
    updated = alice.submit(view, {"serial": "C02"})
    endpoint.answers = lambda: {"response_action": "push", "view": modal()}
    pushed = [alice.submit(alice.open_view(), {"site": "london"})]
    pushed += [alice.submit(alice.open_view()) for _ in range(2)]

    assert updated.updated_view is view
    assert view.state["serial"]["text"]["value"] == "C02"
    assert [result.error for result in pushed] == [None, None, "push_limit_reached"]
    endpoint.answers = lambda: {"response_action": "clear"}
    assert alice.submit(alice.open_view()).closed
    assert not view.open


def test_a_view_in_an_answer_is_checked(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """The person sees that something went wrong, and the old view."""
    view = opened(alice, endpoint, client, modal(SERIAL))
    endpoint.answers = lambda: {"response_action": "update", "view": {"type": "modal"}}
    result = alice.submit(view, {"serial": "C02"})
    assert result.error == "invalid_arguments"
    assert "missing required field: title [json-pointer:/view]" in result.problems
    assert view.open


def test_a_late_answer_leaves_the_modal_open(
    workspace: Workspace, alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """Recorded, not raised."""
    view = opened(alice, endpoint, client, modal(SERIAL))
    hasten(workspace, endpoint)
    result = alice.submit(view, {"serial": "C02"})
    assert (result.error, result.closed, view.open) == ("operation_timeout", False, True)


def test_choosing_in_an_input_is_sent_only_if_it_dispatches(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """Otherwise it waits for the submission."""
    dispatching = {**BUILD, "dispatch_action": True}
    view = opened(alice, endpoint, client, modal(SITE, dispatching))
    silent = alice.select(view, "site", "london")
    endpoint.answers = lambda: {"options": [PARIS]}
    alice.select(view, "build", "paris")

    kinds = [sent.get("type", "command") for sent in endpoint.received]
    assert silent.status is None
    assert kinds == ["command", "block_suggestion", "block_actions"]
    assert (
        endpoint.received[-1]["view"]["state"]["values"]["site"]["site"]["selected_option"]
        == LONDON
    )


def test_options_that_slack_refuses_are_not_offered(
    alice: Person, endpoint: Endpoint, client: WebClient
) -> None:
    """More than a hundred is an empty menu."""
    view = opened(alice, endpoint, client, modal(BUILD))
    endpoint.answers = lambda: {"options": [LONDON] * 101}
    assert alice.type_ahead(view, "build", "lon") == []
    assert alice.errors == ["invalid_options"]


def test_nobody_opens_a_modal_for_nothing(alice: Person) -> None:
    """A person who waits in vain says so."""
    with pytest.raises(NotThere, match="alice"):
        alice.open_view(timeout=0.05)
