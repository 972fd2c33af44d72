"""Listeners of the buttons below the questions about Macs' manifests."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies, Requester
from bot.firstboot import decision_blocks, twin_blocks
from bot.slack import payloads
from bot.slack.markup import Message, plain
from provisioning.firstboot.decisions import twins, two_of_a_kind
from provisioning.firstboot.models import Decision
from provisioning.registrations.models import Registration
from provisioning.values.language import _

_ANSWERS = {action: answer for answer, action in decision_blocks.ACTIONS.items()}
_ANSWERS_ABOUT_TWINS = {action: answer for answer, action in twin_blocks.ACTIONS.items()}


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the two buttons of each question."""

    def decide(action: dict[str, Any], requester: Requester) -> Message:
        asked = payloads.stored(action["value"], registration=int, revision=int)
        answer = _ANSWERS[action["action_id"]]
        return _decide(dependencies, asked["registration"], asked["revision"], answer, requester)

    def decide_about_twin(action: dict[str, Any], requester: Requester) -> Message:
        decision = payloads.stored(action["value"], decision=int)["decision"]
        answer = _ANSWERS_ABOUT_TWINS[action["action_id"]]
        return _decide_about_twin(dependencies, decision, answer, requester)

    for action_id in _ANSWERS:
        answer_button(app, action_id, decide)
    for action_id in _ANSWERS_ABOUT_TWINS:
        answer_button(app, action_id, decide_about_twin)


def _decide(
    dependencies: BotDependencies,
    registration_id: int,
    revision: int,
    answer: str,
    requester: Requester,
) -> Message:
    """Store the answer of a person who may register Macs at the site of this one."""
    with dependencies.database.reading() as session:
        site = session.get_one(Registration, registration_id).site
    dependencies.permit(requester, site)
    with dependencies.acting("decided", requester) as (session, operation):
        registration = session.get_one(Registration, registration_id)
        dependencies.permit(requester, registration.site)
        decision = two_of_a_kind.decide(
            session, registration_id, revision, answer, operation=operation
        )
        if decision is None:
            return plain(_(decision_blocks.NOT_ASKED))
        return decision_blocks.answered(decision, registration)


def _decide_about_twin(
    dependencies: BotDependencies, decision_id: int, answer: str, requester: Requester
) -> Message:
    """Store the answer about a twin, of a person who may register Macs at the site of its Mac."""
    with dependencies.database.reading() as session:
        registration_id = session.get_one(Decision, decision_id).registration_id
        site = session.get_one(Registration, registration_id).site
    dependencies.permit(requester, site)
    verb = twins.CARRIED if answer == twins.CARRY else "decided"
    with dependencies.acting(verb, requester) as (session, operation):
        decision, registration = twins.decide(session, decision_id, answer, operation=operation)
        dependencies.permit(requester, registration.site)
        return twin_blocks.answered(decision, registration, operation)
