"""The command that puts a Mac in place of another, and the buttons of its dry run."""

from bot.commands.dispatch import Dispatcher, Press
from bot.commands.models import ReplaceCommand
from bot.firstboot import replacement_blocks
from bot.firstboot.replacement_blocks import ShownReplacement
from bot.slack.markup import Message
from bot.slack.replies import ReplacingAnswer
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.firstboot.replacements.replacing import ReplacementRequest
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.identity import ReplacementPreview
from provisioning.values.serials import Serial


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the command, and the buttons for the exchanged part."""
    dependencies = dispatcher.dependencies
    _preview(dispatcher)

    def replace(press: Press) -> ReplacingAnswer:
        """Replace the Mac or its board as the button says; the answer replaces the question."""
        pressed = press.action["action_id"]
        shown = ShownReplacement.from_json(press.action["value"])
        kind = BOARD if pressed == replacement_blocks.SWAPPED else MAC
        keep = pressed == replacement_blocks.KEEP
        old, new = Serial(shown.old), Serial(shown.new)
        request = ReplacementRequest(old, new, kind, keep, shown.revision)
        replacement, operation = identity.replace(dependencies.repo, request, press.principal)
        return ReplacingAnswer(replacement_blocks.replaced(replacement, operation))

    for action_id in (
        replacement_blocks.SWAPPED,
        replacement_blocks.KEEP,
        replacement_blocks.REMOVE,
    ):
        dispatcher.answer_button(action_id, replace, dispatcher.home.refresh)


def _preview(dispatcher: Dispatcher) -> None:
    dependencies = dispatcher.dependencies

    def foresee(old: Serial, new: Serial, principal: Principal) -> ReplacementPreview:
        return identity.foresee(dependencies.repo, old, new, principal)

    def dry_run(command: ReplaceCommand, principal: Principal) -> Message:
        """Show the effect of a replacement, with the two cases to choose from."""
        old, new = Serial.parse(command.old), identity.spelled(Serial.parse(command.new))
        preview = foresee(old, new, principal)
        mac = preview.registration
        shown = ShownReplacement(old.key, new.text, mac.revision)
        return replacement_blocks.dry_run(mac, shown, preview.doubts, preview.path)

    def ask(press: Press) -> ReplacingAnswer:
        """Ask about the former manifest, in place of the dry run."""
        shown = ShownReplacement.from_json(press.action["value"])
        preview = foresee(Serial(shown.old), Serial(shown.new), press.principal)
        question = replacement_blocks.keep_or_remove(preview.registration, shown, preview.path)
        return ReplacingAnswer(question)

    dispatcher.handle(ReplaceCommand, dry_run)
    dispatcher.answer_button(replacement_blocks.EXCHANGED, ask)
