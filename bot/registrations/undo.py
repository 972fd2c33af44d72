"""Listeners of the buttons that undo an operation, or the last change of a manifest."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import blocks, manifest_history
from bot.slack import replies
from bot.slack.markup import plain
from bot.slack.undo_button import UNDO
from infrastructure.jobs import queue
from provisioning.firstboot import bench
from provisioning.firstboot.decisions import twins
from provisioning.firstboot.replacements import replacing
from provisioning.imports import batches
from provisioning.monitoring.drift import remedies
from provisioning.munki.editing import RESTORE
from provisioning.registrations import operations
from provisioning.registrations.models import BENCHED


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the undo button, and for the one beside a manifest's last change."""

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        requester = Requester(body["user"]["id"], "button")
        with dependencies.acting("undone", requester) as (session, undoing):
            operation = operations.begin_undo(session, int(action["value"]), undoing)
            if operation.by != requester.user:
                dependencies.permit_admin(requester, "undo what somebody else did")
            take_back = bench.undo if operation.what == BENCHED else operations.undo
            result = take_back(session, operation, undoing)
            batches.undone(session, operation)
            replacing.take_back(session, operation, result.restored)
            twins.take_back(session, operation, result.restored)
            remedies.take_back(session, operation, result.restored)
            message = blocks.undone(result)
        replies.leave(context, message)
        ack()

    def restore(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        by = body["user"]["id"]
        dependencies.permit_admin(Requester(by, "button"), "bring back a manifest")
        payload = {"revision": int(action["value"]), "by": by}
        with dependencies.database.begin() as session:
            queue.enqueue(session, RESTORE, payload, at=dependencies.clock())
        replies.leave(context, plain("The manifest is being brought back; you will hear of it."))
        ack()

    app.action(UNDO)(ack=undo, lazy=[replies.later, home.refresh])
    app.action(manifest_history.RESTORE)(ack=restore, lazy=[replies.later])
