"""Listeners of the messages about drifts: a manifest is put back, or the registration follows."""

from bot.commands.dispatch import Dispatcher, Press
from bot.monitoring import drift_blocks
from bot.slack.markup import Message
from provisioning.maintenance.acts import identity


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the buttons; the first press wins."""
    dependencies = dispatcher.dependencies

    def put_back(press: Press) -> Message:
        drift = press.stored(drift=int)["drift"]
        return drift_blocks.being_put_back(identity.put_back(drift, press.principal))

    def put_all_back(press: Press) -> Message:
        card = press.stored(card=int)["card"]
        number = identity.put_all_back(card, press.principal)
        return drift_blocks.being_all_put_back(number)

    def take_over(press: Press) -> Message:
        value = press.stored(drift=int, there=str)
        taken_over = identity.take_over(
            dependencies.repo, value["drift"], value["there"], press.principal
        )
        return drift_blocks.taken_over(*taken_over)

    dispatcher.answer_button(drift_blocks.BACK, put_back)
    dispatcher.answer_button(drift_blocks.ALL_BACK, put_all_back)
    dispatcher.answer_button(drift_blocks.OVER, take_over)
