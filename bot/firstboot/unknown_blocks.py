"""Blocks of the card that asks for the destination of an unknown Mac."""

import json

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, SectionBlock

from bot.slack.buttons import beside, confirming, undoable
from bot.slack.markup import Message, moment, person, place, plain, reported, section
from bot.slack.modals import menu
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED, Operation, Registration
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds
from provisioning.values.language import _, as_sentence, marked, stated, worded

CHOICE = "stranger"  # the block of the two menus
REGISTER, DISMISS, CORRECT = "stranger_register", "stranger_dismiss", "stranger_correct"
_QUESTIONS = {SITE: marked("Where does it go?"), BUILD: marked("What does it become?")}


def asking(mac: UnknownMac, similar: Registration | None, kinds: Kinds = BOTH) -> Message:
    """The question, with the registration whose serial may be a slip of this Mac's.

    It has a menu for each of these kinds of names.
    """
    head = _(
        "`{serial}` is asking for its manifest, and nobody has registered it.",
        serial=mac.reported_as,
    )
    question = _(_QUESTIONS[kinds.names[0]])
    first = _("First asked {moment}.", moment=moment(mac.first_at))
    blocks: list[Block] = [section(f"{head} {first}")]
    if similar is not None:
        blocks.append(_did_you_mean(mac, similar))
        question = _nearest(similar)
    menus = ActionsBlock(
        block_id=CHOICE, elements=[menu(kind, _(_QUESTIONS[kind])) for kind in kinds.names]
    )
    value = str(mac.id)
    buttons = ActionsBlock(
        elements=[
            ButtonElement(text=_("Register"), action_id=REGISTER, value=value, style="primary"),
            ButtonElement(text=_("Not ours"), action_id=DISMISS, value=value),
        ]
    )
    return Message(f"{head} {question}", [*blocks, menus, buttons])


def settled(mac: UnknownMac, registration: Registration | None, mistyped: str | None) -> Message:
    """The card once it is settled; `mistyped` is the serial that its registration had."""
    head = _(
        "`{serial}` asked for its manifest {moment}.",
        serial=mac.reported_as,
        moment=moment(mac.first_at),
    )
    if registration is None:
        line = _(
            "{person} says that it is not ours. If it still asks in 24 hours, so does Rollcall.",
            person=person(mac.settled_by),
        )
        return plain(f"{head} {line}")
    target = place(registration.site, registration.build)
    if mistyped is not None:
        line = _(
            "{person} moved the registration of `{serial}` for {place} here, which {owner} had "
            "made.",
            person=person(mac.settled_by),
            serial=mistyped,
            place=target,
            owner=person(registration.registered_by),
        )
        return plain(f"{head} {line}")
    return plain(f"{head} {as_sentence(_settled(registration, target))}")


def _origin(registration: Registration, target: str) -> str:
    """The reason for the place of a Mac, as the beginning of a sentence."""
    by = registration.registered_by
    if by == ADOPTED:
        return _("It was adopted for {place}", place=target)
    if by:
        return _("{person} registered it for {place}", person=person(by), place=target)
    return _("Its own script says that it is for {place}", place=target)


def registered(mac: UnknownMac, destination: Destination, operation: Operation) -> Message:
    """The answer to the person who pressed *Register*."""
    target = place(destination.site, destination.build)
    sentence = _(
        "Registered `{serial}` for {place}. It continues within 20 seconds.",
        serial=mac.reported_as,
        place=target,
    )
    return undoable(plain(sentence), operation)


def corrected(registration: Registration, mistyped: str, operation: Operation) -> Message:
    """The answer to a person who moved a registration to the Mac that it was meant for."""
    target = place(registration.site, registration.build)
    sentence = _(
        "The registration of `{mistyped}` for {place} is the one of `{serial}` now. It "
        "continues within 20 seconds.",
        mistyped=mistyped,
        place=target,
        serial=registration.serial,
    )
    return undoable(plain(sentence), operation)


def dismissed(mac: UnknownMac) -> Message:
    """The answer to a person who said that a Mac is not ours."""
    return plain(
        _(
            "`{serial}` gets no manifest, and nobody is asked about it for 24 hours. You can "
            "still register it.",
            serial=mac.reported_as,
        )
    )


def incomplete(site: str, build: str, kinds: Kinds = BOTH) -> Message:
    """The answer to a person who did not choose a site and a build."""
    chosen = {SITE: site, BUILD: build}
    missing = [kind for kind in kinds.names if not chosen[kind]]
    phrase = worded(Kinds(tuple(missing)).in_words("a"))
    return plain(_("Choose {kinds} first, then press *Register* again.", kinds=phrase))


def _did_you_mean(mac: UnknownMac, similar: Registration) -> SectionBlock:
    value = {"stranger": mac.id, "mac": similar.id, "revision": similar.revision}
    consequence = _(
        "{mistyped} was a typo for {serial}.", mistyped=similar.name, serial=mac.reported_as
    )
    button = confirming(
        _("Move that registration here"),
        CORRECT,
        json.dumps(value),
        title=_("Was it this Mac?"),
        consequence=consequence,
        confirm=_("Move"),
    )
    return beside(_nearest(similar), button)


def _nearest(similar: Registration) -> str:
    return _(
        "Did you mean `{name}`, registered for {place} by {person} {moment}?",
        name=similar.name,
        place=place(similar.site, similar.build),
        person=person(similar.registered_by),
        moment=moment(similar.created_at),
    )


def _settled(registration: Registration, target: str) -> str:
    """The reason for the place of a Mac, and its state since."""
    origin = _origin(registration, target)
    if registration.state == CONFIRMED and registration.confirmed_at:
        written = moment(registration.confirmed_at)
        return origin + _("; its manifest is written {moment}", moment=written)
    if registration.state == CANCELLED:
        return origin + _("; that was undone")
    return stated(origin, reported(registration.step)) if registration.step else origin
