"""The state of a workspace: who is in it, what was said, what may be used once."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence

from tests.fakes.slack.apps.app import App
from tests.fakes.slack.apps.executions import Executions
from tests.fakes.slack.sending.delivery import Answer, Door, Retry
from tests.fakes.slack.sending.events import Events
from tests.fakes.slack.sending.sockets import Sockets
from tests.fakes.slack.state.drafts import Draft
from tests.fakes.slack.state.files import File, Files, Share
from tests.fakes.slack.state.members import Group, Member
from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.timestamps import Clock, Timestamps
from tests.fakes.slack.state.triggers import Triggers
from tests.fakes.slack.state.uploads import Uploads
from tests.fakes.slack.state.views import Views
from tests.fakes.slack.web.calls import Call
from tests.fakes.slack.web.faults import Faults
from tests.fakes.slack.web.pace import Pace, Tiers
from tests.fakes.slack.web.response_urls import ResponseUrls
from tests.fakes.slack.web.wire import JSON

Listener = Callable[[Channel, Message, str], None]


class Team:
    """Everything that the Web API, the app's requests and the people share."""

    def __init__(
        self, app: App, pace: Pace, clock: Clock, patience: float, tiers: Tiers | None = None
    ) -> None:
        self.app = app
        self.pace = pace
        self.tiers = tiers or Tiers({}, clock)
        self.clock = clock
        self.patience = patience
        self.origin = ""
        self.channels: dict[str, Channel] = {}
        self.names: dict[str, str] = {app.bot_user_id: app.name}
        self.members: dict[str, Member] = {
            app.bot_user_id: Member(
                app.bot_user_id, app.name, app.team_id, app.team_domain, bot=True
            )
        }
        self.groups: dict[str, Group] = {}
        self.files = Files(app, clock)
        self.uploads = Uploads()
        self.executions = Executions(clock)
        self.events = Events(app, clock, self._send_event)
        self.ephemerals: defaultdict[str, list[Message]] = defaultdict(list)
        self.views = Views()
        self.triggers = Triggers(clock)
        self.timestamps = Timestamps(clock)
        self.response_urls = ResponseUrls(clock)
        self.sockets = Sockets(app.id, patience)
        self.door: Door = self.sockets
        self.faults = Faults()
        self.calls: list[Call] = []
        self.on_message: list[Listener] = []
        self._changed = threading.Condition()

    def wait_until(self, happened: Callable[[], bool], timeout: float = 20.0) -> bool:
        """Wait until this is true, at most `timeout` seconds. Returns whether it is."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not happened():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, 0.01))
        return True

    def direct(self, user_id: str) -> Channel:
        """The direct conversation of the bot with this person, opened if need be."""
        channel_id = f"D{user_id[1:]}"
        with self._changed:
            if channel_id not in self.channels:
                name = self.names[user_id]
                self.channels[channel_id] = Channel(channel_id, name, private=True, user=user_id)
            return self.channels[channel_id]

    def say(
        self,
        channel: Channel,
        user_id: str,
        content: Draft,
        thread_ts: str = "",
        files: Sequence[File] = (),
        *,
        broadcast: bool = False,
    ) -> Message:
        """Show a new message in a channel, from the bot or from a person."""
        with self._changed:
            message = self._message(channel.id, user_id, content)
            message.thread_ts, message.broadcast = thread_ts or None, broadcast
            message.files = list(files)
            for file in files:
                file.shares.append(
                    Share(channel.id, channel.name, channel.kind, message.ts, channel.bot_is_member)
                )
            channel.messages.append(message)
        return self._tell(message, "posted")

    def whisper(self, channel_id: str, user_id: str, content: Draft) -> Message:
        """Show a message of the bot to one person only."""
        message = self._message(channel_id, self.app.bot_user_id, content)
        message.ephemeral_to = user_id
        with self._changed:
            self.ephemerals[user_id].append(message)
            self._changed.notify_all()
        return message

    def edit(self, message: Message, content: Draft) -> Message:
        """Show something else in its place.

        Without `blocks`, a new `text` removes the old blocks; metadata that is not given stays
        (docs.slack.dev, chat.update).
        """
        with self._changed:
            if content.text is not None or content.blocks is not None:
                message.blocks = content.blocks or []
            message.text = content.text if content.text is not None else message.text
            message.metadata = message.metadata if content.metadata is None else content.metadata
            message.edited += 1
        return self._tell(message, "edited")

    def delete(self, message: Message) -> None:
        """Take a message away."""
        alone = message.ephemeral_to
        place = self.ephemerals[alone] if alone else self.channels[message.channel_id].messages
        with self._changed:
            if not message.deleted:
                place.remove(message)
            message.deleted = True
            self._changed.notify_all()

    def _message(self, channel_id: str, user_id: str, content: Draft) -> Message:
        return Message(
            ts=self.timestamps.next(),
            channel_id=channel_id,
            user=user_id,
            text=content.text or "",
            blocks=content.blocks or [],
            metadata=content.metadata,
            team_id=self.members[user_id].team_id if user_id in self.members else "",
            bot_id=self.app.bot_id if user_id == self.app.bot_user_id else None,
        )

    def _send_event(self, payload: JSON, retry: Retry | None) -> Answer:
        return self.door.send("events_api", payload, retry)

    def _tell(self, message: Message, verb: str) -> Message:
        with self._changed:
            self._changed.notify_all()
        if message.ephemeral_to is None:
            for listener in self.on_message:
                listener(self.channels[message.channel_id], message, verb)
        return message
