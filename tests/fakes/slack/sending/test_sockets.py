"""Socket Mode at the stand-in, with slack_sdk's own client and Bolt's own handler as the peer."""

import itertools
import json
import logging
import queue
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from tests.fakes.slack import Person, Workspace
from tests.support.waiting import eventually

CHANNEL = "C0IMAGING"


@contextmanager
def connected(workspace: Workspace) -> Iterator[list[SocketModeRequest]]:
    """slack_sdk's client, which echoes every command; yields the requests it gets."""
    received: list[SocketModeRequest] = []

    def echo(client: Any, request: SocketModeRequest) -> None:
        received.append(request)
        payload = {"text": f"heard {request.payload.get('text')}"}
        client.send_socket_mode_response(
            SocketModeResponse(envelope_id=request.envelope_id, payload=payload)
        )

    client = SocketModeClient(
        app_token="xapp-stand-in",
        web_client=WebClient(base_url=workspace.api_url, retry_handlers=[]),
        ping_interval=0.05,
    )
    client.socket_mode_request_listeners.append(echo)
    client.connect()
    workspace.wait_for_sockets()
    try:
        yield received
    finally:
        leave(workspace, client)


def leave(workspace: Workspace, client: Any) -> None:
    """Close slack_sdk's client without the seconds that it waits for its own threads."""
    client.closed, client.auto_reconnect_enabled = True, False
    client.enqueue_message("{}")
    workspace.drop_sockets(politely=False)
    client.close()


def test_a_command_is_an_envelope_and_its_acknowledgement_the_reply(
    workspace: Workspace, alice: Person
) -> None:
    """The payload is that of HTTP; the answer may ride on the acknowledgement."""
    with connected(workspace) as received:
        reply = alice.slash("/mac", "hello", channel=CHANNEL)

    (request,) = received
    assert (reply.text, reply.status, reply.error) == ("heard hello", 200, None)
    assert request.type == "slash_commands"
    assert request.accepts_response_payload
    assert request.payload["response_url"].startswith(workspace.origin)


def test_a_refreshed_app_connects_anew(workspace: Workspace, alice: Person) -> None:
    """Slack asks for it every few hours."""
    with connected(workspace) as received:
        workspace.drop_sockets()
        workspace.wait_for_sockets()
        # Twice, where need be: slack_sdk may connect because the line was closed, and once more
        # because it was asked to, which drops what came over the first.
        eventually(lambda: alice.slash("/mac", "again", channel=CHANNEL).text == "heard again")
    assert {request.payload["text"] for request in received} == {"again"}


def test_an_app_that_was_cut_off_connects_anew(workspace: Workspace, alice: Person) -> None:
    """Without a word from Slack: its own pings tell it."""
    with connected(workspace):
        workspace.faults.go_down()  # so that it stays cut off until Slack has tried to reach it
        workspace.drop_sockets(politely=False)
        lonely = alice.slash("/mac", "x", channel=CHANNEL)
        workspace.faults.come_back()
        workspace.wait_for_sockets()
        assert lonely.error == "dispatch_failed"
        assert alice.slash("/mac", "y", channel=CHANNEL).text == "heard y"


def test_without_an_app_nobody_answers(workspace: Workspace, alice: Person) -> None:
    """The person is told, and waiting for the app fails."""
    assert alice.slash("/mac", channel=CHANNEL).error == "dispatch_failed"
    with pytest.raises(TimeoutError):
        workspace.wait_for_sockets(timeout=0.01)


def test_bolts_handler_opens_a_modal(workspace: Workspace, alice: Person) -> None:
    """The product's own way, from the command to the submission."""
    client = WebClient("xoxb-stand-in", base_url=workspace.api_url, retry_handlers=[])
    app = App(client=client)
    plain = {"type": "plain_text", "text": "Register"}
    view = {"type": "modal", "callback_id": "register", "title": plain, "blocks": []}

    @app.command("/mac")
    def open_modal(ack: Any, body: Any) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=view)
        ack("Opened.")

    @app.view("register")
    def register(ack: Any) -> None:
        ack(response_action="clear")

    handler = SocketModeHandler(app, "xapp-stand-in")
    handler.connect()  # type: ignore[no-untyped-call]
    try:
        workspace.wait_for_sockets()
        assert alice.slash("/mac", channel=CHANNEL).text == "Opened."
        assert alice.submit(alice.open_view()).closed
    finally:
        leave(workspace, handler.client)


class Line:
    """A bare WebSocket, whose messages wait in a queue."""

    def __init__(self, url: str) -> None:
        self.heard: queue.SimpleQueue[str] = queue.SimpleQueue()
        logger = logging.getLogger(__name__)
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it would read the system's authorities
        hear = self.heard.put
        self.connection = Connection(url, logger, on_message_listener=hear, ssl_context=tls)
        self.connection.connect()
        self._state = ConnectionState()  # type: ignore[no-untyped-call]
        listen = self.connection.run_until_completion
        self._listening = threading.Thread(target=listen, args=(self._state,))
        self._listening.start()

    def receive(self, timeout: float = 20) -> dict[str, Any]:
        """The next message. Raises queue.Empty."""
        message: dict[str, Any] = json.loads(self.heard.get(timeout=timeout))
        return message

    def leave(self) -> None:
        """Close it, after the workspace has cut the line."""
        self._state.terminated = True
        self._listening.join()
        self.connection.close()


@contextmanager
def lines(workspace: Workspace, count: int, tickets: int | None = None) -> Iterator[list[Line]]:
    """Bare WebSockets, `count` of them, each with its own ticket or with one of fewer."""
    web = WebClient(base_url=workspace.api_url)
    urls = [
        web.apps_connections_open(app_token="xapp-stand-in")["url"] for _ in range(tickets or count)
    ]
    opened = [Line(url) for url, _ in zip(itertools.cycle(urls), range(count), strict=False)]
    try:
        yield opened
    finally:
        workspace.drop_sockets(politely=False)
        for line in opened:
            line.leave()


def test_a_connection_is_greeted_and_an_eleventh_refused(workspace: Workspace) -> None:
    """Slack's limit is ten for an app."""
    with lines(workspace, 11) as opened:
        greetings = [line.receive() for line in opened]
    assert [each["type"] for each in greetings].count("hello") == 10
    assert sorted(each.get("num_connections", 0) for each in greetings) == list(range(11))
    assert "too_many_websockets" in [each.get("reason") for each in greetings]


def test_each_payload_goes_to_one_connection(workspace: Workspace, alice: Person) -> None:
    """They take turns."""
    with lines(workspace, 2) as opened:
        for line in opened:
            line.receive()
        people = [
            threading.Thread(target=alice.slash, args=("/mac", text), kwargs={"channel": CHANNEL})
            for text in ("one", "two")
        ]
        for person in people:
            person.start()
        envelopes = [line.receive() for line in opened]
        for line, envelope in zip(opened, envelopes, strict=True):
            line.connection.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        for person in people:
            person.join()
        assert [line.heard.qsize() for line in opened] == [0, 0]
    assert {envelope["payload"]["text"] for envelope in envelopes} == {"one", "two"}
    assert alice.errors == []


def test_a_ticket_is_good_for_one_connection(workspace: Workspace) -> None:
    """Of two that connect at the same moment, one is greeted and the other sent away."""
    with lines(workspace, 2, tickets=1) as opened:
        greetings = [line.receive() for line in opened]
    away, greeted = sorted(greetings, key=lambda each: str(each["type"]))
    assert greeted["type"] == "hello"
    assert away == {"type": "disconnect", "reason": "link_disabled"}
