"""The listener of the slash command."""

from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from bot.commands import parser
from bot.commands.dispatch import Dispatcher
from bot.commands.models import FormCommand
from bot.dependencies import BotDependencies, Requester
from bot.slack import modals, replies


def register_listeners(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    """Listen for the one slash command, by the name that the dependencies give it."""

    def dispatch_command(ack: Ack, command: dict[str, Any]) -> None:
        """Dispatch the typed command; the answer travels in the acknowledgement."""
        repo = dependencies.repo.now()
        parsed = parser.parse(command.get("text", ""), repo.sites, repo.builds, repo.layout.kinds)
        if isinstance(parsed, FormCommand):
            ack()
            return
        message = dispatcher.dispatch(parsed, Requester(command["user_id"], "command"))
        ack(response_type="ephemeral", text=message.text, blocks=message.blocks)

    def form(client: WebClient, command: dict[str, Any], respond: Respond) -> None:
        """Open the form, once the command is acknowledged: its trigger lives for three seconds."""
        if not command.get("text", "").strip():
            window = modals.form(dependencies.kinds)
            replies.open_window(client, command["trigger_id"], window, respond)

    app.command(dependencies.command)(ack=dispatch_command, lazy=[form])
