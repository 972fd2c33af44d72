"""Listeners that register, move, re-image and cancel one Mac."""

from dataclasses import replace
from datetime import timedelta

from bot.commands.dispatch import Dispatcher, Press
from bot.commands.models import CancelCommand, MoveCommand, RegisterCommand, ReimageCommand
from bot.dependencies import BotDependencies
from bot.imports import pasting
from bot.registrations import blocks
from bot.slack.markup import Message
from provisioning.imports.parsing.entries import ParseResult
from provisioning.maintenance.acts import changing, registering
from provisioning.maintenance.acts.actors import Principal
from provisioning.maintenance.acts.registering import DoubtfulSerial, MacRequest
from provisioning.maintenance.acts.verbs import Verb
from provisioning.munki import Destination
from provisioning.registrations import queries
from provisioning.registrations.models import CONFIRMED, Mac, Operation
from provisioning.values.serials import Serial

REIMAGE_WARNING = timedelta(days=14)  # after a confirmation, in which re-imaging is asked twice


def register_listeners(dispatcher: Dispatcher) -> None:
    """Answer the commands that register and change a Mac, and the buttons that change one."""
    _answer_commands(dispatcher)
    _answer_buttons(dispatcher)


def _answer_commands(dispatcher: Dispatcher) -> None:
    dependencies = dispatcher.dependencies

    def register_one(command: RegisterCommand, principal: Principal) -> Message:
        """Register one Mac at once."""
        serial = Serial.parse(command.serial)
        destination = dependencies.repo.now().destination(command.site, command.build)
        return register(dependencies, MacRequest(serial, destination, command.name), principal)

    def move(command: MoveCommand, principal: Principal) -> Message:
        serial = Serial.parse(command.serial)
        return _move(dependencies, serial, command.site, command.build, principal)

    def cancel(command: CancelCommand, principal: Principal) -> Message:
        serial = Serial.parse(command.serial)
        return blocks.cancelled(*_change(Verb.CANCEL, serial, None, principal))

    def reimage(command: ReimageCommand, principal: Principal) -> Message:
        """Have a Mac wait for another first boot; asks back where it was confirmed recently."""
        serial = Serial.parse(command.serial)
        with dependencies.database.reading() as session:
            registration = queries.get_open(session, serial)
        confirmed_at = registration.confirmed_at if registration.state == CONFIRMED else None
        if confirmed_at is not None and principal.at - confirmed_at < REIMAGE_WARNING:
            return blocks.really_reimage(registration)
        return _reimage(serial, principal)

    dispatcher.handle(RegisterCommand, register_one)
    dispatcher.handle(MoveCommand, move)
    dispatcher.handle(CancelCommand, cancel)
    dispatcher.handle(ReimageCommand, reimage)


def _answer_buttons(dispatcher: Dispatcher) -> None:
    dependencies = dispatcher.dependencies

    def move(press: Press) -> Message:
        target = press.stored(serial=str, site=str, build=str)
        serial = Serial.parse(target["serial"])
        return _move(dependencies, serial, target["site"], target["build"], press.principal)

    def reimage(press: Press) -> Message:
        """Re-image the Mac that the button names: the person has confirmed it."""
        return _reimage(Serial.parse(press.action["value"]), press.principal)

    dispatcher.answer_button(blocks.MOVE, move, dispatcher.home.refresh)
    dispatcher.answer_button(blocks.REIMAGE, reimage, dispatcher.home.refresh)


def register(dependencies: BotDependencies, wanted: MacRequest, principal: Principal) -> Message:
    """Register a Mac, or show it as a dry run where its serial or its name is doubtful.

    Raises RollcallError, having done nothing.
    """
    try:
        registered = registering.register(
            dependencies.repo,
            wanted,
            principal,
            is_sure=False,
            channel_of=dependencies.channel_of,
        )
    except DoubtfulSerial:
        result = ParseResult((wanted.entry,))
        submission = replace(pasting.submitted(principal), note=wanted.note)
        return pasting.show(dependencies, result, dependencies.places, submission)
    return blocks.registered(registered, wanted.serial)


def _move(
    dependencies: BotDependencies, serial: Serial, site: str, build: str, principal: Principal
) -> Message:
    destination = dependencies.repo.now().destination(site, build)
    mac, operation = _change(Verb.MOVE, serial, destination, principal)
    is_prestaged = dependencies.policy.policy.site(destination.site).prestage
    return blocks.moved(mac, destination, operation, is_prestaged=is_prestaged)


def _reimage(serial: Serial, principal: Principal) -> Message:
    return blocks.reimaged(*_change(Verb.REIMAGE, serial, None, principal))


def _change(
    verb: Verb, serial: Serial, destination: Destination | None, principal: Principal
) -> tuple[Mac, Operation]:
    """Change one Mac; return it as it was before, and the operation. Raises RollcallError."""
    changed = changing.change(verb, changing.of_mac(serial), destination, principal)
    return changed.macs[0], changed.operation
