"""Buttons that take something away, and rows of buttons on a phone."""

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import ButtonElement

from bot.slack import buttons
from tests.bot import wordings
from tests.support.tables import for_each

LONGEST_LABEL = 24  # characters


def button(name: str) -> ButtonElement:
    if name.isupper():
        return buttons.danger(name, name, "1", title=name, consequence=name, confirm=name)
    return ButtonElement(text=name, action_id=name, value="1")


@for_each(
    ("names", "rows"),
    [
        (["a"], [["a"]]),
        (["a", "b", "c"], [["a", "b", "c"]]),
        (["a", "b", "c", "d"], [["a", "b"], ["c", "d"]]),
        (["a", "b", "c", "d", "e"], [["a", "b", "c"], ["d", "e"]]),
        (["a", "DROP"], [["DROP", "a"]]),
        (["a", "b", "DROP"], [["a", "DROP", "b"]]),
        (["a", "b", "c", "DROP"], [["a", "b"], ["DROP", "c"]]),
        (["a", "b", "c", "d", "DROP"], [["a", "b", "c"], ["DROP", "d"]]),
    ],
)
def test_a_row_has_three_buttons_at_the_most_and_no_red_one_at_its_end(
    names: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    drawn = buttons.rows([button(name) for name in names], block_id="those")

    assert [[each.text.text for each in row.elements] for row in drawn] == rows  # type: ignore[attr-defined]
    assert drawn[0].block_id == "those"


def shown() -> list[tuple[str, dict[str, Any]]]:
    """The blocks of every message and window of the wordings."""
    return [(name, block) for name, blocks in wordings.blocks_shown() for block in blocks]


def test_every_red_button_that_people_see_asks_again_and_is_the_last_of_no_row() -> None:
    red = 0
    for name, block in shown():
        row = block.get("elements", []) if block["type"] == "actions" else []
        for each in [*row, block.get("accessory", {})]:
            if each.get("style") == "danger":
                red += 1
                asks = "confirm" in each or "Cancel all" in str(each) or "Image all" in str(each)
                assert asks, (name, each)
        if row:
            assert row[-1].get("style") != "danger", name
            assert len(row) <= buttons.MAX_IN_A_ROW, name
            for each in row:
                assert len(each.get("text", {}).get("text", "")) <= LONGEST_LABEL, each
    assert red
