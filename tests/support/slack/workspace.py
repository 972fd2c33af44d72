"""The stand-in Slack workspace."""

from __future__ import annotations

import time
from collections.abc import Collection
from types import TracebackType
from typing import Self

from tests.support.slack.app import SCOPES, App
from tests.support.slack.delivery import RequestUrl
from tests.support.slack.messages import Channel
from tests.support.slack.pace import Pace
from tests.support.slack.person import Person
from tests.support.slack.rendering import transcript
from tests.support.slack.server import Server
from tests.support.slack.team import Team
from tests.support.slack.timestamps import Clock


class Workspace(Team):
    """A Slack workspace on a free port of this machine, as strict as Slack.

    Args:
        bot_token: what the app authenticates its Web API calls with.
        signing_secret: what requests to the app are signed with.
        app_token: what the app opens WebSockets with.
        scopes: what the app was granted.
        pace: messages a second and channel; None allows any number.
        burst: messages at once before the pace holds.
        patience: seconds within which the app has to answer; Slack's are 3.
        clock: seconds since 1970, for everything that expires.
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
    ) -> None:
        app = App(bot_token, signing_secret, app_token, frozenset(scopes))
        super().__init__(app, Pace(pace, burst, clock), clock, patience)
        self._people: dict[str, Person] = {}
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

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def api_url(self) -> str:
        """What to give slack_sdk as `base_url`. Empty before start()."""
        return f"{self.origin}/api/" if self.origin else ""

    def add_channel(
        self,
        channel_id: str,
        *,
        name: str,
        bot_is_member: bool = True,
        private: bool = False,
        archived: bool = False,
    ) -> Channel:
        """A new channel, with every person in it. Its attributes may be changed at any time."""
        channel = Channel(channel_id, name, bot_is_member, private, archived)
        self.channels[channel_id] = channel
        return channel

    def person(self, user_id: str, *, name: str = "") -> Person:
        """The person with this id, who joins with the first call."""
        if user_id not in self._people:
            self.names[user_id] = name or user_id.lower()
            self._people[user_id] = Person(self, user_id, self.names[user_id])
        return self._people[user_id]

    def transcript(self, channel_id: str) -> list[str]:
        """What people read in a channel, oldest first: one entry a message."""
        return transcript(self.channels[channel_id].messages, self.names)

    def connect_http(self, url: str) -> None:
        """Send everything to the app's Request URL from now on, instead of a WebSocket."""
        self.door = RequestUrl(url, self.app.signing_secret, self.clock, self.patience)

    def wait_for_socket(self, timeout: float = 3.0) -> None:
        """Wait until the app has opened a WebSocket. Raises TimeoutError."""
        if not self.sockets.wait(timeout):
            raise TimeoutError(f"the app opened no WebSocket within {timeout} s")

    def drop_sockets(self, *, politely: bool = True) -> None:
        """End the app's WebSockets: ask it to reconnect as Slack does, or just cut the line."""
        if politely:
            self.sockets.refresh("refresh_requested")
        else:
            self.sockets.cut()
