"""Listeners of the cards that ask where an unknown Mac goes."""

from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies
from bot.firstboot import unknown_blocks
from bot.slack import modals, payloads, replies
from bot.slack.markup import Message
from provisioning.firstboot import unknown
from provisioning.maintenance.acts import answering
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.kinds import BUILD, SITE


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the menus and the buttons of the cards of unknown Macs; the first press wins."""

    def register(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        site, build = modals.chosen_destination(body)
        mac_id = payloads.number(action["value"])
        replies.leave(
            context,
            _register(dependencies, mac_id, site, build, dependencies.presser(body)),
        )
        ack()

    def dismiss(action: dict[str, Any], principal: Principal) -> Message:
        """Record that an unknown Mac is not ours."""
        mac_id, at = payloads.number(action["value"]), principal.at
        with dependencies.database.begin() as session:
            mac = unknown.dismiss(session, mac_id, by=principal.actor.by, at=at)
            return unknown_blocks.dismissed(mac)

    def correct(action: dict[str, Any], principal: Principal) -> Message:
        """Give an unknown Mac the registration whose serial was mistyped."""
        value = payloads.stored(action["value"], stranger=int, mac=int, revision=int)
        corrected = answering.correct(value["stranger"], value["mac"], value["revision"], principal)
        return unknown_blocks.corrected(*corrected)

    for menu in (SITE, BUILD):
        app.action({"block_id": unknown_blocks.CHOICE, "action_id": menu})(replies.acknowledge)
    app.action(unknown_blocks.REGISTER)(ack=register, lazy=[replies.later])
    answer_button(app, dependencies, unknown_blocks.DISMISS, dismiss)
    answer_button(app, dependencies, unknown_blocks.CORRECT, correct)


def _register(
    dependencies: BotDependencies, mac_id: int, site: str, build: str, principal: Principal
) -> Message:
    """Register an unknown Mac, on the card that asks."""
    repo = dependencies.repo.now()
    if not repo.layout.is_complete(site, build):
        return unknown_blocks.incomplete(site, build, repo.layout.kinds)
    destination = repo.destination(site, build)
    mac, operation = answering.register_unknown(
        mac_id, destination, principal, channel_of=dependencies.channel_of
    )
    return unknown_blocks.registered(mac, destination, operation)
