"""Buttons."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks.answers import MOVE
from bot.desk import Desk
from provisioning.serials import Serial


def attach(app: App, desk: Desk) -> None:
    """Listen for the buttons of our messages and windows."""

    def move(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Move the registration that the button names."""
        to = json.loads(action["value"])
        message = desk.move(
            Serial.parse(to["serial"]), to["site"], to["build"], by=body["user"]["id"]
        )
        replies.leave(context, message)
        ack()

    app.action(MOVE)(ack=move, lazy=[replies.later])
