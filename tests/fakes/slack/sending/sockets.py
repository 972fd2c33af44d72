"""Socket Mode: WebSockets that the app opens, and envelopes that it acknowledges."""

from __future__ import annotations

import itertools
import queue
import secrets
import threading
import time

from tests.fakes.slack.sending.delivery import TIMEOUT, UNREACHED, Answer, Kind, Retry
from tests.fakes.slack.sending.line import Line
from tests.fakes.slack.web.wire import JSON

LIMIT = 10
ANSWERABLE = ("slash_commands", "view_submission", "block_suggestion")


class Sockets:
    """The open WebSockets of an app: at most ten, and each payload goes to one of them
    (docs.slack.dev, "Using Socket Mode", "Using multiple connections").
    """

    def __init__(self, app_id: str, patience: float) -> None:
        self._app_id = app_id
        self._patience = patience
        self._tickets: set[str] = set()
        self._open: list[Line] = []
        self._lines: set[Line] = set()
        self._turn = itertools.count()
        self._waiting: dict[str, queue.SimpleQueue[JSON]] = {}
        self._changed = threading.Condition()

    def ticket(self) -> str:
        """The right to open one connection."""
        ticket = secrets.token_urlsafe(24)
        self._tickets.add(ticket)
        return ticket

    def redeem(self, ticket: str) -> bool:
        """Use a ticket up. False if there is no such ticket."""
        with self._changed:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
            return known

    def serve(self, line: Line) -> None:
        """Greet, then take acknowledgements until the connection ends: raises ConnectionError."""
        self._greet(line)
        try:
            while True:
                self._acknowledge(line.receive())
        finally:
            with self._changed:
                self._lines.discard(line)
                self._open = [each for each in self._open if each is not line]
                self._changed.notify_all()

    def send(self, kind: Kind, payload: JSON, retry: Retry | None = None) -> Answer:
        """Send an envelope over one connection and wait for its acknowledgement."""
        envelope_id, acknowledged = secrets.token_hex(16), queue.SimpleQueue[JSON]()
        self._waiting[envelope_id] = acknowledged
        started = time.monotonic()
        try:
            self._dispatch(_envelope(envelope_id, kind, payload, retry))
            body = acknowledged.get(timeout=self._patience).get("payload")
            return Answer(time.monotonic() - started, 200, body)
        except queue.Empty:
            return Answer(time.monotonic() - started, error=TIMEOUT)
        except ConnectionError:
            return Answer(time.monotonic() - started, error=UNREACHED)
        finally:
            del self._waiting[envelope_id]

    def wait(self, number: int, timeout: float) -> bool:
        """Wait until so many connections are open. Returns whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self._open) == number, timeout)

    def refresh(self, reason: str) -> None:
        """Ask the app to connect anew and close, as Slack does every few hours."""
        with self._changed:
            asked, self._open = self._open, []
        for line in asked:
            line.send({"type": "disconnect", "reason": reason})
            line.close()

    def cut(self) -> None:
        """End every connection without a word."""
        with self._changed:
            lines, self._open = list(self._lines), []
        for line in lines:
            line.cut()

    def _greet(self, line: Line) -> None:
        with self._changed:
            if len(self._open) >= LIMIT:
                line.send({"type": "disconnect", "reason": "too_many_websockets"})
                raise ConnectionAbortedError("too many WebSockets")
            line.send(self._hello(len(self._open) + 1))
            self._open.append(line)
            self._lines.add(line)
            self._changed.notify_all()

    def _hello(self, connections: int) -> JSON:
        return {
            "type": "hello",
            "num_connections": connections,
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "stand-in", "approximate_connection_time": 18060},
        }

    def _dispatch(self, envelope: JSON) -> None:
        with self._changed:
            if not self._open:
                raise ConnectionError("the app has no open WebSocket")
            line = self._open[next(self._turn) % len(self._open)]
        line.send(envelope)

    def _acknowledge(self, acknowledgement: JSON) -> None:
        waiting = self._waiting.get(acknowledgement.get("envelope_id", ""))
        if waiting is not None:
            waiting.put(acknowledgement)


def _envelope(envelope_id: str, kind: Kind, payload: JSON, retry: Retry | None) -> JSON:
    """docs.slack.dev, "Using Socket Mode", "Events received over the WebSocket"."""
    again: JSON = {}
    if kind == "events_api":
        reason = retry.reason.removeprefix("http_") if retry else ""
        again = {"retry_attempt": retry.num if retry else 0, "retry_reason": reason}
    answerable = kind in ANSWERABLE or payload.get("type") in ANSWERABLE
    return {
        "envelope_id": envelope_id,
        "type": kind,
        "accepts_response_payload": answerable,
        "payload": payload,
        **again,
    }
