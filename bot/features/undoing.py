"""Taking back what was just done."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot import replies
from bot.blocks import answers
from bot.blocks.texts import UNDO
from bot.dependencies import Asker, Dependencies, HomeRefresher
from provisioning import acts, benches, imports


def attach(app: App, dependencies: Dependencies, home: HomeRefresher) -> None:
    """Listen for the button below everything that can be undone."""

    def undo(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        asker = Asker(body["user"]["id"], "button")
        with dependencies.acting("undone", asker) as (session, undoing):
            act = acts.begin_undo(session, int(action["value"]), undoing)
            if act.by != asker.user:
                dependencies.permit_admin(asker, "undo what somebody else did")
            take_back = benches.undo if act.what == acts.BENCHED else acts.undo
            undone = take_back(session, act, undoing)
            imports.undone(session, act)
            message = answers.undone(undone)
        replies.leave(context, message)
        ack()

    app.action(UNDO)(ack=undo, lazy=[replies.later, home.again])
