"""The command that puts a Mac in the place of another, and the buttons of its dry run."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import Dispatcher, answer_button
from bot.commands.models import ReplaceCommand
from bot.dependencies import BotDependencies, HomeRefresher
from bot.firstboot import replacement_blocks
from bot.firstboot.replacement_blocks import ShownReplacement
from bot.slack.markup import Message
from bot.slack.replies import ReplacingAnswer
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.identity import ReplacementPreview
from provisioning.values.serials import Serial


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the command, and the buttons for the exchanged part."""
    _preview(app, dispatcher, dependencies)

    def replace(action: dict[str, Any], principal: Principal) -> ReplacingAnswer:
        """Replace the Mac or its board as the button says; the answer replaces the question."""
        wish, pressed = ShownReplacement.from_json(action["value"]), action["action_id"]
        kind = BOARD if pressed == replacement_blocks.SWAPPED else MAC
        keep = pressed == replacement_blocks.KEEP
        replacement, operation = identity.replace(
            dependencies.repo,
            identity.ReplacementWish(Serial(wish.old), Serial(wish.new), kind, keep, wish.revision),
            principal,
        )
        return ReplacingAnswer(replacement_blocks.replaced(replacement, operation))

    for action_id in (
        replacement_blocks.SWAPPED,
        replacement_blocks.KEEP,
        replacement_blocks.REMOVE,
    ):
        answer_button(app, dependencies, action_id, replace, home.refresh)


def _preview(app: App, dispatcher: Dispatcher, dependencies: BotDependencies) -> None:
    def foresee(old: Serial, new: Serial, principal: Principal) -> ReplacementPreview:
        return identity.foresee(dependencies.repo, old, new, principal)

    def dry_run(command: ReplaceCommand, principal: Principal) -> Message:
        """Show the effect of a replacement, with the two cases to choose from."""
        old, new = Serial.parse(command.old), identity.spelled(Serial.parse(command.new))
        preview = foresee(old, new, principal)
        mac = preview.registration
        wish = ShownReplacement(old.key, new.text, mac.revision)
        return replacement_blocks.dry_run(mac, wish, preview.doubts, preview.path)

    def ask(action: dict[str, Any], principal: Principal) -> ReplacingAnswer:
        """Ask about the former manifest, in the place of the dry run."""
        wish = ShownReplacement.from_json(action["value"])
        preview = foresee(Serial(wish.old), Serial(wish.new), principal)
        question = replacement_blocks.keep_or_remove(preview.registration, wish, preview.path)
        return ReplacingAnswer(question)

    dispatcher.handle(ReplaceCommand, dry_run)
    answer_button(app, dependencies, replacement_blocks.EXCHANGED, ask)
