"""Taking back what was just done."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.registrations import blocks
from bot.slack import replies
from bot.slack.markup import UNDO
from provisioning.firstboot import bench
from provisioning.imports import batches
from provisioning.registrations import operations
from provisioning.registrations.models import BENCHED


def attach(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the button below everything that can be undone."""

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        asker = Requester(body["user"]["id"], "button")
        with dependencies.acting("undone", asker) as (session, undoing):
            act = operations.begin_undo(session, int(action["value"]), undoing)
            if act.by != asker.user:
                dependencies.permit_admin(asker, "undo what somebody else did")
            take_back = bench.undo if act.what == BENCHED else operations.undo
            undone = take_back(session, act, undoing)
            batches.undone(session, act)
            message = blocks.undone(undone)
        replies.leave(context, message)
        ack()

    app.action(UNDO)(ack=undo, lazy=[replies.later, home.again])
