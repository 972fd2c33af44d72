"""Listeners that register, move, re-image and cancel one Mac."""

from datetime import timedelta
from functools import partial
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.context.context import BoltContext

from bot.commands.dispatch import Dispatcher
from bot.commands.models import (
    CancelCommand,
    MoveCommand,
    RegisterCommand,
    ReimageCommand,
)
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.imports.imports import ImportActions
from bot.registrations import blocks
from bot.slack import payloads, replies
from bot.slack.markup import Message
from provisioning.imports.parsing.entries import ParseResult
from provisioning.maintenance.acts import registering
from provisioning.maintenance.acts.registering import DoubtfulSerial, Wanted
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations import changes, queries
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.values.serials import Serial

RECENT = timedelta(days=14)  # after a confirmation, in which re-imaging is asked twice


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the commands that register and change a Mac, and the buttons that change one."""
    imports = ImportActions(dependencies)
    actions = RegistrationActions(dependencies, imports)
    _register_commands(dispatcher, actions)
    _register_buttons(app, actions, home)


def _register_commands(dispatcher: Dispatcher, actions: "RegistrationActions") -> None:
    def register(command: RegisterCommand, requester: Requester) -> Message:
        """Register one Mac at once."""
        serial = Serial.parse(command.serial)
        return actions.register(serial, command.site, command.build, requester, name=command.name)

    def move(command: MoveCommand, requester: Requester) -> Message:
        return actions.move(Serial.parse(command.serial), command.site, command.build, requester)

    def cancel(command: CancelCommand, requester: Requester) -> Message:
        return actions.cancel(Serial.parse(command.serial), requester)

    def reimage(command: ReimageCommand, requester: Requester) -> Message:
        return actions.reimage(Serial.parse(command.serial), requester)

    dispatcher.handle(RegisterCommand, register)
    dispatcher.handle(MoveCommand, move)
    dispatcher.handle(CancelCommand, cancel)
    dispatcher.handle(ReimageCommand, reimage)


def _register_buttons(app: App, actions: "RegistrationActions", home: HomeRefresher) -> None:
    def move(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Move the registration that the button names."""
        target = payloads.stored(action["value"], serial=str, site=str, build=str)
        requester = Requester.of(body)
        message = actions.move(
            Serial.parse(target["serial"]), target["site"], target["build"], requester
        )
        replies.leave(context, message)
        ack()

    def reimage(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Re-image the Mac that the button names: the person has confirmed it."""
        requester = Requester.of(body)
        replies.leave(context, actions.reimage(Serial.parse(action["value"]), requester, sure=True))
        ack()

    lazy = [replies.later, home.refresh]
    app.action(blocks.MOVE)(ack=move, lazy=lazy)
    app.action(blocks.REIMAGE)(ack=reimage, lazy=lazy)


class RegistrationActions:
    """Operations on one Mac: each method is one of them and one message back.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies, imports: ImportActions) -> None:
        self._dependencies, self._imports = dependencies, imports

    def register(
        self,
        serial: Serial,
        site: str,
        build: str,
        requester: Requester,
        *,
        note: str = "",
        name: str = "",
    ) -> Message:
        """Register a Mac; `name`, where given, becomes its computer name.

        A doubtful serial is shown first, as several are, and so is one with a doubtful name.
        """
        destination = self._dependencies.repo.now().destination(site, build)
        wanted = Wanted(serial, destination, name, note)
        try:
            registered = registering.register(
                self._dependencies.database,
                self._dependencies.repo,
                wanted,
                is_sure=False,
                actor=requester.as_actor,
                permit=partial(self._dependencies.permit, requester),
                channel_of=self._dependencies.channel_of,
                at=self._dependencies.clock(),
            )
        except DoubtfulSerial:
            return self._ask_back(wanted, requester)
        return blocks.registered(
            registered.batch, destination, registered.operation, registered.name
        )

    def _ask_back(self, wanted: Wanted, requester: Requester) -> Message:
        """Show a doubtful Mac as a dry run."""
        submission = self._imports.submission(requester, note=wanted.note)
        places = DestinationIndex(self._dependencies.repo.now())
        return self._imports.show(ParseResult((wanted.entry,)), places, submission)

    def move(self, serial: Serial, site: str, build: str, requester: Requester) -> Message:
        """Send a registered Mac somewhere else."""
        destination = self._dependencies.repo.now().destination(site, build)
        self._dependencies.permit(requester, destination.site, self._site_of(serial))
        with self._dependencies.acting("moved", requester) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(requester, mac.site)
            changes.move(session, [mac], destination, operation)
            return blocks.moved(mac, destination, operation)

    def cancel(self, serial: Serial, requester: Requester) -> Message:
        """Forget a registration."""
        self._dependencies.permit(requester, self._site_of(serial))
        with self._dependencies.acting("cancelled", requester) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(requester, mac.site)
            changes.apply(session, [mac], changes.cancel, operation)
            return blocks.cancelled(mac, operation)

    def reimage(self, serial: Serial, requester: Requester, *, sure: bool = False) -> Message:
        """Have a Mac wait for another first boot; asks back where it was confirmed lately."""
        with self._dependencies.database.reading() as session:
            registration = queries.get_open(session, serial)
        if not sure and self._is_recent(registration):
            return blocks.really_reimage(registration)
        self._dependencies.permit(requester, registration.site)
        with self._dependencies.acting("reimaged", requester) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(requester, mac.site)
            changes.apply(session, [mac], changes.reimage, operation)
            return blocks.reimaged(mac, operation)

    def _site_of(self, serial: Serial) -> str:
        with self._dependencies.database.reading() as session:
            return queries.get_open(session, serial).site

    def _is_recent(self, mac: Registration) -> bool:
        confirmed_at = mac.confirmed_at if mac.state == CONFIRMED else None
        return confirmed_at is not None and self._dependencies.clock() - confirmed_at < RECENT
