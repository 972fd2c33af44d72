"""A person's choices, as payloads have them: in `actions` and in `view.state.values`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fakes.slack.blocks.finding import Placed, elements
from tests.fakes.slack.web.wire import JSON

State = dict[str, dict[str, JSON]]

ANSWERED_IN = {
    "plain_text_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "multi_external_select": "selected_options",
    "file_input": "files",
}
"""The key that holds the answer, by the type of the element. These elements have a state."""


class NotThere(LookupError):
    """A person can only use what is on the screen."""


def initial_state(blocks: Sequence[JSON]) -> State:
    """The answers that a surface starts with: what is preselected, or nothing."""
    state: State = {}
    for block, element, _ in elements(blocks):
        if key := ANSWERED_IN.get(element["type"]):
            initial = key.replace("selected_", "initial_").replace("value", "initial_value")
            answer = {"type": element["type"], key: element.get(initial, _nothing(key))}
            state.setdefault(block["block_id"], {})[element["action_id"]] = answer
    return state


def carried(kept: State, blocks: Sequence[JSON]) -> State:
    """The initial state, with the answers that were given where block_id and action_id stay."""
    state = initial_state(blocks)
    for block_id, answers in state.items():
        for action_id in answers.keys() & kept.get(block_id, {}).keys():
            answers[action_id] = kept[block_id][action_id]
    return state


def enter(state: State, placed: Placed, answered: JSON) -> None:
    """Note an answer, if this element has a state."""
    if placed.element["type"] in ANSWERED_IN:
        answers = state.setdefault(placed.block["block_id"], {})
        answers[placed.element["action_id"]] = {"type": placed.element["type"], **answered}


def answer(element: JSON, given: Any, offered: Sequence[JSON] = ()) -> JSON:
    """The part of a payload that says what was chosen or written.

    Args:
        element: what the person used; a button and an overflow menu have an answer too.
        given: text, or the value or label of an option, or a list of them.
        offered: the options of an external menu, as the app gave them.

    Raises NotThere where the menu does not offer it.
    """
    kind = element["type"]
    if kind == "button":
        return {"value": element["value"]} if "value" in element else {}
    key = ANSWERED_IN.get(kind, "selected_option")
    if key == "selected_option":
        return {key: option(element, given, offered)}
    if key == "selected_options":
        return {key: [option(element, each, offered) for each in _list(given)]}
    return {key: _list(given) if key.endswith("s") else given}


def option(element: JSON, given: Any, offered: Sequence[JSON] = ()) -> JSON:
    """The option with this value or label. Raises NotThere."""
    options: list[JSON] = [*element.get("options", ()), *offered]
    for each in options:
        if given in (each, each["value"], each["text"]["text"]):
            return each
    labels = [each["text"]["text"] for each in options]
    raise NotThere(f"{given!r} is not among the options {labels} of {element['action_id']!r}")


def is_empty(answer: JSON) -> bool:
    """True if nothing is chosen or written."""
    return not answer[ANSWERED_IN[answer["type"]]]


def _nothing(key: str) -> list[JSON] | None:
    return [] if key.endswith("s") else None


def _list(given: Any) -> list[Any]:
    return list(given) if isinstance(given, list | tuple) else [given]
