"""Bringing back what a manifest was; the clerk does it, because a repo may be far away."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, Requester
from bot.registrations import manifest_blocks
from bot.slack import replies
from bot.slack.markup import plain
from infrastructure.jobs import queue
from provisioning.munki.editing import RESTORE


def attach(app: App, dependencies: BotDependencies) -> None:
    """Listen for the button beside a manifest's last change."""

    def restore(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        by = body["user"]["id"]
        dependencies.permit_admin(Requester(by, "button"), "bring back a manifest")
        facts = {"revision": int(action["value"]), "by": by}
        with dependencies.database.begin() as session:
            queue.owe(session, RESTORE, facts, at=dependencies.clock())
        replies.leave(context, plain("The manifest is being brought back; you will hear of it."))
        ack()

    app.action(manifest_blocks.RESTORE)(ack=restore, lazy=[replies.later])
