"""Listeners that register, move, re-image and cancel one Mac."""

import json
from datetime import timedelta
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
from bot.slack import replies
from bot.slack.markup import Message
from provisioning.imports.parsing.entries import Entry, ParseResult
from provisioning.imports.parsing.serial_shapes import doubt_of, is_apple
from provisioning.munki.destinations import DestinationIndex
from provisioning.munki.namesakes import Look
from provisioning.registrations import changes, name_clashes, naming, queries, similar
from provisioning.registrations import register as registrations
from provisioning.registrations.models import CONFIRMED, Registration
from provisioning.values import computer_names
from provisioning.values.serials import Serial

FRESH = timedelta(days=14)  # after a confirmation, in which re-imaging is asked twice


def register_listeners(
    app: App, dispatcher: Dispatcher, dependencies: BotDependencies, home: HomeRefresher
) -> None:
    """Answer the commands and the buttons that move and re-image a Mac."""
    importing = ImportActions(dependencies)
    actions = RegistrationActions(dependencies, importing)

    def typed(wanted: RegisterCommand, asker: Requester) -> Message:
        """Register one Mac at once."""
        serial = Serial.parse(wanted.serial)
        return actions.register(serial, wanted.site, wanted.build, asker, name=wanted.name)

    dispatcher.handle(RegisterCommand, typed)
    dispatcher.handle(
        MoveCommand,
        lambda it, asker: actions.move(Serial.parse(it.serial), it.site, it.build, asker),
    )
    dispatcher.handle(
        CancelCommand, lambda it, asker: actions.cancel(Serial.parse(it.serial), asker)
    )
    dispatcher.handle(
        ReimageCommand, lambda it, asker: actions.reimage(Serial.parse(it.serial), asker)
    )

    def move(ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext) -> None:
        """Move the registration that the button names."""
        to = json.loads(action["value"])
        asker = Requester(body["user"]["id"], "button")
        moved = actions.move(Serial.parse(to["serial"]), to["site"], to["build"], asker)
        replies.leave(context, moved)
        ack()

    def reimage(
        ack: Ack, action: dict[str, Any], body: dict[str, Any], context: BoltContext
    ) -> None:
        """Re-image the Mac that the button names, asked for twice by now."""
        asker = Requester(body["user"]["id"], "button")
        replies.leave(context, actions.reimage(Serial.parse(action["value"]), asker, sure=True))
        ack()

    later = [replies.later, home.again]
    app.action(blocks.MOVE)(ack=move, lazy=later)
    app.action(blocks.REIMAGE)(ack=reimage, lazy=later)


class RegistrationActions:
    """Operations on one Mac: each method is one of them and one message back.

    Raises RollcallError, having done nothing.
    """

    def __init__(self, dependencies: BotDependencies, importing: ImportActions) -> None:
        self._dependencies, self._importing = dependencies, importing

    def register(
        self,
        serial: Serial,
        site: str,
        build: str,
        asker: Requester,
        *,
        note: str = "",
        name: str = "",
    ) -> Message:
        """Register a Mac, if nobody else has; `name`, where given, is what it is to be called.

        A doubtful serial is shown first, as several are, and so is one with a doubtful name.
        """
        called = computer_names.parse(name) if name else None
        destination = self._dependencies.repo.destination(site, build)
        self._dependencies.permit(asker, destination.site)
        look = self._dependencies.repo.namesakes() if called else None
        if self._is_doubtful(serial, called, look):
            doubt = doubt_of(Serial(serial.key))
            to = destination
            entry = Entry(serial, to.site, to.build, doubt=doubt, name=name or None)
            how = self._importing.submission(asker, note=note)
            return self._importing.show(
                ParseResult((entry,)), DestinationIndex(self._dependencies.repo), how
            )
        with self._dependencies.acting("registered", asker) as (session, operation):
            batch = registrations.register(
                session,
                [serial],
                destination,
                operation=operation,
                channel=self._dependencies.channel_of(destination.site),
                note=note,
            )
            if called and look and batch.registered:
                mac = queries.get_open(session, serial, lock=True)
                naming.assign(session, mac, called, look, operation=operation)
            return blocks.registered(batch, destination, operation, called)

    def move(self, serial: Serial, site: str, build: str, asker: Requester) -> Message:
        """Send a registered Mac somewhere else."""
        destination = self._dependencies.repo.destination(site, build)
        self._dependencies.permit(asker, destination.site, self._site_of(serial))
        with self._dependencies.acting("moved", asker) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(asker, mac.site)
            changes.move(session, [mac], destination, operation)
            return blocks.moved(mac, destination, operation)

    def cancel(self, serial: Serial, asker: Requester) -> Message:
        """Forget a registration."""
        self._dependencies.permit(asker, self._site_of(serial))
        with self._dependencies.acting("cancelled", asker) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(asker, mac.site)
            changes.apply(session, [mac], changes.cancel, operation)
            return blocks.cancelled(mac, operation)

    def reimage(self, serial: Serial, asker: Requester, *, sure: bool = False) -> Message:
        """Have a Mac wait for another first boot; asks back where it was confirmed lately."""
        with self._dependencies.database.reading() as session:
            registration = queries.get_open(session, serial)
        if not sure and self._is_fresh(registration):
            return blocks.really_reimage(registration)
        self._dependencies.permit(asker, registration.site)
        with self._dependencies.acting("reimaged", asker) as (session, operation):
            mac = changes.lock_open(session, serial)
            self._dependencies.permit(asker, mac.site)
            changes.apply(session, [mac], changes.reimage, operation)
            return blocks.reimaged(mac, operation)

    def _is_doubtful(self, serial: Serial, name: str | None, look: Look | None) -> bool:
        """Tell if a person should look at a serial or a name again; never where it is registered.

        Those that are not of Apple's shape are often numbered, so each is near another one.
        """
        with self._dependencies.database.reading() as session:
            if queries.is_open(session, serial):
                return False
            near = is_apple(serial.key) and similar.slip_of(session, serial.key)
            like = name_clashes.called_like(session, [serial.key])
            clash = (
                name_clashes.clash_of(session, look, Serial(serial.key), name)
                if name and look
                else None
            )
        is_doubted = clash is not None and not clash.is_sure
        return bool(near or like or is_doubted or doubt_of(Serial(serial.key)))

    def _site_of(self, serial: Serial) -> str:
        with self._dependencies.database.reading() as session:
            return queries.get_open(session, serial).site

    def _is_fresh(self, mac: Registration) -> bool:
        confirmed_at = mac.confirmed_at if mac.state == CONFIRMED else None
        return confirmed_at is not None and self._dependencies.clock() - confirmed_at < FRESH
