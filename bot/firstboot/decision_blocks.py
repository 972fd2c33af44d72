"""Blocks of the question about a Mac's manifest that has two of one kind."""

import json

from slack_sdk.models.blocks import ButtonElement

from bot.slack.buttons import danger, rows
from bot.slack.markup import Message, announced, escape, person, plain, section
from provisioning.firstboot.decisions.two_of_a_kind import OUT, STAY
from provisioning.firstboot.models import Decision
from provisioning.munki.layout import Kind
from provisioning.registrations.models import Registration

ACTIONS = {OUT: "decision_out", STAY: "decision_stay"}
NOT_ASKED = "This question is no longer open: the registration changed since. Nothing was done."
_TWO = 2


def card(decision: Decision, registration: Registration) -> Message:
    """The question; once it is settled, the answer, or that it is not asked any more."""
    if decision.settled_at is None and decision.revision == registration.revision:
        return _asking(decision, registration)
    head = f"{_two(decision, registration, 'had')}."
    if decision.answer is None:
        return plain(f"{head} This question is no longer open.")
    return plain(f"{head} {person(decision.settled_by)} said: {_outcome(decision)}")


def answered(decision: Decision, registration: Registration) -> Message:
    """The answer to the person who decided."""
    return plain(f"`{registration.name}`: {_outcome(decision)}")


def _asking(decision: Decision, registration: Registration) -> Message:
    name = registration.site if decision.kind == Kind.SITE else registration.build
    kind, both = decision.kind, _both(decision)
    by = registration.registered_by
    asked = (
        f"{_two(decision, registration, 'has')}, and Rollcall wrote none of them. Nothing was "
        f"written. Take {both} out and put the {kind} *{escape(name)}* in, or leave {both} and "
        "add it?"
    )
    question = f"{person(by)}: {asked}" if by else asked
    value = json.dumps({"registration": registration.id, "revision": decision.revision})
    buttons = [
        danger(
            f"Take {both} out",
            ACTIONS[OUT],
            value,
            title=f"Take {both} out?",
            consequence=f"{len(decision.paths)} {kind}s leave the includes of {registration.name}, "
            f"and {name} takes their place.",
            confirm=f"Take {both} out",
        ),
        ButtonElement(text=f"Keep {both}", action_id=ACTIONS[STAY], value=value),
    ]
    state = f"{_includes(decision)}. Which of them are to stay?"
    text = announced([registration], 1, state)
    return Message(text, [section(question), *rows(buttons)])


def _two(decision: Decision, registration: Registration, verb: str) -> str:
    return f"`{registration.name}` {verb} {_includes(decision)}"


def _includes(decision: Decision) -> str:
    names = [f"`{escape(path)}`" for path in decision.paths]
    number = "two" if len(names) == _TWO else str(len(names))
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{number} {decision.kind}s among its includes, {listed}"


def _both(decision: Decision) -> str:
    return "both" if len(decision.paths) == _TWO else "all"


def _outcome(decision: Decision) -> str:
    what = "they stay" if decision.answer == STAY else f"{_both(decision)} are to be taken out"
    return f"{what}. Its manifest is written when the Mac calls again."
