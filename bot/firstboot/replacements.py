"""The command that puts a Mac in the place of another, and the buttons of its dry run."""

from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.models import ReplaceCommand
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.firstboot import replacement_blocks
from bot.firstboot.replacement_blocks import Wish
from bot.slack import replies
from bot.slack.markup import Message
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.maintenance.acts import identity
from provisioning.maintenance.acts.identity import Prospect
from provisioning.values.serials import Serial


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the command, and the buttons that say what was exchanged."""
    actions = ReplacementActions(dependencies)
    dispatcher.handle(
        ReplaceCommand,
        lambda command, requester: actions.dry_run(
            Serial.parse(command.old), identity.spelled(Serial.parse(command.new)), requester
        ),
    )

    def ask(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Ask what becomes of the former manifest, in the place of the dry run."""
        requester = Requester.of(body)
        message = actions.ask(Wish.from_json(action["value"]), requester)
        replies.leave(context, message, instead=True)
        ack()

    def replace(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Replace the Mac or its board as the button says; the answer replaces the question."""
        requester = Requester.of(body)
        message = actions.replace(
            Wish.from_json(action["value"]),
            requester,
            kind=BOARD if action["action_id"] == replacement_blocks.SWAPPED else MAC,
            keep=action["action_id"] == replacement_blocks.KEEP,
        )
        replies.leave(context, message, instead=True)
        ack()

    app.action(replacement_blocks.EXCHANGED)(ack=ask, lazy=[replies.later])
    for action_id in (
        replacement_blocks.SWAPPED,
        replacement_blocks.KEEP,
        replacement_blocks.REMOVE,
    ):
        app.action(action_id)(ack=replace, lazy=[replies.later, home.refresh])


class ReplacementActions:
    """Operations on two serials: each method is one step of a replacement and one message back.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies) -> None:
        self._dependencies = dependencies

    def dry_run(self, old: Serial, new: Serial, requester: Requester) -> Message:
        """Show what a replacement would do, with the two cases to choose from."""
        prospect = self._foreseen(old, new, requester)
        wish = Wish(old.key, new.text, prospect.registration.revision)
        return replacement_blocks.dry_run(
            prospect.registration, wish, prospect.doubts, prospect.path
        )

    def ask(self, wish: Wish, requester: Requester) -> Message:
        """Ask what becomes of the manifest of a Mac that is replaced."""
        prospect = self._foreseen(Serial(wish.old), Serial(wish.new), requester)
        return replacement_blocks.keep_or_remove(prospect.registration, wish, prospect.path)

    def replace(self, wish: Wish, requester: Requester, *, kind: str, keep: bool) -> Message:
        """Put a Mac, or a board, in the place of another."""
        replacement, operation = identity.replace(
            self._dependencies.database,
            self._dependencies.repo,
            identity.Wish(Serial(wish.old), Serial(wish.new), kind, keep, wish.revision),
            actor=requester.as_actor,
            permit=partial(self._dependencies.permit, requester),
            at=self._dependencies.clock(),
        )
        return replacement_blocks.replaced(replacement, operation)

    def _foreseen(self, old: Serial, new: Serial, requester: Requester) -> Prospect:
        return identity.foresee(
            self._dependencies.database,
            self._dependencies.repo,
            old,
            new,
            permit=partial(self._dependencies.permit, requester),
        )
