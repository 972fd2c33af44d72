"""Listeners of the buttons that undo an operation, or the last change of a manifest."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import blocks, manifest_history
from bot.slack import payloads, replies
from bot.slack.buttons import UNDO
from bot.slack.markup import plain
from provisioning.maintenance.acts import changing, identity
from provisioning.values.language import _


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the undo button, and for the one beside a manifest's last change."""

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        requester = Requester.of(body)
        undone = changing.undo(
            dependencies.database,
            payloads.number(action["value"]),
            actor=requester.as_actor,
            permit_admin=partial(dependencies.permit_admin, requester),
            at=dependencies.clock(),
        )
        replies.leave(context, blocks.undone(undone))
        ack()

    def restore(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        requester = Requester.of(body)
        identity.restore(
            dependencies.database,
            payloads.number(action["value"]),
            actor=requester.as_actor,
            permit_admin=partial(dependencies.permit_admin, requester),
            at=dependencies.clock(),
        )
        replies.leave(
            context, plain(_("The manifest is being restored; you will hear when it is done."))
        )
        ack()

    app.action(UNDO)(ack=undo, lazy=[replies.later, home.refresh])
    app.action(manifest_history.RESTORE_BUTTON)(ack=restore, lazy=[replies.later])
