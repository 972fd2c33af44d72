"""Blocks of the question about a Mac's manifest that has two of one kind."""

import json
from collections.abc import Sequence

from slack_sdk.models.blocks import ButtonElement

from bot.slack.buttons import danger, rows
from bot.slack.markup import Message, announced, person, plain, section
from provisioning.firstboot.decisions.two_of_a_kind import OUT, STAY
from provisioning.firstboot.models import Decision
from provisioning.munki.layout import ManifestKind
from provisioning.registrations.models import Registration
from provisioning.values.language import _, marked, ngettext, series, stated
from provisioning.values.slack import escape

ACTIONS = {OUT: "decision_out", STAY: "decision_stay"}
NOT_ASKED = marked(
    "This question is no longer open: the registration changed since. Nothing was done."
)
_TWO = 2


def card(decision: Decision, registration: Registration) -> Message:
    """The message with a question about a manifest; once it is settled or void, that it is."""
    if decision.settled_at is None and decision.revision == registration.revision:
        return _asking(decision, registration)
    fact = _("`{serial}` had {includes}.", serial=registration.name, includes=_includes(decision))
    return closed(decision, fact, _outcome(decision))


def closed(decision: Decision, fact: str, outcome: str) -> Message:
    """A question that is settled: its fact, and the answer, or that it has become void."""
    if decision.answer is None:
        return plain(f"{fact} {_('This question is no longer open.')}")
    return plain(
        _(
            "{fact} {person} said: {outcome}",
            fact=fact,
            person=person(decision.settled_by),
            outcome=outcome,
        )
    )


def asked(
    registration: Registration, question: str, state: str, buttons: Sequence[ButtonElement]
) -> Message:
    """A question to the person who registered a Mac; `state` says it in a few words, when heard."""
    by = registration.registered_by
    text = stated(person(by), question) if by else question
    return Message(announced([registration], 1, state), [section(text), *rows(buttons)])


def answered(decision: Decision, registration: Registration) -> Message:
    """The answer to the person who decided."""
    return plain(stated(f"`{registration.name}`", _outcome(decision)))


def _asking(decision: Decision, registration: Registration) -> Message:
    name = registration.site if decision.kind == ManifestKind.SITE else registration.build
    fact = _(
        "`{serial}` has {includes}, and Rollcall wrote none of them. Nothing was written.",
        serial=registration.name,
        includes=_includes(decision),
    )
    value = json.dumps({"registration": registration.id, "revision": decision.revision})
    take_out, keep = _("Take all out"), _("Keep all")
    if _are_two(decision):
        take_out, keep = _("Take both out"), _("Keep both")
    buttons = [
        danger(
            take_out,
            ACTIONS[OUT],
            value,
            title=_("{phrase}?", phrase=take_out),
            consequence=_consequence(decision, registration.name, name),
            confirm=take_out,
        ),
        ButtonElement(text=keep, action_id=ACTIONS[STAY], value=value),
    ]
    state = _("{includes}. Which of them are to stay?", includes=_includes(decision))
    return asked(registration, f"{fact} {_wish(decision, escape(name))}", state, buttons)


def _wish(decision: Decision, name: str) -> str:
    """The question itself; `name` is that of the site or the build which is registered."""
    match decision.kind == ManifestKind.SITE, _are_two(decision):
        case True, True:
            return _(
                "Take both out and put the site *{name}* in, or leave both and add it?", name=name
            )
        case True, False:
            return _(
                "Take all out and put the site *{name}* in, or leave all and add it?", name=name
            )
        case False, True:
            return _(
                "Take both out and put the build *{name}* in, or leave both and add it?", name=name
            )
    return _("Take all out and put the build *{name}* in, or leave all and add it?", name=name)


def _consequence(decision: Decision, serial: str, name: str) -> str:
    facts = {"serial": serial, "name": name}
    if decision.kind == ManifestKind.SITE:
        return ngettext(
            "{number} site leaves the includes of {serial}, and {name} takes its place.",
            "{number} sites leave the includes of {serial}, and {name} takes their place.",
            len(decision.paths),
            **facts,
        )
    return ngettext(
        "{number} build leaves the includes of {serial}, and {name} takes its place.",
        "{number} builds leave the includes of {serial}, and {name} takes their place.",
        len(decision.paths),
        **facts,
    )


def _includes(decision: Decision) -> str:
    names = [f"`{escape(path)}`" for path in decision.paths]
    facts = {"number": len(names), "names": series(names)}
    match decision.kind == ManifestKind.SITE, _are_two(decision):
        case True, True:
            return _("two sites among its includes, {names}", **facts)
        case True, False:
            return _("{number} sites among its includes, {names}", **facts)
        case False, True:
            return _("two builds among its includes, {names}", **facts)
    return _("{number} builds among its includes, {names}", **facts)


def _are_two(decision: Decision) -> bool:
    return len(decision.paths) == _TWO


def _outcome(decision: Decision) -> str:
    if decision.answer == STAY:
        return _("they stay. Its manifest is written when the Mac calls again.")
    if _are_two(decision):
        return _("both are to be taken out. Its manifest is written when the Mac calls again.")
    return _("all are to be taken out. Its manifest is written when the Mac calls again.")
