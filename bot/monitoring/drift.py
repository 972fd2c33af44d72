"""Listeners of the messages about drifts: a manifest is put back, or the registration follows."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies
from bot.monitoring import drift_blocks
from bot.slack import payloads
from bot.slack.markup import Message
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.actors import Principal


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the buttons; the first press wins."""

    def put_back(action: dict[str, Any], principal: Principal) -> Message:
        drift = payloads.stored(action["value"], drift=int)["drift"]
        return drift_blocks.being_put_back(identity.put_back(drift, principal))

    def put_all_back(action: dict[str, Any], principal: Principal) -> Message:
        card = payloads.stored(action["value"], card=int)["card"]
        number = identity.put_all_back(card, principal)
        return drift_blocks.being_all_put_back(number)

    def take_over(action: dict[str, Any], principal: Principal) -> Message:
        value = payloads.stored(action["value"], drift=int, there=str)
        taken_over = identity.take_over(
            dependencies.repo, value["drift"], value["there"], principal
        )
        return drift_blocks.taken_over(*taken_over)

    answer_button(app, dependencies, drift_blocks.BACK, put_back)
    answer_button(app, dependencies, drift_blocks.ALL_BACK, put_all_back)
    answer_button(app, dependencies, drift_blocks.OVER, take_over)
