"""What the person who typed is told, and nobody else."""

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

from bot.blocks.texts import (
    LONGEST_SECTION,
    Message,
    escape,
    markup,
    person,
    place,
    plain,
    section,
    standing,
)
from provisioning.models import Registration
from provisioning.munki import Destination
from provisioning.registrations import Batch

MOVE = "move"  # the action of every button that moves a registration
MOST_BUTTONS = 10  # conflicts that are shown one by one


def registered(batch: Batch, destination: Destination) -> Message:
    """What became of `/mac register`."""
    there = [mac for mac in batch.already if _is_at(mac, destination)]
    elsewhere = [mac for mac in batch.already if not _is_at(mac, destination)]
    lines = []
    if batch.registered:
        lines.append(f"Registered {_macs(batch.registered)} for {_to(destination)}.")
    if there:
        lines.append(f"{_macs(len(there))} already registered for it:")
    blocks: list[Block] = [section("\n".join(lines + _list(there)))] if lines else []
    if elsewhere:
        blocks.append(section(f"{_macs(len(elsewhere))} already registered elsewhere, unchanged:"))
        blocks += [_movable(mac, destination) for mac in elsewhere[:MOST_BUTTONS]]
        if len(elsewhere) > MOST_BUTTONS:
            blocks += [DividerBlock(), section("\n".join(_list(elsewhere[MOST_BUTTONS:])))]
        lines.append(f"{_macs(len(elsewhere))} already registered elsewhere.")
    return Message("\n".join(lines), blocks)


def moved(registration: Registration, before: Destination) -> Message:
    """What became of a move."""
    now = Destination(registration.site, registration.build)
    if now == before:
        return plain(f"`{registration.name}` is registered for {_to(now)} already.")
    return plain(
        f"Moved `{registration.name}` from {_to(before)} to {_to(now)}. "
        "Its manifest is written at its next first boot."
    )


def cancelled(registration: Registration) -> Message:
    """What became of a cancellation."""
    where = place(registration.site, registration.build)
    return plain(
        f"Cancelled the registration of `{registration.name}` for {where}, "
        f"made by {person(registration.registered_by)}. A manifest that was written stays."
    )


def found(registrations: Sequence[Registration], total: int, title: str) -> Message:
    """A list that a person asked for, under its title."""
    if not total:
        return plain(f"{title}: none.")
    more = f", the newest {len(registrations)} of them" if total > len(registrations) else ""
    head = f"{title}: {total}{more}"
    lines = [head, *_list(registrations)]
    return Message(head, _paragraphs(lines))


def guide(command: str, sites: Sequence[str], builds: Sequence[str]) -> Message:
    """What can be typed."""
    usage = "\n".join(
        f"• `{command} {form}`: {meaning}"
        for form, meaning in (
            ("register SERIAL [SERIAL…] SITE BUILD", "these Macs go to SITE and become BUILD"),
            ("move SERIAL SITE BUILD", "send a registered Mac somewhere else"),
            ("cancel SERIAL", "forget a registration"),
            ("find TEXT", "any part of a serial, a site, a build, a note, or a @person"),
            ("list [SITE]", "the Macs that still wait"),
            ("help", "this text"),
        )
    )
    return plain(
        f"*{command}* opens a form. Or type, in upper or lower case:\n{usage}\n"
        f"A name with a space goes in quotes.\n{known(sites, 'Sites')}\n{known(builds, 'Builds')}"
    )


def known(names: Sequence[str], title: str, most: int = 20) -> str:
    """The names there are to choose from."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{title}: {', '.join(map(escape, names[:most])) or 'none'}{more}"


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


def _paragraphs(lines: Sequence[str]) -> list[Block]:
    """Lines as sections, each as long as Slack allows."""
    texts = [lines[0]]
    for line in lines[1:]:
        if len(texts[-1]) + 1 + len(line) > LONGEST_SECTION:
            texts.append(line)
        else:
            texts[-1] += f"\n{line}"
    return [section(text) for text in texts]


def _list(registrations: Sequence[Registration]) -> list[str]:
    return [f"• {standing(registration)}" for registration in registrations]


def _is_at(registration: Registration, destination: Destination) -> bool:
    return Destination(registration.site, registration.build) == destination


def _to(destination: Destination) -> str:
    return place(destination.site, destination.build)


def _macs(number: int) -> str:
    return "1 Mac" if number == 1 else f"{number} Macs"
