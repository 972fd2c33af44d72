"""The Events API: what the app subscribed to, sent until it is acknowledged or given up."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.sending.delivery import TIMEOUT, Answer, Retry
from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import JSON

AGAIN = (0.0, 60.0, 300.0)
"""Seconds from a failed attempt to the next: at once, after one minute, after five
(docs.slack.dev, "Events API", "Retries"). After the last one Slack gives up.
"""
SCOPES_OF = {
    "app_mention": "app_mentions:read",
    "channel_unarchive": "channels:read",
    "file_shared": "files:read",
    "group_unarchive": "groups:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
}

Send = Callable[[JSON, Retry | None], Answer]


@dataclass(eq=False)
class Sent:
    """One event, each answer to it, and when it is due again (None: it is settled)."""

    payload: JSON
    answers: list[Answer] = field(default_factory=list)
    due: float | None = None

    @property
    def event(self) -> JSON:
        """The inner event."""
        event: JSON = self.payload["event"]
        return event

    @property
    def delivered(self) -> bool:
        """True if the app acknowledged it in time."""
        return any(answer.error is None for answer in self.answers)


class Events:
    """Every event that was sent to the app, oldest first."""

    def __init__(self, app: App, clock: Clock, send: Send) -> None:
        self.sent: list[Sent] = []
        self._app = app
        self._clock = clock
        self._send = send
        self._claiming = threading.Lock()

    def wanted(self, subscription: str) -> bool:
        """True if the app is subscribed and has the scope that this takes."""
        scope = SCOPES_OF.get(subscription)
        return subscription in self._app.events and (not scope or scope in self._app.scopes)

    def tell(self, subscription: str, event: JSON, outer: JSON | None = None) -> Sent | None:
        """Send an event if it is wanted; if that fails, send it a second time at once.

        Args:
            subscription: the name under which the app subscribed.
            event: the inner event.
            outer: what is different in the outer event, of another workspace's person.
        """
        if not self.wanted(subscription):
            return None
        sent = Sent({**wrap(self._app, event), **(outer or {})})
        self.sent.append(sent)
        self._attempt(sent)
        self.retry()
        return sent

    def retry(self) -> int:
        """Send again what is due by now. Returns how many events were."""
        due = self._claim()
        for sent in due:
            self._attempt(sent)
        return len(due)

    def redeliver(self) -> Sent:
        """Send the last event again, as when Slack did not hear the app's acknowledgement."""
        sent = self.sent[-1]
        self._attempt(sent)
        return sent

    def _claim(self) -> list[Sent]:
        now = self._clock()
        with self._claiming:
            due = [sent for sent in self.sent if sent.due is not None and sent.due <= now]
            for sent in due:
                sent.due = None
        return due

    def _attempt(self, sent: Sent) -> None:
        count = len(sent.answers)
        retry = Retry(count, _reason(sent.answers[-1])) if count else None
        answer = self._send(sent.payload, retry)
        sent.answers.append(answer)
        if answer.error and not answer.no_retry and count < len(AGAIN):
            sent.due = self._clock() + AGAIN[count]


def wrap(app: App, event: JSON) -> JSON:
    """The outer event (docs.slack.dev, "Events API", "Callback field overview")."""
    authorization = {
        "enterprise_id": None,
        "team_id": app.team_id,
        "user_id": app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": app.verification_token,
        "team_id": app.team_id,
        "context_team_id": app.team_id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{secrets.token_hex(5).upper()}",
        "event_time": int(float(event["event_ts"])),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{secrets.token_urlsafe(18)}",
    }


def _reason(answer: Answer) -> str:
    """Slack's word for what was wrong with the attempt before."""
    if answer.status is not None and not 200 <= answer.status < 300:
        return "http_error"
    return "http_timeout" if answer.error in (TIMEOUT, None) else "connection_failed"
