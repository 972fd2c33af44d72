"""Blocks about drifts: manifests that differ from those that Rollcall wrote."""

import json
from collections.abc import Iterator, Sequence

from slack_sdk.models.blocks import Block

from bot.slack.buttons import beside, danger, undoable
from bot.slack.markup import (
    Message,
    announced,
    author,
    listing,
    moment,
    person,
    place,
    plain,
    posted,
    section,
)
from provisioning.maintenance.acts.identity import MAX_PUT_BACK
from provisioning.maintenance.acts.words import source
from provisioning.monitoring.drift import words
from provisioning.monitoring.drift.drifts import facts_of
from provisioning.monitoring.drift.examination import DriftFacts
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
from provisioning.values.language import _, capitalized, figure, marked, ngettext, worded
from provisioning.values.slack import escape

BACK, OVER, ALL_BACK = "drift_back", "drift_over", "drift_all_back"  # the actions
MAX_NAMED = 10  # drifts of one message
MAX_ENTRIES = 5  # of a manifest
LONGEST_ENTRY = 100  # characters
_OUTCOMES = {
    PUT_BACK: marked("{person} had it put back {moment}."),
    TAKEN_OVER: marked("{person} changed the registration to match {moment}."),
    AGREES: marked("It went back to what it was {moment}."),
    MOVED: marked("The Mac waits for another first boot, since {moment}."),
    CANCELLED: marked("The registration was cancelled, {moment}."),
    CONFIRMED_AGAIN: marked("It was written again {moment}, when the Mac called."),
}


def card(
    first: Sequence[tuple[Drift, Registration]], total: int, unsettled: int, undecided: int
) -> Message:
    """A message about one drift, with the buttons that settle it, or about the `first` of many.

    Of many, those that are `undecided` have one button together.
    """
    if total == 1:
        return one(*first[0])
    if unsettled:
        head = ngettext(
            "The manifests of {number} Mac are not as Rollcall wrote them:",
            "The manifests of {number} Macs are not as Rollcall wrote them:",
            total,
        )
        state = _("their manifests are not as Rollcall wrote them")
    else:
        head = ngettext(
            "The manifests of {number} Mac were not as Rollcall wrote them:",
            "The manifests of {number} Macs were not as Rollcall wrote them:",
            total,
        )
        state = _("their manifests were not as Rollcall wrote them")
    lines = [head, *(f"• {_line(drift, mac)}" for drift, mac in first)]
    if total > len(first):
        more = figure(total - len(first))
        lines.append(_("… and {number} more; `doctor` lists them.", number=more))
    if unsettled:
        lines.append(_("`show SERIAL` shows one of them, with buttons to settle it."))
    macs_shown = [mac for _, mac in first]
    number = min(undecided, MAX_PUT_BACK)
    remedy = [_all_back(first[0][0].card_id, number)] if number else []

    return Message(announced(macs_shown, total, state), [*posted(lines), *remedy])


def one(drift: Drift, mac: Registration) -> Message:
    """A message about one drift."""
    text = announced([mac], 1, _state(drift, mac))
    if drift.settled_at is not None:
        return Message(text, plain(_line(drift, mac)).blocks)
    return Message(text, blocks(drift, mac))


def blocks(drift: Drift, mac: Registration) -> list[Block]:
    """Blocks about an open drift: the differences, the last change, and the buttons."""
    facts = facts_of(drift)
    lines = [f":warning: {_fact(facts, mac)}"]
    lines += [f"• {detail}" for detail in words.details(facts, mac, _entries)]
    if change := facts.change:
        by = author(change.by) if change.by else ""
        lines.append(words.changed(by, escape(source(change.via)), moment(change.at)))
    if drift.answer == PUT_BACK:
        return [section("\n".join([*lines, _being_put_back(drift)]))]
    if facts.refusal:
        lines.append(
            _(
                "The registration cannot be changed to match: {reason}.",
                reason=escape(worded(facts.refusal)),
            )
        )
    return [section("\n".join(lines)), *_remedies(drift, facts, mac)]


def being_put_back(mac: Registration) -> Message:
    """The answer to a person who has a manifest put back."""
    return plain(
        _(
            "The manifest of `{name}` is being put back; the message about it says when.",
            name=mac.name,
        )
    )


def being_all_put_back(number: int) -> Message:
    """The answer to a person who has all manifests of a message put back."""
    if not number:
        return plain(_("It has already been settled what becomes of these manifests."))
    return plain(
        ngettext(
            "The manifest of {number} Mac is being put back; the message about it says when.",
            "The manifests of {number} Macs are being put back; the message about them says when.",
            number,
        )
    )


def taken_over(mac: Registration, destination: Destination, operation: Operation) -> Message:
    """The answer to a person who has a registration follow its Mac's manifest."""
    there = place(destination.site, destination.build)
    message = plain(
        _(
            "`{name}` is registered for {there} now, as its manifest says.",
            name=mac.name,
            there=there,
        )
    )
    return undoable(message, operation)


def _line(drift: Drift, mac: Registration) -> str:
    """A drift in one line, with its outcome."""
    fact = _fact(facts_of(drift), mac) if drift.settled_at is None else _past(facts_of(drift), mac)
    return " ".join([fact, *_outcome(drift)])


def _state(drift: Drift, mac: Registration) -> str:
    """A drift in a few words, which a screen reader says behind the name of the Mac."""
    difference = facts_of(drift).difference
    elsewhere = difference.elsewhere(mac.destination)
    there = place(elsewhere.site, elsewhere.build) if elsewhere else ""
    if drift.settled_at is None:
        fact = _("its manifest is not as Rollcall wrote it.")
        if difference.gone:
            fact = _("its manifest is gone.")
        elif elsewhere:
            fact = _("its manifest leads to {place}.", place=there)
    else:
        fact = _("its manifest was not as Rollcall wrote it.")
        if difference.gone:
            fact = _("its manifest was gone.")
        elif elsewhere:
            fact = _("its manifest led to {place}.", place=there)
    return " ".join([fact, *_outcome(drift)])


def _being_put_back(drift: Drift) -> str:
    return _("{person} is having it put back.", person=person(drift.answered_by))


def _outcome(drift: Drift) -> Iterator[str]:
    """Yield the outcome of a drift; nothing where it is open."""
    if drift.settled_at is None:
        if drift.answer == PUT_BACK:
            yield _being_put_back(drift)
        return
    facts = {"person": person(drift.answered_by), "moment": moment(drift.settled_at)}
    yield _(_OUTCOMES[drift.outcome or AGREES], **facts)


def _fact(facts: DriftFacts, mac: Registration) -> str:
    """The differences, in a sentence."""
    here = place(mac.site, mac.build)
    if facts.difference.gone:
        return _(
            "The manifest of `{name}` is gone; it is registered for {place}.",
            name=mac.name,
            place=here,
        )
    if there := facts.difference.elsewhere(mac.destination):
        return _(
            "The manifest of `{name}` leads to {destination}; it is registered for {place}.",
            name=mac.name,
            destination=place(there.site, there.build),
            place=here,
        )
    return _(
        "The manifest of `{name}` is not as Rollcall wrote it; it is registered for {place}.",
        name=mac.name,
        place=here,
    )


def _past(facts: DriftFacts, mac: Registration) -> str:
    if facts.difference.gone:
        return _("The manifest of `{name}` was gone.", name=mac.name)
    if facts.difference.place:
        return _(
            "The manifest of `{name}` led to {place}.",
            name=mac.name,
            place=place(*facts.difference.place),
        )
    return _("The manifest of `{name}` was not as Rollcall wrote it.", name=mac.name)


def _entries(entries: Sequence[str]) -> str:
    named = [f"*{escape(entry[:LONGEST_ENTRY])}*" for entry in entries[:MAX_ENTRIES]]
    return listing(named, len(entries))


def _all_back(card: int | None, number: int) -> Block:
    """The remedy of drifts that nobody has decided about, for `number` of them at one press."""
    back = _(words.PUTTING_BACK)
    changed = ngettext(
        "The manifest of {number} Mac is changed.",
        "The manifests of {number} Macs are changed.",
        number,
    )
    button = danger(
        _("Put all back"),
        ALL_BACK,
        json.dumps({"card": card}),
        title=_("Put these manifests back?"),
        consequence=f"{changed} {back}",
        confirm=_("Put them back"),
    )
    return beside(_("*{verb}*: {meaning}", verb=_("Put all back"), meaning=back), button)


def _remedies(drift: Drift, facts: DriftFacts, mac: Registration) -> Iterator[Block]:
    """Yield the remedies of a drift, each with its button beside it."""
    value = json.dumps({"drift": drift.id, "there": facts.difference.digest})
    back = _(words.PUTTING_BACK)
    button = danger(
        _("Put back"),
        BACK,
        value,
        title=_("Put this manifest back?"),
        consequence=f"{_('The manifest of {name} is changed.', name=mac.name)} {back}",
        confirm=_("Put this manifest back"),
    )
    yield beside(_("*{verb}*: {meaning}", verb=_("Put back"), meaning=back), button)
    if facts.refusal is not None:
        return
    if leads_to := facts.difference.elsewhere(mac.destination):
        title, confirm = _("Change this registration?"), _("Change this registration")
        consequence = _(
            "{name} becomes registered for {place}, as its manifest is now.",
            name=mac.name,
            place=", ".join(filter(None, (leads_to.site, leads_to.build))),
        )
        there = place(leads_to.site, leads_to.build)
        meaning = _("it becomes registered for {place}.", place=there)
    else:
        title, confirm = _("Keep this manifest?"), _("Keep this manifest")
        meaning = _(words.KEEPING)
        consequence = capitalized(meaning)
    button = danger(
        _("Take over"), OVER, value, title=title, consequence=consequence, confirm=confirm
    )
    yield beside(_("*{verb}*: {meaning}", verb=_("Take over"), meaning=meaning), button)
