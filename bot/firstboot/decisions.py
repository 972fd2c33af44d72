"""Listeners of the buttons below the questions about Macs' manifests."""

from bot.commands.dispatch import Dispatcher, Press
from bot.firstboot import decision_blocks, twin_blocks
from bot.slack.markup import Message, plain
from provisioning.maintenance.acts import answering
from provisioning.values.language import _

_ANSWERS = {action: answer for answer, action in decision_blocks.ACTIONS.items()}
_ANSWERS_ABOUT_TWINS = {action: answer for answer, action in twin_blocks.ACTIONS.items()}


def register_listeners(dispatcher: Dispatcher) -> None:
    """Listen for the two buttons of each question."""

    def decide(press: Press) -> Message:
        asked = press.stored(registration=int, revision=int)
        decision, registration = answering.decide(
            asked["registration"],
            asked["revision"],
            _ANSWERS[press.action["action_id"]],
            press.principal,
        )
        if decision is None:
            return plain(_(decision_blocks.NOT_ASKED))
        return decision_blocks.answered(decision, registration)

    def decide_about_twin(press: Press) -> Message:
        decision_id = press.stored(decision=int)["decision"]
        answer = _ANSWERS_ABOUT_TWINS[press.action["action_id"]]
        decided = answering.decide_about_twin(decision_id, answer, press.principal)
        return twin_blocks.answered(*decided)

    for action_id in _ANSWERS:
        dispatcher.answer_button(action_id, decide)
    for action_id in _ANSWERS_ABOUT_TWINS:
        dispatcher.answer_button(action_id, decide_about_twin)
