"""Blocks of the card that asks for the destination of an unknown Mac."""

import json

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    ConfirmObject,
    ExternalDataSelectElement,
    PlainTextObject,
    SectionBlock,
)

from bot.slack.markup import (
    Message,
    escape,
    markup,
    moment,
    person,
    place,
    plain,
    section,
)
from bot.slack.undo_button import undoable
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.registrations.models import ADOPTED, CANCELLED, CONFIRMED, Operation, Registration
from provisioning.values.kinds import BOTH, BUILD, SITE, Kinds

CHOICE = "stranger"  # the block of the two menus
REGISTER, DISMISS, CORRECT = "stranger_register", "stranger_dismiss", "stranger_correct"
_QUESTIONS = {SITE: "Where does it go?", BUILD: "What does it become?"}


def asking(mac: UnknownMac, similar: Registration | None, kinds: Kinds = BOTH) -> Message:
    """The question, with the registration whose serial may be a slip of this Mac's.

    It has a menu for each of these kinds of names.
    """
    head = f"`{mac.reported_as}` is asking for its manifest, and nobody has registered it."
    question = _QUESTIONS[kinds.names[0]]
    blocks: list[Block] = [section(f"{head} First asked {moment(mac.first_at)}.")]
    if similar is not None:
        blocks.append(_did_you_mean(mac, similar))
        question = _nearest(similar)
    menus = ActionsBlock(
        block_id=CHOICE,
        elements=[_menu(kind, _QUESTIONS[kind]) for kind in kinds.names],
    )
    value = str(mac.id)
    buttons = ActionsBlock(
        elements=[
            ButtonElement(text="Register", action_id=REGISTER, value=value, style="primary"),
            ButtonElement(text="Not ours", action_id=DISMISS, value=value),
        ]
    )
    return Message(f"{head} {question}", [*blocks, menus, buttons])


def settled(mac: UnknownMac, registration: Registration | None, mistyped: str | None) -> Message:
    """The card once it is settled; `mistyped` is the serial that its registration had."""
    head = f"`{mac.reported_as}` asked for its manifest {moment(mac.first_at)}."
    if registration is None:
        return plain(
            f"{head} {person(mac.settled_by)} says that it is not ours. If it still asks in "
            "24 hours, so does Rollcall."
        )
    target = place(registration.site, registration.build)
    if mistyped is not None:
        return plain(
            f"{head} {person(mac.settled_by)} moved the registration of `{mistyped}` for {target} "
            f"here, which {person(registration.registered_by)} had made."
        )
    registered_by = registration.registered_by
    origin = "Its own script says that it is"
    if registered_by:
        origin = f"{person(registered_by)} registered it"
    if registered_by == ADOPTED:
        origin = "It was adopted"
    return plain(f"{head} {origin} for {target}{_state(registration)}.")


def registered(mac: UnknownMac, destination: Destination, operation: Operation) -> Message:
    """The answer to the person who pressed *Register*."""
    target = place(destination.site, destination.build)
    sentence = f"Registered `{mac.reported_as}` for {target}. It continues within 20 seconds."
    return undoable(plain(sentence), operation)


def corrected(registration: Registration, mistyped: str, operation: Operation) -> Message:
    """The answer to a person who moved a registration to the Mac that it was meant for."""
    target = place(registration.site, registration.build)
    sentence = (
        f"The registration of `{mistyped}` for {target} is the one of `{registration.serial}` "
        "now. It continues within 20 seconds."
    )
    return undoable(plain(sentence), operation)


def dismissed(mac: UnknownMac) -> Message:
    """The answer to a person who said that a Mac is none of ours."""
    return plain(
        f"`{mac.reported_as}` gets no manifest, and nobody is asked about it for 24 hours. "
        "You can still register it."
    )


def incomplete(site: str, build: str, kinds: Kinds = BOTH) -> Message:
    """The answer to a person who chose too little."""
    chosen = {SITE: site, BUILD: build}
    missing = [kind for kind in kinds.names if not chosen[kind]]
    return plain(f"Choose a {' and a '.join(missing)} first, then press *Register* again.")


def _did_you_mean(mac: UnknownMac, similar: Registration) -> SectionBlock:
    value = {"stranger": mac.id, "mac": similar.id, "revision": similar.revision}
    return SectionBlock(
        text=markup(_nearest(similar)),
        accessory=ButtonElement(
            text="Move that registration here",
            action_id=CORRECT,
            value=json.dumps(value),
            confirm=ConfirmObject(
                title="Was it this Mac?",
                text=PlainTextObject(text=f"{similar.name} was a typo for {mac.reported_as}."),
                confirm="Move",
                deny="Leave it",
            ),
        ),
    )


def _nearest(similar: Registration) -> str:
    return (
        f"Did you mean `{similar.name}`, registered for {place(similar.site, similar.build)} by "
        f"{person(similar.registered_by)} {moment(similar.created_at)}?"
    )


def _menu(name: str, placeholder: str) -> ExternalDataSelectElement:
    return ExternalDataSelectElement(action_id=name, placeholder=placeholder, min_query_length=0)


def _state(registration: Registration) -> str:
    if registration.state == CONFIRMED and registration.confirmed_at:
        return f"; its manifest is written {moment(registration.confirmed_at)}"
    if registration.state == CANCELLED:
        return "; that was undone"
    return f": {escape(registration.step[:100])}" if registration.step else ""
