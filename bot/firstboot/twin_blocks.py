"""Blocks of the question about a manifest whose name differs from a Mac's serial in case only."""

import json

from slack_sdk.models.blocks import ButtonElement

from bot.slack.buttons import danger, rows
from bot.slack.markup import Message, announced, escape, person, plain, section
from bot.slack.undo_button import undoable
from provisioning.firstboot.decisions.twins import CARRY, LEAVE
from provisioning.firstboot.models import Decision
from provisioning.registrations.models import Operation, Registration

ACTIONS = {CARRY: "twin_carry", LEAVE: "twin_leave"}


def card(decision: Decision, registration: Registration) -> Message:
    """The question; once it is settled, the answer, or that it is not asked any more."""
    if decision.settled_at is None and registration.closed_at is None:
        return _asking(decision, registration)
    if decision.answer is None:
        return plain(f"{_fact(decision, registration)} This question is no longer open.")
    who, outcome = person(decision.settled_by), _outcome(decision, registration)
    return plain(f"{_fact(decision, registration)} {who} said: {outcome}")


def answered(decision: Decision, registration: Registration, operation: Operation) -> Message:
    """The answer to the person who decided; what is carried over can be undone."""
    if decision.answer is None:
        return plain(f"`{registration.name}` is not registered any more. Nothing was done.")
    message = plain(f"`{registration.name}`: {_outcome(decision, registration)}")
    return undoable(message, operation) if decision.answer == CARRY else message


def done(decision: Decision, registration: Registration, operation: Operation) -> str:
    """The sentence for the thread of the Mac's card once a job has done it."""
    twin = _twin(decision)
    if operation.undone_at is not None:
        return f"{twin} is back, and the manifest of `{registration.name}` as it was before."
    return (
        f"What only {twin} had is in the manifest of `{registration.name}` now; {twin} is removed, "
        "and its content is kept."
    )


def failed(decision: Decision, registration: Registration, reason: str) -> str:
    """The sentence for a person whose job could not be done."""
    return f"{_twin(decision)} of `{registration.name}` stays as it is: {escape(reason)}"


def _asking(decision: Decision, registration: Registration) -> Message:
    by = registration.registered_by
    question = (
        f"{_fact(decision, registration)} Carry over what only that one has (packages, notes, "
        "other includes, its catalogs), and remove it?"
    )
    question = f"{person(by)}: {question}" if by else question
    value = json.dumps({"decision": decision.id})
    buttons = [
        danger(
            "Carry over",
            ACTIONS[CARRY],
            value,
            title="Carry it over, and remove one manifest?",
            consequence="Its site and build are left out. The content of both is kept, and it can "
            "be undone.",
            confirm="Carry over and remove",
        ),
        ButtonElement(text="Leave it", action_id=ACTIONS[LEAVE], value=value),
    ]
    state = f"{_fact(decision, registration)} Carry over what only that one has?"
    text = announced([registration], 1, state)
    return Message(text, [section(question), *rows(buttons)])


def _fact(decision: Decision, registration: Registration) -> str:
    return (
        f"{_twin(decision)} differs from `{registration.name}` only in case: it was there before, "
        "and the Mac does not find it."
    )


def _twin(decision: Decision) -> str:
    return f"The manifest `{escape(decision.paths[0])}`"


def _outcome(decision: Decision, registration: Registration) -> str:
    if decision.answer == LEAVE:
        return "it stays as it is."
    return f"what it has is to be carried over into that of `{registration.name}`."
