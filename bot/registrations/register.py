"""Listeners that register, move, re-image and cancel one Mac."""

from datetime import timedelta
from typing import Any

from slack_bolt import App

from bot.commands.dispatch import Dispatcher, answer_button
from bot.commands.models import (
    CancelCommand,
    MoveCommand,
    RegisterCommand,
    ReimageCommand,
)
from bot.dependencies import BotDependencies, HomeRefresher, Requester
from bot.imports.imports import ImportActions
from bot.registrations import blocks
from bot.slack import payloads
from bot.slack.markup import Message
from provisioning.imports.parsing.entries import ParseResult
from provisioning.maintenance.acts import changing, registering
from provisioning.maintenance.acts.registering import DoubtfulSerial, Wanted
from provisioning.maintenance.acts.verbs import Verb
from provisioning.munki import Destination
from provisioning.munki.destinations import DestinationIndex
from provisioning.registrations import queries
from provisioning.registrations.models import CONFIRMED, Mac, Operation, Registration
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
    def move(action: dict[str, Any], requester: Requester) -> Message:
        target = payloads.stored(action["value"], serial=str, site=str, build=str)
        serial = Serial.parse(target["serial"])
        return actions.move(serial, target["site"], target["build"], requester)

    def reimage(action: dict[str, Any], requester: Requester) -> Message:
        """Re-image the Mac that the button names: the person has confirmed it."""
        return actions.reimage(Serial.parse(action["value"]), requester, sure=True)

    answer_button(app, blocks.MOVE, move, home.refresh)
    answer_button(app, blocks.REIMAGE, reimage, home.refresh)


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
                self._dependencies.principal(requester),
                is_sure=False,
                channel_of=self._dependencies.channel_of,
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
        mac, operation = self._change(Verb.MOVE, serial, destination, requester)
        return blocks.moved(mac, destination, operation)

    def cancel(self, serial: Serial, requester: Requester) -> Message:
        """Forget a registration."""
        return blocks.cancelled(*self._change(Verb.CANCEL, serial, None, requester))

    def reimage(self, serial: Serial, requester: Requester, *, sure: bool = False) -> Message:
        """Have a Mac wait for another first boot; asks back where it was confirmed lately."""
        with self._dependencies.database.reading() as session:
            registration = queries.get_open(session, serial)
        if not sure and self._is_recent(registration):
            return blocks.really_reimage(registration)
        return blocks.reimaged(*self._change(Verb.REIMAGE, serial, None, requester))

    def _change(
        self, verb: Verb, serial: Serial, destination: Destination | None, requester: Requester
    ) -> tuple[Mac, Operation]:
        """Change one Mac; return it as it was before, and the operation."""
        dependencies = self._dependencies
        changed = changing.change(
            dependencies.database,
            verb,
            changing.of_mac(serial),
            destination,
            dependencies.principal(requester),
        )
        return changed.macs[0], changed.operation

    def _is_recent(self, mac: Registration) -> bool:
        confirmed_at = mac.confirmed_at if mac.state == CONFIRMED else None
        return confirmed_at is not None and self._dependencies.clock() - confirmed_at < RECENT
