"""Menus to choose from, whose options stand in the menu or come from the app (docs.slack.dev, Block
Kit, "Block elements").
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.blocks.objects import CONFIRM, IDENTIFIER, OPTION, plain
from tests.fakes.slack.blocks.schema import Check, array, boolean, complain, in_turn, integer, shape

Checks = dict[str, Check]


MENU: Checks = {
    "action_id": IDENTIFIER,
    "focus_on_load": boolean,
    "confirm": CONFIRM,
    "placeholder": plain(150),
}
ASKED: Checks = {**MENU, "min_query_length": integer(0, 3000)}


def _starts_with_its_own(value: Any, at: str) -> Iterator[str]:
    """A static menu starts with an option that it offers."""
    if "initial_option" in value and value["initial_option"] not in value["options"]:
        yield complain("initial option must exactly match one of the options", at)


SINGLE: Checks = {
    "static_select": in_turn(
        shape({"options": array(OPTION, 100)}, {**MENU, "initial_option": OPTION}),
        _starts_with_its_own,
    ),
    "external_select": shape({}, {**ASKED, "initial_option": OPTION}),
}
SEVERAL: Checks = {"initial_options": array(OPTION, 100), "max_selected_items": integer(1, 100)}
MULTIPLE: Checks = {"multi_external_select": shape({}, {**ASKED, **SEVERAL})}
