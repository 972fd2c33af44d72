"""The command that puts a Mac in the place of another, and the buttons of its dry run."""

from collections.abc import Iterator
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext
from sqlalchemy.orm import Session

from bot.commands.dispatch import Dispatcher
from bot.commands.models import ReplaceCommand
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.firstboot import replacement_blocks
from bot.firstboot.replacement_blocks import Wish
from bot.slack import replies
from bot.slack.markup import Message
from provisioning.firstboot.replacements import manifests, replacing
from provisioning.firstboot.replacements.models import BOARD, MAC
from provisioning.firstboot.replacements.replacing import Exchange
from provisioning.imports.parsing.serial_shapes import doubt_of, is_apple
from provisioning.registrations import similar
from provisioning.registrations.models import Registration
from provisioning.values.language import _
from provisioning.values.serials import Serial, neighbours


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the command, and the buttons that say what was exchanged."""
    actions = ReplacementActions(dependencies)
    dispatcher.handle(
        ReplaceCommand,
        lambda command, requester: actions.dry_run(
            Serial.parse(command.old), _spelled(Serial.parse(command.new)), requester
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
        registration, __ = self._checked(old, new, requester)
        wish = Wish(old.key, new.text, registration.revision)
        with self._dependencies.database.reading() as session:
            doubts = list(_doubts(session, old, new))
        return replacement_blocks.dry_run(registration, wish, doubts, self._path(registration))

    def ask(self, wish: Wish, requester: Requester) -> Message:
        """Ask what becomes of the manifest of a Mac that is replaced."""
        registration, __ = self._checked(Serial(wish.old), Serial(wish.new), requester)
        return replacement_blocks.keep_or_remove(registration, wish, self._path(registration))

    def replace(self, wish: Wish, requester: Requester, *, kind: str, keep: bool) -> Message:
        """Put a Mac, or a board, in the place of another."""
        old, new = Serial(wish.old), Serial(wish.new)
        __, found = self._checked(old, new, requester)
        exchange = Exchange(old, new, kind, keep, found, wish.revision)
        with self._dependencies.acting(replacing.REPLACED, requester) as (session, operation):
            return replacement_blocks.replaced(
                replacing.replace(session, exchange, operation), operation
            )

    def _checked(
        self, old: Serial, new: Serial, requester: Requester
    ) -> tuple[Registration, str | None]:
        """Return the registration, and a short hash of the manifest that is to be written over.

        The repo may be slow, so it is read outside of the transaction.
        """
        with self._dependencies.database.reading() as session:
            registration = replacing.check(session, old, new)
        self._dependencies.permit(requester, registration.site)
        found, entries = manifests.found(self._dependencies.repo, new)
        replacing.check_entries(new, entries)
        return registration, found

    def _path(self, registration: Registration) -> str:
        return self._dependencies.repo.now().manifest_of(Serial(registration.name))


def _spelled(serial: Serial) -> Serial:
    """The serial as its Mac spells it, which names its manifest: Apple's are in upper case."""
    return Serial(serial.key) if is_apple(serial.key) else serial


def _doubts(session: Session, old: Serial, new: Serial) -> Iterator[str]:
    """Yield the reasons for which a person should compare the new serial with the Mac."""
    if doubt := doubt_of(new):
        yield doubt
    if not is_apple(new.key):  # often numbered, so that each is near another one
        return
    if neighbours([new.key], [old.key]):
        yield _("is one slip away from {serial}; is it really another one?", serial=old.key)
    elif near := similar.slip_of(session, new.key):
        yield _("is one slip away from {serial}, which is registered", serial=near)
