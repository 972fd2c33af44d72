"""Events about the app's own messages."""

from __future__ import annotations

import queue
import threading

from tests.fakes.slack.sending.announcing import SUBSCRIPTIONS, announce
from tests.fakes.slack.state.messages import Channel, Message
from tests.fakes.slack.state.team import Team
from tests.fakes.slack.web.wire import JSON


class Echo:
    """A listener that sends events of the bot's messages, from a thread of its own: the app gets
    the answer to its call without waiting for them. The `previous_message` of an edit is left out.
    """

    def __init__(self, team: Team) -> None:
        self._team = team
        self._said: queue.SimpleQueue[tuple[Channel, Message, str]] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="echo", daemon=True).start()

    def __call__(self, channel: Channel, message: Message, verb: str) -> None:
        """Note a message; those of people are told where they are written."""
        if message.bot:
            self._said.put((channel, message, verb))

    def _work(self) -> None:
        while True:
            channel, message, verb = self._said.get()
            if verb == "posted":
                announce(self._team, channel, message)
            else:
                event = _changed(channel, message, self._team.timestamps.next())
                self._team.events.tell(SUBSCRIPTIONS[channel.kind], event)


def _changed(channel: Channel, message: Message, event_ts: str) -> JSON:
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "message": message.as_json(),
        "channel": channel.id,
        "channel_type": channel.kind,
        "ts": event_ts,
        "event_ts": event_ts,
    }
