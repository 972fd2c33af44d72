"""Blocks about drifts: manifests that are otherwise than Rollcall wrote them."""

import json
from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.slack.buttons import beside, danger
from bot.slack.markup import (
    Message,
    announced,
    author,
    escape,
    macs,
    moment,
    person,
    place,
    plain,
    posted,
    section,
)
from bot.slack.undo_button import undoable
from provisioning.monitoring.drift.drifts import Told, found_in
from provisioning.monitoring.drift.examination import Change, Found
from provisioning.monitoring.drift.models import (
    AGREES,
    CANCELLED,
    CONFIRMED_AGAIN,
    MOVED,
    PUT_BACK,
    TAKEN_OVER,
    Drift,
)
from provisioning.munki import Destination
from provisioning.registrations.models import Operation, Registration

BACK, OVER = "drift_back", "drift_over"  # the actions
MOST_NAMED = 10  # drifts of one message
MOST_ENTRIES = 5  # of a manifest
LONGEST_ENTRY = 100  # characters


def card(first: Sequence[Told], total: int, unsettled: int) -> Message:
    """A message about one drift, with the buttons that settle it, or about the `first` of many."""
    if total == 1:
        return one(*first[0])
    tense = "are" if unsettled else "were"
    head = f"The manifests of {macs(total)} {tense} not as Rollcall wrote them:"
    lines = [head, *(f"• {_line(drift, mac)}" for drift, mac in first)]
    if total > len(first):
        lines.append(f"… and {total - len(first):,} more; the doctor lists them.")
    if unsettled:
        lines.append("`show SERIAL` shows one of them, with buttons to settle it.")
    macs_shown = [mac for _, mac in first]
    state = f"their manifests {tense} not as Rollcall wrote them"
    return Message(announced(macs_shown, total, state), posted(lines))


def one(drift: Drift, mac: Registration) -> Message:
    """A message about one drift."""
    text = announced([mac], 1, _state(drift, mac))
    if drift.settled_at is not None:
        return Message(text, plain(_line(drift, mac)).blocks)
    return Message(text, blocks(drift, mac))


def blocks(drift: Drift, mac: Registration) -> list[Block]:
    """Blocks about an open drift: what is there, who changed it, and the buttons."""
    found = found_in(drift)
    lines = [f":warning: {_fact(found, mac)}", *_details(found, mac), *_changed(found.change)]
    if drift.answer == PUT_BACK:
        return [section("\n".join([*lines, f"{person(drift.answered_by)} is having it put back."]))]
    if found.refusal:
        lines.append(f"The registration cannot be changed to match: {escape(found.refusal)}.")
    return [section("\n".join(lines)), *_remedies(drift, found, mac)]


def is_being_put_back(mac: Registration) -> Message:
    """The answer to a person who has a manifest put back."""
    return plain(f"The manifest of `{mac.name}` is being put back; the message about it says when.")


def taken_over(mac: Registration, to: Destination, operation: Operation) -> Message:
    """The answer to a person who has a registration follow its Mac's manifest."""
    there = place(to.site, to.build)
    message = plain(f"`{mac.name}` is registered for {there} now, as its manifest says.")
    return undoable(message, operation)


def changed_since(mac: Registration) -> Message:
    """The answer to a person who saw something else than what is there now."""
    return plain(
        f"The manifest of `{mac.name}` has changed in the meantime, so nothing was done: "
        "look at it again."
    )


def refused(mac: Registration, reason: str) -> Message:
    """The answer to a person who cannot have a registration follow its Mac's manifest."""
    return plain(f"The registration of `{mac.name}` cannot be changed to match: {escape(reason)}.")


def _line(drift: Drift, mac: Registration) -> str:
    """A drift in one line, with what became of it."""
    fact = _fact(found_in(drift), mac) if drift.settled_at is None else _past(found_in(drift), mac)
    return " ".join([fact, *_outcome(drift)])


def _state(drift: Drift, mac: Registration) -> str:
    """The same behind the name of a Mac, to be listened to."""
    found, verb = found_in(drift), "is" if drift.settled_at is None else "was"
    leads_to = found.difference.place
    fact = f"its manifest {verb} not as Rollcall wrote it."
    if found.difference.gone:
        fact = f"its manifest {verb} gone."
    elif leads_to and leads_to != (mac.site, mac.build):
        lead = "leads" if drift.settled_at is None else "led"
        fact = f"its manifest {lead} to {place(*leads_to)}."
    return " ".join([fact, *_outcome(drift)])


def _outcome(drift: Drift) -> Iterator[str]:
    """Yield what became of a drift; nothing where it is open."""
    if drift.settled_at is None:
        if drift.answer == PUT_BACK:
            yield f"{person(drift.answered_by)} is having it put back."
        return
    at, who = moment(drift.settled_at), person(drift.answered_by)
    yield {
        PUT_BACK: f"{who} had it put back {at}.",
        TAKEN_OVER: f"{who} changed the registration to match {at}.",
        AGREES: f"It went back to what it was {at}.",
        MOVED: f"The Mac waits for another first boot, since {at}.",
        CANCELLED: f"The registration was cancelled, {at}.",
        CONFIRMED_AGAIN: f"It was written again {at}, when the Mac called.",
    }[drift.outcome or AGREES]


def _fact(found: Found, mac: Registration) -> str:
    """The differences, in a sentence."""
    here = place(mac.site, mac.build)
    leads_to = found.difference.place
    if found.difference.gone:
        return f"The manifest of `{mac.name}` is gone; it is registered for {here}."
    if leads_to and leads_to != (mac.site, mac.build):
        there = place(*leads_to)
        return f"The manifest of `{mac.name}` leads to {there}; it is registered for {here}."
    return f"The manifest of `{mac.name}` is not as Rollcall wrote it; it is registered for {here}."


def _past(found: Found, mac: Registration) -> str:
    if found.difference.gone:
        return f"The manifest of `{mac.name}` was gone."
    if found.difference.place:
        return f"The manifest of `{mac.name}` led to {place(*found.difference.place)}."
    return f"The manifest of `{mac.name}` was not as Rollcall wrote it."


def _details(found: Found, mac: Registration) -> Iterator[str]:
    """Yield what is missing and what is there besides, where the fact does not say it."""
    difference = found.difference
    if difference.place in (None, (mac.site, mac.build)):
        if difference.missing:
            yield f"• It lacks {_entries(difference.missing)}."
        if difference.other:
            yield f"• It also includes {_entries(difference.other)}."
    if difference.catalogs is not None:
        before = (mac.includes or {}).get("catalogs") or ()
        now = _entries(difference.catalogs) if difference.catalogs else "none"
        yield f"• Its catalogs are {now}, and were {_entries(before)}."


def _entries(entries: Sequence[str]) -> str:
    named = ", ".join(f"*{escape(entry[:LONGEST_ENTRY])}*" for entry in entries[:MOST_ENTRIES])
    more = len(entries) - MOST_ENTRIES
    return f"{named} and {more} more" if more > 0 else named


def _changed(change: Change | None) -> Iterator[str]:
    if change is not None:
        by = f" by {author(change.by)}" if change.by else ""
        via = f" ({escape(change.via)})" if change.via else ""
        yield f"Changed{by}{via} {moment(change.at)}."


def _remedies(drift: Drift, found: Found, mac: Registration) -> Iterator[Block]:
    """Yield what can be done about a drift, each with its button beside it."""
    value = json.dumps({"drift": drift.id, "there": found.difference.digest})
    back = (
        "Rollcall's own entries and the catalogs go back to what they were; all else in "
        "the manifest stays."
    )
    button = danger(
        "Put back",
        BACK,
        value,
        title="Put this manifest back?",
        consequence=f"The manifest of {mac.name} is changed. {back}",
        confirm="Put this manifest back",
    )
    yield beside(f"*Put back*: {back}", button)
    if found.refusal is not None:
        return
    leads_to = found.difference.place or (mac.site, mac.build)
    button = danger(
        "Take over",
        OVER,
        value,
        title="Change this registration?",
        consequence=f"{mac.name} becomes registered for {', '.join(filter(None, leads_to))}, as "
        "its manifest is now.",
        confirm="Change this registration",
    )
    yield beside(f"*Take over*: it becomes registered for {place(*leads_to)}.", button)
