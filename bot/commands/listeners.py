"""Slash commands."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.commands import parser
from bot.commands.dispatch import Dispatcher
from bot.commands.models import FormCommand
from bot.dependencies import Requester
from bot.slack import modals, replies


def register_listeners(app: App, dispatcher: Dispatcher, command_name: str) -> None:
    """Listen for the one slash command, which is called `command_name`."""

    def typed(ack: Ack, command: dict[str, Any]) -> None:
        """Do what was typed; the answer travels in the acknowledgement."""
        wanted = parser.parse(command.get("text", ""))
        if isinstance(wanted, FormCommand):
            ack()
            return
        message = dispatcher.dispatch(wanted, Requester(command["user_id"], "command"))
        ack(response_type="ephemeral", text=message.text, blocks=message.blocks)

    def form(client: WebClient, command: dict[str, Any], respond: Respond) -> None:
        """Open the form, once the command is acknowledged: its trigger lives for three seconds."""
        if not command.get("text", "").strip():
            replies.open_window(client, command["trigger_id"], modals.form(), respond)

    app.command(command_name)(ack=typed, lazy=[form])
