"""Blocks of answers to commands and buttons; Slack shows them to that person alone."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    DividerBlock,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.buttons import beside, danger
from bot.slack.markup import (
    Message,
    escape,
    macs,
    markup,
    moment,
    person,
    place,
    plain,
    section,
    standing,
)
from bot.slack.undo_button import undoable
from provisioning.munki import Destination
from provisioning.registrations.models import BENCHED, Mac, Operation, Registration
from provisioning.registrations.operations import Undone
from provisioning.registrations.register import Batch

MOVE, REIMAGE = "move", "reimage"
MOST_BUTTONS = 10  # conflicts that are shown one by one
MOST_NAMED = 20  # Macs that an undo left alone


def registered(
    batch: Batch, destination: Destination, operation: Operation, called: str | None = None
) -> Message:
    """The answer to `/mac register`; `called` is the name that a new Mac is to have."""
    same_place = [mac for mac in batch.already if _is_at(mac, destination)]
    other_place = [mac for mac in batch.already if not _is_at(mac, destination)]
    lines = []
    if batch.registered:
        name = f" It will be called {escape(called)}." if called else ""
        lines.append(f"Registered {macs(batch.registered)} for {_destination(destination)}.{name}")
    if same_place:
        lines.append(f"{macs(len(same_place))} already registered for it:")
    blocks: list[Block] = [section("\n".join(lines + _lines(same_place)))] if lines else []
    if other_place:
        blocks.append(section(f"{macs(len(other_place))} already registered elsewhere, unchanged:"))
        blocks += [_movable(mac, destination) for mac in other_place[:MOST_BUTTONS]]
        if len(other_place) > MOST_BUTTONS:
            blocks += [DividerBlock(), section("\n".join(_lines(other_place[MOST_BUTTONS:])))]
        lines.append(f"{macs(len(other_place))} already registered elsewhere.")
    message = Message("\n".join(lines), blocks)
    return undoable(message, operation) if batch.registered else message


def undone(result: Undone) -> Message:
    """The answer to an undo."""
    lines = [f"Undone: {macs(len(result.restored))} as before."]
    if result.operation.what == BENCHED:
        return plain(_bench_undone(result))
    if result.left:
        names = ", ".join(f"`{mac.name}`" for mac in result.left[:MOST_NAMED])
        lines.append(f"Left alone, because they have changed since: {names}.")
    return plain(" ".join(lines))


def moved(mac: Mac | Registration, destination: Destination, operation: Operation) -> Message:
    """The answer to a move; `mac` is as it was before."""
    message = plain(
        f"Moved `{mac.name}` from {place(mac.site, mac.build)} to {_destination(destination)}. "
        "Its manifest is written at its next first boot."
    )
    return undoable(message, operation)


def reimaged(mac: Mac | Registration, operation: Operation) -> Message:
    """The answer to a request to image a Mac again."""
    destination = place(mac.site, mac.build)
    return undoable(
        plain(f"`{mac.name}` is waiting for its next first boot again, for {destination}."),
        operation,
    )


def really_reimage(registration: Registration) -> Message:
    """The question before a Mac is imaged again that was done only lately."""
    confirmed = moment(registration.confirmed_at) if registration.confirmed_at else "lately"
    question = (
        f"`{registration.name}` was confirmed {confirmed}. Somebody may be using it. "
        "Image it again?"
    )
    button = danger(
        "Image it again",
        REIMAGE,
        registration.serial,
        title="Image this Mac again?",
        consequence=f"{registration.name} waits for another first boot, which erases it.",
        confirm="Image this Mac again",
    )
    return Message(question, [beside(question, button)])


def cancelled(mac: Mac | Registration, operation: Operation) -> Message:
    """The answer to a cancellation."""
    message = plain(
        f"Cancelled the registration of `{mac.name}` for {place(mac.site, mac.build)}, "
        f"made by {person(mac.registered_by)}. If a manifest was written, it stays."
    )
    return undoable(message, operation)


def _bench_undone(result: Undone) -> str:
    names = ", ".join(f"`{mac.name}`" for mac in result.left[:MOST_NAMED])
    number = len(result.left) - MOST_NAMED
    more = f" and {number} more" if number > 0 else ""
    if not names:
        return "The bench is closed. It took no Macs."
    return f"The bench is closed. The Macs that it took stay registered: {names}{more}."


def _movable(registration: Registration, destination: Destination) -> SectionBlock:
    value = {"serial": registration.serial, "site": destination.site, "build": destination.build}
    return SectionBlock(
        text=markup(standing(registration)),
        accessory=ButtonElement(
            text="Move it here",
            action_id=MOVE,
            value=json.dumps(value),
            confirm=ConfirmObject(
                title="Move this Mac?",
                text=PlainTextObject(text=f"{registration.name} goes to {destination} instead."),
                confirm="Move",
                deny="Leave it",
            ),
        ),
    )


def _lines(registrations: Sequence[Registration]) -> list[str]:
    return [f"• {standing(registration)}" for registration in registrations]


def _is_at(registration: Registration, destination: Destination) -> bool:
    return Destination(registration.site, registration.build) == destination


def _destination(destination: Destination) -> str:
    return place(destination.site, destination.build)
