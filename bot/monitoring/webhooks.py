"""The listener of `webhooks`: the pending messages, a test, and a second sending.

No webhook is made here: its key would stay in Slack.
"""

import structlog

from bot.commands.dispatch import Dispatcher, refusal_in_public
from bot.commands.models import WebhooksCommand
from bot.monitoring import webhook_blocks
from bot.slack.markup import Message, plain
from infrastructure.text import Sentence
from provisioning.maintenance.acts.actors import Principal
from provisioning.monitoring.webhooks import hooks
from provisioning.values.language import _

log = structlog.get_logger()

MANAGING = Sentence("see and test webhooks")


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command."""
    dependencies = dispatcher.dependencies

    def webhooks(command: WebhooksCommand, principal: Principal) -> Message:
        if not dependencies.policy.policy.admins:
            return plain(
                _(
                    "The policy names no admins: `boot.sh webhooks` alone shows and changes "
                    "webhooks."
                )
            )
        dependencies.policy.policy.permit_named_admin(principal.actor.by, MANAGING)
        if refusal := refusal_in_public(dependencies, principal, "webhooks"):
            return refusal
        if not command.act:
            with dependencies.database.reading() as session:
                found = hooks.listed(session)
            return webhook_blocks.listed(found, dependencies.command, dependencies.board_origin)
        now, number = principal.at, command.number
        if command.act == "test":
            with dependencies.database.begin() as session:
                hooks.try_out(session, number, by=principal.actor.by, at=now)
            answer = webhook_blocks.tried(number, dependencies.command)
        else:
            answer = webhook_blocks.replayed(hooks.replay(dependencies.database, number, at=now))
        log.info("webhook changed", by=principal.actor.by, webhook=number, verb=command.act)
        return answer

    dispatcher.handle(WebhooksCommand, webhooks)
