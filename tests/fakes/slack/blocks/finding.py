"""The interactive elements in a list of blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tests.fakes.slack.web.wire import JSON


class Placed(NamedTuple):
    """An element, the block it stands in, and its JSON pointer within the blocks."""

    block: JSON
    element: JSON
    at: str


def elements(blocks: Sequence[JSON]) -> Iterator[Placed]:
    """Everything that can have an action_id, in the order of the screen."""
    for position, block in enumerate(blocks):
        for key in ("accessory", "element"):
            if isinstance(block.get(key), dict):
                yield Placed(block, block[key], f"/{position}/{key}")
        if block.get("type") == "actions":
            for number, element in enumerate(_list(block.get("elements"))):
                yield Placed(block, element, f"/{position}/elements/{number}")


def _list(value: Any) -> list[JSON]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
