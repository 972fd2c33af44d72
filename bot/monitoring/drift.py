"""Listeners of the messages about drifts: a manifest is put back, or the registration follows."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.dependencies import BotDependencies, Requester
from bot.monitoring import drift_blocks
from bot.slack import payloads, replies
from bot.slack.markup import Message
from provisioning.maintenance.acts import identity


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for both buttons."""
    actions = DriftActions(dependencies)

    def put_back(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        value = payloads.stored(action["value"], drift=int)
        replies.leave(context, actions.put_back(value["drift"], Requester.of(body)))
        ack()

    def take_over(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        value = payloads.stored(action["value"], drift=int, there=str)
        answer = actions.take_over(value["drift"], value["there"], Requester.of(body))
        replies.leave(context, answer)
        ack()

    app.action(drift_blocks.BACK)(ack=put_back, lazy=[replies.later])
    app.action(drift_blocks.OVER)(ack=take_over, lazy=[replies.later])


class DriftActions:
    """Decisions about drifts: each method is one, and one message back; the first wins.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def put_back(self, drift_id: int, requester: Requester) -> Message:
        """Have a job put the manifest back."""
        registration = identity.put_back(
            self._dependencies.database,
            drift_id,
            actor=requester.as_actor,
            permit=partial(self._dependencies.permit, requester),
            at=self._dependencies.clock(),
        )
        return drift_blocks.is_being_put_back(registration)

    def take_over(self, drift_id: int, there: str, requester: Requester) -> Message:
        """Have the registration follow the manifest, if that is as the person saw it (`there`)."""
        registration, to, operation = identity.take_over(
            self._dependencies.database,
            self._dependencies.repo,
            drift_id,
            there,
            actor=requester.as_actor,
            permit=partial(self._dependencies.permit, requester),
            at=self._dependencies.clock(),
        )
        return drift_blocks.taken_over(registration, to, operation)
