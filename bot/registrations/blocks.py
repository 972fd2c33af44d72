"""Blocks of answers to commands and buttons; Slack shows them to that person alone."""

import json

from slack_sdk.models.blocks import SectionBlock

from bot.slack.buttons import beside, confirming, danger, undoable
from bot.slack.markup import Message, listing, moment, person, place, plain, section, standing
from provisioning.maintenance.acts.registering import RegisteredMac
from provisioning.munki import Destination
from provisioning.registrations.models import BENCHED, Mac, Operation, Registration
from provisioning.registrations.operations import UndoResult
from provisioning.values.language import _, ngettext
from provisioning.values.serials import Serial
from provisioning.values.slack import escape

MOVE, REIMAGE = "move", "reimage"
MAX_NAMED = 20  # Macs that an undo left alone


def registered(result: RegisteredMac, serial: Serial) -> Message:
    """The answer to the registration of one Mac, or to that of one that is registered already."""
    destination = result.destination
    if not result.batch.registered:
        [mac] = result.batch.already
        if mac.destination == destination:
            return plain(_("Registered for that already: {mac}", mac=standing(mac)))
        text = _("Registered elsewhere already, unchanged:")
        return Message(f"{text} {standing(mac)}", [section(text), _movable(mac, destination)])
    text = _(
        "Registered `{serial}` for {place}.", serial=serial.key, place=_destination(destination)
    )
    if result.name:
        text = f"{text} {_('It will be called {name}.', name=escape(result.name))}"
    return undoable(plain(text), result.operation)


def undone(result: UndoResult) -> Message:
    """The answer to an undo."""
    if result.operation.what == BENCHED:
        return plain(_bench_undone(result))
    number = len(result.restored)
    text = ngettext("Undone: {number} Mac as before.", "Undone: {number} Macs as before.", number)
    if not number:
        text = _("Nothing was undone.")
    if result.left:
        names = listing([f"`{mac.name}`" for mac in result.left[:MAX_NAMED]], len(result.left))
        text += " " + _("Left alone, because they have changed since: {names}.", names=names)
    return plain(text)


def moved(
    mac: Mac | Registration, destination: Destination, operation: Operation, *, is_prestaged: bool
) -> Message:
    """The answer to a move; `mac` is as it was before, its new site may write manifests ahead."""
    facts = {
        "name": mac.name,
        "place": place(mac.site, mac.build),
        "destination": _destination(destination),
    }
    text = _(
        "Moved `{name}` from {place} to {destination}. Its manifest is written at its next first "
        "boot.",
        **facts,
    )
    if is_prestaged:
        text = _(
            "Moved `{name}` from {place} to {destination}. Its manifest is written within a "
            "minute.",
            **facts,
        )
    return undoable(plain(text), operation)


def reimaged(mac: Mac | Registration, operation: Operation) -> Message:
    """The answer to a request to image a Mac again."""
    destination = place(mac.site, mac.build)
    return undoable(
        plain(
            _(
                "`{name}` waits for its first boot again, for {destination}.",
                name=mac.name,
                destination=destination,
            )
        ),
        operation,
    )


def really_reimage(registration: Registration) -> Message:
    """The question before a Mac that was confirmed recently is imaged again."""
    confirmed = moment(registration.confirmed_at) if registration.confirmed_at else _("lately")
    question = _(
        "`{name}` was confirmed {confirmed}. Somebody may be using it. Image it again?",
        name=registration.name,
        confirmed=confirmed,
    )
    button = danger(
        _("Image it again"),
        REIMAGE,
        registration.serial,
        title=_("Image this Mac again?"),
        consequence=_(
            "{name} waits for another first boot, which erases it.", name=registration.name
        ),
        confirm=_("Image this Mac again"),
    )
    return Message(question, [beside(question, button)])


def cancelled(mac: Mac | Registration, operation: Operation) -> Message:
    """The answer to a cancellation."""
    message = plain(
        _(
            "Cancelled `{name}` for {place}, registered by {person}. A manifest that was written "
            "stays.",
            name=mac.name,
            place=place(mac.site, mac.build),
            person=person(mac.registered_by),
        )
    )
    return undoable(message, operation)


def _bench_undone(result: UndoResult) -> str:
    names = listing([f"`{mac.name}`" for mac in result.left[:MAX_NAMED]], len(result.left))
    if not names:
        return _("The bench is closed. It took no Macs.")
    return _("The bench is closed. The Macs that it took stay registered: {names}.", names=names)


def _movable(registration: Registration, destination: Destination) -> SectionBlock:
    value = {"serial": registration.serial, "site": destination.site, "build": destination.build}
    consequence = _(
        "{name} goes to {destination} instead.", name=registration.name, destination=destination
    )
    button = confirming(
        _("Move it here"),
        MOVE,
        json.dumps(value),
        title=_("Move this Mac?"),
        consequence=consequence,
        confirm=_("Move"),
    )
    return beside(standing(registration), button)


def _destination(destination: Destination) -> str:
    return place(destination.site, destination.build)
