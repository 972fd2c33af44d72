"""Listeners of the buttons below the question about two of a kind in a Mac's manifest."""

import json
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, Requester
from bot.firstboot import decision_blocks
from bot.slack import replies
from bot.slack.markup import Message, plain
from provisioning.firstboot import decisions
from provisioning.registrations.models import Registration

_ANSWERS = {action: answer for answer, action in decision_blocks.ACTIONS.items()}


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the two buttons."""

    def decide(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        asked, requester = json.loads(action["value"]), Requester.of(body)
        answer = _ANSWERS[action["action_id"]]
        message = _decide(dependencies, asked["registration"], asked["revision"], answer, requester)
        replies.leave(context, message)
        ack()

    for action_id in _ANSWERS:
        app.action(action_id)(ack=decide, lazy=[replies.later])


def _decide(
    dependencies: BotDependencies,
    registration_id: int,
    revision: int,
    answer: str,
    requester: Requester,
) -> Message:
    """Keep an answer, of a person who may register Macs where this one goes."""
    with dependencies.database.reading() as session:
        site = session.get_one(Registration, registration_id).site
    dependencies.permit(requester, site)
    with dependencies.acting("decided", requester) as (session, operation):
        registration = session.get_one(Registration, registration_id)
        dependencies.permit(requester, registration.site)
        decision = decisions.decide(session, registration_id, revision, answer, operation=operation)
        if decision is None:
            return plain(decision_blocks.NOT_ASKED)
        return decision_blocks.answered(decision, registration)
