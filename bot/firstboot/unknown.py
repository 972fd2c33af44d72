"""Listeners of the cards that ask where an unknown Mac goes."""

from bot.commands.dispatch import Dispatcher, Press
from bot.dependencies import BotDependencies
from bot.firstboot import unknown_blocks
from bot.slack import modals, replies
from bot.slack.markup import Message
from provisioning.firstboot import unknown
from provisioning.maintenance.acts import answering
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.kinds import BUILD, SITE


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the menus and the buttons of the cards of unknown Macs; the first press wins."""
    dependencies = dispatcher.dependencies

    def register(press: Press) -> Message:
        site, build = modals.chosen_destination(press.body)
        return _register(dependencies, press.number, site, build, press.principal)

    def dismiss(press: Press) -> Message:
        """Record that an unknown Mac is not ours."""
        mac_id, at = press.number, press.principal.at
        with dependencies.database.begin() as session:
            mac = unknown.dismiss(session, mac_id, by=press.principal.actor.by, at=at)
            return unknown_blocks.dismissed(mac)

    def correct(press: Press) -> Message:
        """Give an unknown Mac the registration whose serial was mistyped."""
        value = press.stored(stranger=int, mac=int, revision=int)
        corrected = answering.correct(
            value["stranger"], value["mac"], value["revision"], press.principal
        )
        return unknown_blocks.corrected(*corrected)

    for menu in (SITE, BUILD):
        dispatcher.app.action({"block_id": unknown_blocks.CHOICE, "action_id": menu})(
            replies.acknowledge
        )
    dispatcher.answer_button(unknown_blocks.REGISTER, register)
    dispatcher.answer_button(unknown_blocks.DISMISS, dismiss)
    dispatcher.answer_button(unknown_blocks.CORRECT, correct)


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
