"""The stand-in Slack workspace."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Self, TypedDict, Unpack

from tests.fakes.slack.apps.app import EVENTS, SCOPES, App
from tests.fakes.slack.sending.telling import Telling
from tests.fakes.slack.state.peopling import Peopled
from tests.fakes.slack.state.rendering import transcript
from tests.fakes.slack.state.timestamps import Clock
from tests.fakes.slack.web.pace import TIERS, Pace, Tiers
from tests.fakes.slack.web.server import Server


class Further(TypedDict, total=False):
    """Settings that few tests use: the events that the app subscribed to, and how often each method
    may be called a minute (one that is not named: any number of times).
    """

    events: Collection[str]
    tiers: Mapping[str, int]


class Workspace(Peopled, Telling):
    """A Slack workspace on a free port of this machine, as strict as Slack.

    Args:
        bot_token: what the app authenticates its Web API calls with.
        signing_secret: what requests to the app are signed with.
        app_token: what the app opens WebSockets with.
        scopes: what the app was granted.
        pace: messages a second and channel; None allows any number, of other calls too.
        burst: messages at once before the pace holds.
        patience: seconds within which the app has to answer; Slack's are 3.
        clock: seconds since 1970, for everything that expires.
        further: `events` and `tiers`.
    """

    def __init__(
        self,
        *,
        bot_token: str = "xoxb-stand-in",
        signing_secret: str = "signing-secret-of-the-stand-in",
        app_token: str = "xapp-stand-in",
        scopes: Collection[str] = SCOPES,
        pace: float | None = 1.0,
        burst: int = 3,
        patience: float = 3.0,
        clock: Clock = time.time,
        **further: Unpack[Further],
    ) -> None:
        events = frozenset(further.get("events", EVENTS))
        app = App(bot_token, signing_secret, app_token, frozenset(scopes), events)
        limits = Tiers(further.get("tiers", TIERS) if pace is not None else {}, clock)
        super().__init__(app, Pace(pace, burst, clock), clock, patience, limits)
        self._server: Server | None = None

    def start(self) -> Self:
        """Listen. Returns the workspace itself."""
        self._server = Server(self)
        self.origin = self._server.origin
        self._server.start()
        return self

    def stop(self) -> None:
        """End all connections and free the port. What was said stays readable."""
        if self._server is not None:
            self._server.stop()
            self._server = None
        self.sockets.cut()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def api_url(self) -> str:
        """The `base_url` for slack_sdk. Empty before start()."""
        return f"{self.origin}/api/" if self.origin else ""

    def transcript(self, channel_id: str) -> list[str]:
        """The messages of a channel as people read them, oldest first: one entry a message."""
        return transcript(self.channels[channel_id].messages, self.names)
