"""Bolt as the app of the stand-in: what it makes of events, shortcuts and workflow steps."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import request
from slack_bolt import Ack, App, Complete, Fail
from slack_bolt.adapter.flask import SlackRequestHandler
from slack_sdk import WebClient

from tests.fakes.slack import Person, Workspace
from tests.fakes.slack.apps.endpoint import serving
from tests.fakes.slack.conftest import CHANNEL, client_of


@pytest.fixture
def app(workspace: Workspace) -> Iterator[App]:
    """A Bolt app, connected over HTTP."""
    app = App(client=client_of(workspace), signing_secret=workspace.app.signing_secret)
    handler = SlackRequestHandler(app)
    with serving(lambda: handler.handle(request)) as url:
        workspace.connect_http(url)
        yield app


def test_a_dropped_photo_is_read_and_answered_in_its_thread(
    workspace: Workspace, app: App, alice: Person
) -> None:
    """The event leads to the bytes."""

    @app.event("file_shared")
    def read(event: dict[str, Any], client: WebClient) -> None:
        file = client.files_info(file=event["file_id"])["file"]
        headers = {"Authorization": f"Bearer {client.token}"}
        content = requests.get(file["url_private"], headers=headers, timeout=5).content
        ts = file["shares"]["public"][event["channel_id"]][0]["ts"]
        text = f"{len(content)} bytes"
        client.chat_postMessage(channel=event["channel_id"], thread_ts=ts, text=text)

    app.event("message")(lambda ack: ack())
    alice.drop(CHANNEL, ("label.png", b"PNG"), text="box")

    assert workspace.wait_until(lambda: len(workspace.channels[CHANNEL].messages) == 2)
    assert workspace.transcript(CHANNEL) == ["alice: box\n[file label.png]", "↳ rollcall: 3 bytes"]
    assert [sent for sent in workspace.events.sent if not sent.delivered] == []


def test_an_event_without_a_listener_is_sent_again(
    workspace: Workspace, app: App, alice: Person
) -> None:
    """Bolt answers 404 to it, which Slack takes for a failure."""
    alice.say(CHANNEL, "hello")
    (sent,) = workspace.events.sent
    assert [answer.status for answer in sent.answers] == [404, 404]


def test_bolt_takes_the_challenge(workspace: Workspace, app: App) -> None:
    """Without a listener for it."""
    assert workspace.verify_url()


def test_shortcuts_find_their_listeners(workspace: Workspace, app: App, alice: Person) -> None:
    """By their kind and callback_id."""
    heard: list[str] = []

    @app.global_shortcut("register")
    def anywhere(ack: Ack) -> None:
        ack()
        heard.append("global")

    @app.message_shortcut("register")
    def here(ack: Ack, shortcut: dict[str, Any]) -> None:
        ack()
        heard.append(shortcut["message"]["text"])

    app.event("message")(lambda ack: ack())
    assert alice.shortcut("register").status == 200
    assert alice.shortcut_on(alice.say(CHANNEL, "C02"), "register").status == 200
    assert alice.shortcut("unknown").status == 404
    assert workspace.wait_until(lambda: heard == ["global", "C02"])


def test_a_step_is_completed_or_fails(workspace: Workspace, app: App, alice: Person) -> None:
    """With the step's own token."""

    @app.function("register")
    def register(inputs: dict[str, Any], complete: Complete, fail: Fail) -> None:
        if inputs["site"] == "london":
            complete({"state": "registered"})
        else:
            fail("There is no such site.")

    good = workspace.run_step("register", {"site": "london"}, alice, outputs=["state"])
    bad = workspace.run_step("register", {"site": "atlantis"}, alice, outputs=["state"])

    assert workspace.wait_until(lambda: not (good.running or bad.running))
    assert (good.outputs, bad.error) == ({"state": "registered"}, "There is no such site.")
