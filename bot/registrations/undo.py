"""Listeners of the buttons that undo an operation, or the last change of a manifest."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies, HomeRefresher
from bot.registrations import blocks, manifest_history
from bot.slack import payloads
from bot.slack.buttons import UNDO
from bot.slack.markup import Message, plain
from provisioning.maintenance.acts import changing, identity
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _


def register_listeners(app: App, dependencies: BotDependencies, home: HomeRefresher) -> None:
    """Listen for the undo button, and for the one beside a manifest's last change."""

    def undo(action: dict[str, Any], principal: Principal) -> Message:
        number = payloads.number(action["value"])
        return blocks.undone(changing.undo(number, principal))

    def restore(action: dict[str, Any], principal: Principal) -> Message:
        revision = payloads.number(action["value"])
        identity.restore(revision, principal)
        return plain(_("The manifest is being restored; you will hear when it is done."))

    answer_button(app, dependencies, UNDO, undo, home.refresh)
    answer_button(app, dependencies, manifest_history.RESTORE_BUTTON, restore)
