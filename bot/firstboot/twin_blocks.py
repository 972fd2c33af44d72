"""Blocks of the question about a manifest whose name differs from a Mac's serial in case only."""

import json

from slack_sdk.models.blocks import ButtonElement

from bot.firstboot.decision_blocks import asked, closed
from bot.slack.buttons import danger, undoable
from bot.slack.markup import Message, plain
from infrastructure.text import Sentence
from provisioning.firstboot.decisions.twins import CARRY, LEAVE
from provisioning.firstboot.models import Decision
from provisioning.registrations.models import Operation, Registration
from provisioning.values.language import _, stated
from provisioning.values.slack import escape

ACTIONS = {CARRY: "twin_carry", LEAVE: "twin_leave"}


def card(decision: Decision, registration: Registration) -> Message:
    """The question; once it is settled, the answer, or that it has become void."""
    if decision.settled_at is None and registration.closed_at is None:
        return _asking(decision, registration)
    return closed(decision, _fact(decision, registration), _outcome(decision, registration))


def answered(decision: Decision, registration: Registration, operation: Operation) -> Message:
    """The answer to the person who decided; what is carried over can be undone."""
    if decision.answer is None:
        return plain(
            _("`{name}` is not registered any more. Nothing was done.", name=registration.name)
        )
    message = plain(stated(f"`{registration.name}`", _outcome(decision, registration)))
    return undoable(message, operation) if decision.answer == CARRY else message


def done(decision: Decision, registration: Registration, operation: Operation) -> Sentence:
    """The sentence for the thread of the Mac's card once a job has done it."""
    facts = {"manifest": escape(decision.paths[0]), "serial": registration.name}
    if operation.undone_at is not None:
        return Sentence(
            "The manifest `{manifest}` is back, and the manifest of `{serial}` as it was before.",
            **facts,
        )
    return Sentence(
        "What only the manifest `{manifest}` had is in the manifest of `{serial}` now; the "
        "manifest `{manifest}` is removed, and its content is kept.",
        **facts,
    )


def failed(decision: Decision, registration: Registration, reason: str) -> Sentence:
    """The sentence for a person whose job could not be done."""
    return Sentence(
        "The manifest `{manifest}` of `{serial}` stays as it is: {reason}",
        manifest=escape(decision.paths[0]),
        serial=registration.name,
        reason=escape(reason),
    )


def _asking(decision: Decision, registration: Registration) -> Message:
    wish = _(
        "Carry over what only that one has (packages, notes, other includes, its catalogs), and "
        "remove it?"
    )
    value = json.dumps({"decision": decision.id})
    buttons = [
        danger(
            _("Carry over"),
            ACTIONS[CARRY],
            value,
            title=_("Carry it over, and remove one manifest?"),
            consequence=_(
                "Its site and build are left out. The content of both is kept, and it can be "
                "undone."
            ),
            confirm=_("Carry over and remove"),
        ),
        ButtonElement(text=_("Leave it"), action_id=ACTIONS[LEAVE], value=value),
    ]
    fact = _fact(decision, registration)
    state = f"{fact} {_('Carry over what only that one has?')}"
    return asked(registration, f"{fact} {wish}", state, buttons)


def _fact(decision: Decision, registration: Registration) -> str:
    return _(
        "The manifest `{manifest}` differs from `{serial}` only in case: it was there before, and "
        "the Mac does not find it.",
        manifest=escape(decision.paths[0]),
        serial=registration.name,
    )


def _outcome(decision: Decision, registration: Registration) -> str:
    if decision.answer == LEAVE:
        return _("it stays as it is.")
    return _("what it has is to be carried over into that of `{name}`.", name=registration.name)
