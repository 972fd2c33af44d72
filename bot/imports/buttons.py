"""Listeners of a dry run: register it, drop it, its menus, and the whole of it as a file."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, HomeRefresher
from bot.imports import dry_run_blocks, dry_run_buttons, import_blocks
from bot.imports.imports import ImportActions
from bot.slack import payloads, replies


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the buttons and the menus of a dry run."""
    listeners = _Listeners(ImportActions(dependencies))
    redrawn = replies.later_with_table(dependencies.refused, dependencies.clock)
    app.action(dry_run_buttons.SEND)(ack=listeners.send, lazy=[redrawn])
    for name in dry_run_buttons.INCLUDING:
        app.action(name)(ack=listeners.register, lazy=[replies.later, home.refresh])
    app.action(dry_run_buttons.DROP)(ack=listeners.drop, lazy=[replies.later])
    app.action(dry_run_buttons.SITE)(ack=listeners.choose, lazy=[redrawn])
    app.action(dry_run_buttons.BUILD)(ack=listeners.choose, lazy=[redrawn])


class _Listeners:
    """The listeners of a dry run; an answer that is no card replaces the message."""

    def __init__(self, actions: ImportActions) -> None:
        self._actions = actions

    def register(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Register the ready rows, and those that the button includes."""
        imported, message = self._actions.register(
            payloads.number(action["value"]), action["action_id"], body["user"]["id"]
        )
        replies.leave(context, message, instead=imported.card_id is None)
        ack()

    def drop(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Drop the import."""
        imported = self._actions.drop(payloads.number(action["value"]), body["user"]["id"])
        if imported.card_id is None:
            replies.leave(context, import_blocks.dropped(imported), instead=True)
        ack()

    def choose(self, ack: Ack, action: dict[str, Any], context: BoltContext) -> None:
        """Set the site or the build of the rows that name none."""
        import_id = payloads.number(action["block_id"].rpartition("-")[2])
        imported = self._actions.choose(
            import_id, action["action_id"], action["selected_option"]["value"]
        )
        if imported.card_id is None:
            replies.leave(context, dry_run_blocks.dry_run(imported), instead=True)
        ack()

    def send(
        self, ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Send the whole dry run as a file."""
        imported = self._actions.send(payloads.number(action["value"]), body["user"]["id"])
        replies.leave(context, dry_run_blocks.dry_run(imported, sent=True), instead=True)
        ack()
