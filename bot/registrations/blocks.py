"""Blocks of answers to commands and buttons; Slack shows them to that person alone."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    DividerBlock,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.markup import (
    Message,
    escape,
    known,
    macs,
    markup,
    moment,
    paragraphs,
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
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds

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
        name = f" It is to be called {escape(called)}." if called else ""
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
    if result.act.what == BENCHED:
        return plain(_bench_undone(result))
    if result.left:
        names = ", ".join(f"`{mac.name}`" for mac in result.left[:MOST_NAMED])
        lines.append(f"Left alone, because something happened to them since: {names}.")
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
        plain(f"`{mac.name}` waits for its next first boot again, for {destination}."), operation
    )


def really_reimage(registration: Registration) -> Message:
    """The question before a Mac is imaged again that was done only lately."""
    confirmed = moment(registration.confirmed_at) if registration.confirmed_at else "lately"
    question = (
        f"`{registration.name}` was confirmed {confirmed}. Somebody may be using it. "
        "Image it again?"
    )
    button = ButtonElement(
        text="Yes, image it again",
        action_id=REIMAGE,
        value=registration.serial,
        style="danger",
    )
    return Message(question, [section(question), ActionsBlock(elements=[button])])


def cancelled(mac: Mac | Registration, operation: Operation) -> Message:
    """The answer to a cancellation."""
    message = plain(
        f"Cancelled the registration of `{mac.name}` for {place(mac.site, mac.build)}, "
        f"made by {person(mac.registered_by)}. A manifest that was written stays."
    )
    return undoable(message, operation)


def usage(kinds: Kinds) -> Sequence[tuple[str, str]]:
    """The forms of the slash command where a repo has these kinds, each with its meaning."""
    form, site = kinds.form, " [SITE]" if SITE in kinds.names else ""
    parts = ", ".join(f"a {kind}" for kind in kinds.names)
    deeds = {SITE: ("goes to SITE", "go to SITE"), BUILD: ("becomes BUILD", "become BUILD")}
    one, several = (" and ".join(deeds[kind][number] for kind in kinds.names) for number in (0, 1))
    return (
        (f"register SERIAL {form}", f"this Mac {one}"),
        (f"register SERIAL {form} named NAME", "and is to be called NAME"),
        ("register ANYTHING", "a list, a table, a mail: shown first, then registered"),
        ("template", "a spreadsheet to fill in, as a message to you"),
        (f"move SERIAL {form}", "send a registered Mac somewhere else"),
        ("name SERIAL NAME", "what a registered Mac is to be called"),
        ("cancel SERIAL", "forget a registration"),
        ("reimage SERIAL", "have a Mac wait for another first boot"),
        ("replace OLD NEW", "a Mac, or its board, was exchanged: NEW takes the place of OLD"),
        ("show SERIAL", "everything that happened to a Mac"),
        ("preview SERIAL", "what would happen to a Mac if it booted now, and why"),
        ("find TEXT", f"any part of a serial, {parts}, a note, or a @person"),
        (f"list{site}", "the Macs that still wait"),
        (f"bench {form} 12 [for 2h]", f"the next 12 Macs that nobody registered {several}"),
        ("log", "who did what"),
        ("digest", "the Macs that somebody should look after"),
        (f"stats{site} [WEEKS]", "a picture of how many Macs were done, and how fast"),
        (f"export{site}", "all registrations as a file for spreadsheets"),
        ("doctor", "what an admin has to fix"),
        ("help", "this text"),
    )


USAGE = usage(BOTH)


def guide(command: str, sites: Sequence[str] | None, builds: Sequence[str] | None) -> Message:
    """The help: everything that can be typed; None for a kind of names that the repo lacks."""
    forms = usage(Kinds.of(sites, builds))
    usage_lines = "\n".join(f"• `{command} {form}`: {meaning}" for form, meaning in forms)
    first, *others = [
        known(names, title)
        for names, title in ((sites, "Sites"), (builds, "Builds"))
        if names is not None
    ]
    lines = [
        f"*{command}* opens a form. Or type, in upper or lower case:\n{usage_lines}",
        f"A name with a space goes in quotes.\n{first}",
        *others,
    ]
    return Message("\n".join(lines), paragraphs(lines))


def _bench_undone(result: Undone) -> str:
    names = ", ".join(f"`{mac.name}`" for mac in result.left[:MOST_NAMED])
    number = len(result.left) - MOST_NAMED
    more = f" and {number} more" if number > 0 else ""
    if not names:
        return "The bench is closed; it had taken no Mac."
    return f"The bench is closed. What it had taken stays registered: {names}{more}."


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
