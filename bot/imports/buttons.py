"""What people do with a dry run: say yes or no to it, fill it in, have all of it sent."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, HomeRefresher
from bot.imports import blocks, dry_run_blocks
from bot.imports.imports import ImportActions
from bot.slack import replies


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Answer the buttons and the menus."""
    importing = ImportActions(dependencies)

    def register(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Register what was shown, and what the button includes."""
        one, message = importing.register(
            int(action["value"]), action["action_id"], body["user"]["id"]
        )
        replies.leave(context, message, instead=one.card_id is None)
        ack()

    def drop(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Forget what was shown."""
        one = importing.drop(int(action["value"]), body["user"]["id"])
        if one.card_id is None:
            replies.leave(context, blocks.dropped(one), instead=True)
        ack()

    def choose(ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Fill in where those go that say nothing of it."""
        import_id = int(action["block_id"].rpartition("-")[2])
        one = importing.choose(import_id, action["action_id"], action["selected_option"]["value"])
        if one.card_id is None:
            replies.leave(context, dry_run_blocks.dry_run(one), instead=True)
        ack()

    def send(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Send the whole of what is too long to be shown."""
        one = importing.send(int(action["value"]), body["user"]["id"])
        replies.leave(context, dry_run_blocks.dry_run(one, sent=True), instead=True)
        ack()

    app.action(dry_run_blocks.SEND)(ack=send, lazy=[replies.later])
    for name in dry_run_blocks.INCLUDING:
        app.action(name)(ack=register, lazy=[replies.later, home.again])
    app.action(dry_run_blocks.DROP)(ack=drop, lazy=[replies.later])
    app.action(dry_run_blocks.SITE)(ack=choose, lazy=[replies.later])
    app.action(dry_run_blocks.BUILD)(ack=choose, lazy=[replies.later])
