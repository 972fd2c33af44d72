"""Response URLs: the right to answer an interaction five times within 30 minutes
(docs.slack.dev, "Handling user interaction", "Message responses").
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass

from tests.fakes.slack.state.messages import Message
from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import Refused

USES = 5
LIFETIME = 30 * 60


@dataclass
class ResponseUrl:
    """One response_url: for whom, where, and which message it may replace."""

    path: str
    user_id: str
    channel_id: str
    original: Message | None
    issued: float
    used: int = 0


class ResponseUrls:
    """All that were issued, by their path."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, ResponseUrl] = {}
        self._lock = threading.Lock()

    def issue(self, user_id: str, channel_id: str, original: Message | None = None) -> ResponseUrl:
        """A new one. `original` is the message that the interaction came from."""
        kind = "actions" if original else "commands"
        path = f"/{kind}/{secrets.randbelow(10**12)}/{secrets.token_urlsafe(18)}"
        url = ResponseUrl(path, user_id, channel_id, original, self._clock())
        with self._lock:
            self._issued[path] = url
        return url

    def use(self, path: str) -> ResponseUrl:
        """Count one use. Raises Refused with expired_url or used_url."""
        with self._lock:
            url = self._issued.get(path)
            if url is None or self._clock() - url.issued > LIFETIME:
                raise Refused("expired_url")
            if url.used >= USES:
                raise Refused("used_url")
            url.used += 1
            return url
