"""Listeners of the buttons below the questions about Macs' manifests."""

from typing import Any

from slack_bolt import App

from bot.commands.dispatch import answer_button
from bot.dependencies import BotDependencies
from bot.firstboot import decision_blocks, twin_blocks
from bot.slack import payloads
from bot.slack.markup import Message, plain
from provisioning.maintenance.acts import answering
from provisioning.maintenance.acts.actors import Principal
from provisioning.values.language import _

_ANSWERS = {action: answer for answer, action in decision_blocks.ACTIONS.items()}
_ANSWERS_ABOUT_TWINS = {action: answer for answer, action in twin_blocks.ACTIONS.items()}


def register_listeners(app: App, dependencies: BotDependencies) -> None:
    """Listen for the two buttons of each question."""

    def decide(action: dict[str, Any], principal: Principal) -> Message:
        asked = payloads.stored(action["value"], registration=int, revision=int)
        decision, registration = answering.decide(
            asked["registration"],
            asked["revision"],
            _ANSWERS[action["action_id"]],
            principal,
        )
        if decision is None:
            return plain(_(decision_blocks.NOT_ASKED))
        return decision_blocks.answered(decision, registration)

    def decide_about_twin(action: dict[str, Any], principal: Principal) -> Message:
        decision_id = payloads.stored(action["value"], decision=int)["decision"]
        answer = _ANSWERS_ABOUT_TWINS[action["action_id"]]
        decided = answering.decide_about_twin(decision_id, answer, principal)
        return twin_blocks.answered(*decided)

    for action_id in _ANSWERS:
        answer_button(app, dependencies, action_id, decide)
    for action_id in _ANSWERS_ABOUT_TWINS:
        answer_button(app, dependencies, action_id, decide_about_twin)
