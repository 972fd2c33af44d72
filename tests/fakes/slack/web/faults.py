"""Faults on Slack's side, switched on by a test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum

from tests.fakes.slack.web.calls import Call

Wait = Callable[[], bool]
RESPONSE_URL = "response_url"  # struck where it is named: it is no method of the Web API


class Kind(Enum):
    """At which moment of a call a fault strikes."""

    DELAY = "delay"
    RATE_LIMITED = "rate limited"
    FAIL_UNSHOWN = "fail, nothing shown"
    FAIL_SHOWN = "fail, although shown"
    LOSE_REPLY = "lose the reply"


@dataclass
class Fault:
    """One armed fault: how often it still strikes, and which methods (empty: every one)."""

    kind: Kind
    times: int
    methods: frozenset[str]
    seconds: float = 0
    error: str = ""
    until: threading.Event | None = None

    def sleep(self) -> None:
        """Wait as long as the fault says."""
        (self.until or threading.Event()).wait(self.seconds)


class Faults:
    """The faults that wait for a call. Safe to set while calls are under way."""

    def __init__(self) -> None:
        self.before_reply: Callable[[str], None] | None = None
        """Called with the method after something was shown, before the answer is sent."""
        self.hold: Callable[[Call], Wait | None] | None = None
        """Called with what would show something: returns what waits until Slack takes it, and
        says whether it ever does; None: it is taken now.
        """
        self.cut = True
        """True where the connection of a held call is cut at once, as by a proxy that gives up.
        False where the caller has to give up by itself.
        """
        self._follower: Callable[[bool], None] | None = None
        self._armed: list[Fault] = []
        self._lock = threading.Lock()

    def respond_429(
        self, retry_after: int, times: int = 1, *, methods: Collection[str] = ()
    ) -> None:
        """Answer 429 with `Retry-After: retry_after` seconds, and do nothing."""
        self._arm(Fault(Kind.RATE_LIMITED, times, frozenset(methods), seconds=retry_after))

    def lose_replies(self, times: int = 1, *, methods: Collection[str] = ()) -> None:
        """Show the message, then close the connection without an answer.

        Strikes only calls that show something: messages and views.
        """
        self._arm(Fault(Kind.LOSE_REPLY, times, frozenset(methods)))

    def delay(
        self,
        seconds: float,
        times: int = 1,
        *,
        methods: Collection[str] = (),
        until: threading.Event | None = None,
    ) -> None:
        """Wait before anything is done; no longer than for an event, where there is one."""
        self._arm(Fault(Kind.DELAY, times, frozenset(methods), seconds=seconds, until=until))

    def fail(
        self,
        error: str = "internal_error",
        times: int = 1,
        *,
        shown: bool = False,
        methods: Collection[str] = (),
    ) -> None:
        """Answer `ok: false` with this error, with the message shown or not.

        Slack's docs say of `fatal_error`: "It's possible some aspect of the operation succeeded
        before the error was raised."
        """
        kind = Kind.FAIL_SHOWN if shown else Kind.FAIL_UNSHOWN
        self._arm(Fault(kind, times, frozenset(methods), error=error))

    def go_down(self) -> None:
        """Refuse every new connection, until come_back()."""
        self._tell(down=True)

    def come_back(self) -> None:
        """Take connections again."""
        self._tell(down=False)

    def follow_outages(self, follower: Callable[[bool], None] | None) -> None:
        """Have the server told when Slack goes down (True) and comes back."""
        self._follower = follower

    def _tell(self, *, down: bool) -> None:
        if self._follower is not None:
            self._follower(down)

    def clear(self) -> None:
        """Disarm everything and come back."""
        with self._lock:
            self._armed.clear()
        self.before_reply = self.hold = None
        self.come_back()

    def strike(self, kind: Kind, method: str) -> Fault | None:
        """The armed fault of this kind for this method, one of its times used up; or None."""
        with self._lock:
            for fault in self._armed:
                methods = fault.methods or {method} - {RESPONSE_URL}
                if fault.kind is kind and method in methods:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._armed.remove(fault)
                    return fault
        return None

    def _arm(self, fault: Fault) -> None:
        with self._lock:
            self._armed.append(fault)
