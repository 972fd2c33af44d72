"""Blocks of messages about Macs that are not done: those that fell silent, and reminders."""

from collections.abc import Sequence

from bot.slack.markup import (
    Message,
    announced,
    announcement,
    moment,
    named_mac,
    person,
    place,
    places,
    posted,
    reported,
    standing,
    with_rest,
)
from provisioning.registrations.models import Registration
from provisioning.values.language import _, ngettext, stated

MAX_SILENT = 20  # silent Macs of one message; the others are counted


def stalled(silent: Sequence[Registration], by: str | None) -> Message:
    """The news that Macs fell silent while they were imaged.

    `silent` are one or more Macs of one site, registered by `by`; None: not registered.
    """
    if by:
        head = ngettext(
            ":hourglass: {person}, a Mac of yours fell silent while being imaged. Have a look at "
            "it:",
            ":hourglass: {person}, {number} Macs of yours fell silent while being imaged. Have a "
            "look at them:",
            len(silent),
            person=person(by),
        )
    else:
        head = ngettext(
            ":hourglass: A Mac that nobody registered fell silent while being imaged. Have a look "
            "at it:",
            ":hourglass: {number} Macs that nobody registered fell silent while being imaged. Have "
            "a look at them:",
            len(silent),
        )
    lines = with_rest([f"• {_last_word(mac)}" for mac in silent[:MAX_SILENT]], len(silent))
    target = places((mac.site, mac.build) for mac in silent)
    text = announcement([mac.name for mac in silent], len(silent), target=target)
    return Message(f"{head} {text}", posted([head, *lines]))


def reminder(mac: Registration) -> Message:
    """The reminder of a Mac that is not done, for the person who asked for it."""
    head = _(
        ":alarm_clock: You asked to be reminded of `{name}`: it is not confirmed yet.",
        name=mac.name,
    )
    text = _(":alarm_clock: Reminder: {macs}", macs=announced([mac], 1, _("not confirmed yet")))
    return Message(text, posted([head, standing(mac), *_step(mac)]))


def _last_word(mac: Registration) -> str:
    heard = (
        _("last heard from {moment}", moment=moment(mac.heard_at))
        if mac.heard_at
        else _("never heard from")
    )
    line = _(
        "{mac} for {place}, {heard}",
        mac=named_mac(mac.name),
        place=place(mac.site, mac.build),
        heard=heard,
    )
    return stated(line, reported(mac.step)) if mac.step else line


def _step(mac: Registration) -> list[str]:
    if mac.step is None or mac.heard_at is None:
        return []
    return [
        _(
            "Its last message, {moment}: {step}",
            moment=moment(mac.heard_at),
            step=reported(mac.step),
        )
    ]
