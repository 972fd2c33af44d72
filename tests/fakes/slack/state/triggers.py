"""Trigger ids: the right to open one view for one person, for three seconds."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.wire import Refused

LIFETIME = 3.0


@dataclass
class _Trigger:
    user_id: str
    issued: float
    exchanged: bool = False


class Triggers:
    """Issues trigger ids and takes them back.

    A trigger_id expires 3 seconds after it was sent and can be used once (docs.slack.dev,
    "Handling user interaction", "Using trigger_id"). The names of the errors are those of
    views.open.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, _Trigger] = {}
        self._lock = threading.Lock()

    def issue(self, user_id: str) -> str:
        """A new trigger_id for something that this person just did."""
        number, secret = secrets.randbelow(10**12), secrets.token_hex(16)
        trigger_id = f"{number}.{secrets.randbelow(10**9)}.{secret}"
        with self._lock:
            self._issued[trigger_id] = _Trigger(user_id, self._clock())
        return trigger_id

    @contextmanager
    def exchange(self, trigger_id: str) -> Iterator[str]:
        """Use it up and yield whose it was; a refusal of what it is used for gives it back.

        Raises Refused if it cannot be used.
        """
        trigger = self._take(trigger_id)
        try:
            yield trigger.user_id
        except Refused:
            trigger.exchanged = False
            raise

    def _take(self, trigger_id: str) -> _Trigger:
        with self._lock:
            trigger = self._issued.get(trigger_id)
            if trigger is None:
                raise Refused("invalid_trigger_id")
            if trigger.exchanged:
                raise Refused("exchanged_trigger_id")
            if self._clock() - trigger.issued > LIFETIME:
                raise Refused("expired_trigger_id")
            trigger.exchanged = True
            return trigger
