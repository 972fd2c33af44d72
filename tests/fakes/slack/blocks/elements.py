"""Block elements, and where each may stand (docs.slack.dev, Block Kit, "Block elements")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.fakes.slack.blocks.menus import MULTIPLE, SINGLE, Checks
from tests.fakes.slack.blocks.objects import CONFIRM, IDENTIFIER, OVERFLOW_OPTION, URL, plain
from tests.fakes.slack.blocks.schema import (
    array,
    boolean,
    by_type,
    complain,
    in_turn,
    integer,
    one_of,
    shape,
    string,
)

DISPATCH = shape(
    {"trigger_actions_on": array(one_of("on_enter_pressed", "on_character_entered"), 2)}
)


def _fits(value: Any, at: str) -> Iterator[str]:
    """A text input starts with a text that it takes.

    The docs give the lengths alone; that they have to fit is assumed, to find who does otherwise.
    """
    least, most = value.get("min_length", 0), value.get("max_length", 3000)
    if least > most:
        yield complain("`min_length` must not be more than `max_length`", at)
    if len(value.get("initial_value", "")) > most:
        yield complain(f"must be less than {most + 1} characters", f"{at}/initial_value")


BUTTON = shape(
    {"text": plain(75)},
    {
        "action_id": IDENTIFIER,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
OVERFLOW = shape(
    {"options": array(OVERFLOW_OPTION, 5)}, {"action_id": IDENTIFIER, "confirm": CONFIRM}
)
WRITTEN = in_turn(
    shape(
        {},
        {
            "action_id": IDENTIFIER,
            "focus_on_load": boolean,
            "placeholder": plain(150),
            "initial_value": string(3000, least=0),
            "dispatch_action_config": DISPATCH,
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        },
    ),
    _fits,
)
FILES = shape(
    {}, {"action_id": IDENTIFIER, "filetypes": array(string(30), 100), "max_files": integer(1, 10)}
)

PRESSED: Checks = {"button": BUTTON, "overflow": OVERFLOW}
ACCESSORY = by_type({**PRESSED, **SINGLE, **MULTIPLE})
ACTION = by_type({**PRESSED, **SINGLE})
INPUT = by_type({**SINGLE, **MULTIPLE, "plain_text_input": WRITTEN, "file_input": FILES})
