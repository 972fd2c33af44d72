"""Taking back what was just done."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import answers
from bot.dependencies import Asker, Dependencies, HomeRefresher
from provisioning import acts, imports


def attach(app: App, dependencies: Dependencies, home: HomeRefresher) -> None:
    """Listen for the button below everything that can be undone."""

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        by = body["user"]["id"]
        with dependencies.database.begin() as session:
            undone = acts.undo(
                session, int(action["value"]), by=by, via="button", at=dependencies.clock()
            )
            if undone.act.by != by:
                dependencies.permit_admin(Asker(by, "button"), "undo what somebody else did")
            imports.undone(session, undone.act)
            message = answers.undone(undone)
        replies.leave(context, message)
        ack()

    app.action(answers.UNDO)(ack=undo, lazy=[replies.later, home.again])
