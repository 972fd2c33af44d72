"""Listeners of Rollcall's return to a channel, by an invitation or its unarchiving."""

from typing import Any

import structlog

from bot.commands.dispatch import Dispatcher
from bot.slack import payloads
from provisioning.outbox.refusals import held

log = structlog.get_logger()

# Messages that an app hears which does not subscribe to member_joined_channel yet.
_JOINED = ("channel_join", "group_join")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Send the messages that Slack refused in a channel, once Rollcall may post there again."""
    dependencies = dispatcher.dependencies

    def back(body: dict[str, Any]) -> None:
        channel = str(body["event"]["channel"])
        with dependencies.database.begin() as session:
            number = held.release(session, channel, dependencies.clock())
        if number:
            log.info("back in a channel", channel=channel, messages=number)

    dispatcher.app.event("member_joined_channel", matchers=[payloads.is_of_us])(back)
    for subtype in _JOINED:
        dispatcher.app.event({"type": "message", "subtype": subtype}, matchers=[payloads.is_of_us])(
            back
        )
    dispatcher.app.event("channel_unarchive")(back)
    dispatcher.app.event("group_unarchive")(back)
