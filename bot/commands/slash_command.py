"""The listener of the slash command."""

from typing import Any

from slack_bolt import Ack
from slack_bolt.context.context import BoltContext
from slack_sdk import WebClient

from bot.commands.dispatch import Dispatcher
from bot.commands.parsing import parser
from bot.commands.parsing.marks import unescaped, without_command
from bot.slack import modals, replies


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the one slash command, by the name that the dependencies give it.

    An empty command has a listener of its own: Bolt copies a request for each lazy one.
    """
    dependencies = dispatcher.dependencies

    def is_bare(command: dict[str, Any]) -> bool:
        return not unescaped(without_command(command.get("text", ""), dependencies.command)).strip()

    def dispatch_command(ack: Ack, command: dict[str, Any], context: BoltContext) -> None:
        """Dispatch the typed command; the answer travels in the acknowledgement.

        One with a table comes later: Slack does not say that it refuses an acknowledgement.
        """
        repo = dependencies.repo.now()
        text = without_command(command.get("text", ""), dependencies.command)
        parsed = parser.parse(text, repo.sites, repo.builds, repo.layout.kinds)
        message = dispatcher.dispatch(parsed, dependencies.principal(command["user_id"], "command"))
        if message.without_table is None:
            ack(response_type="ephemeral", text=message.text, blocks=message.blocks)
            return
        replies.leave(context, message)
        ack()

    def form(client: WebClient, body: dict[str, Any], context: BoltContext) -> None:
        """Open the form, once the command is acknowledged: its trigger lives for three seconds."""
        replies.open_window(client, body, context, modals.form(dependencies.kinds))

    dispatcher.app.command(dependencies.command, matchers=[is_bare])(
        ack=replies.acknowledge, lazy=[form]
    )
    dispatcher.app.command(dependencies.command)(ack=dispatch_command, lazy=[replies.later])
