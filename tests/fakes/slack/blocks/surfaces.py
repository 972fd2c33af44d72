"""Slack's limits for a message's blocks and for a view as a whole.

docs.slack.dev: at most 50 blocks in a message and 100 in a modal or App Home; a block_id once in a
surface, an action_id once in a block; a modal with an input block needs a submit button. Of tables
("Table block", September 2026): 10,000 characters in the cells of a message; one in a message, or
Slack answers `invalid_attachments` and "only_one_table_allowed".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.fakes.slack.blocks.finding import elements
from tests.fakes.slack.blocks.layout import HOME_BLOCK, MESSAGE_BLOCK, MODAL_BLOCK
from tests.fakes.slack.blocks.objects import IDENTIFIER, plain
from tests.fakes.slack.blocks.schema import array, boolean, by_type, complain, shape, string
from tests.fakes.slack.web.wire import JSON

PER_BLOCK = 125
WRITTEN_IN_ALL = 13_297 + PER_BLOCK
CELLS_IN_ALL = 10_000
ONE_TABLE = "only_one_table_allowed"

HOME = {
    "blocks": array(HOME_BLOCK, 100, least=0),
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": IDENTIFIER,
}
VIEW = by_type(
    {
        "modal": shape(
            {"title": plain(24), "blocks": array(MODAL_BLOCK, 100, least=0)},
            {
                **{key: check for key, check in HOME.items() if key != "blocks"},
                "submit": plain(24),
                "close": plain(24),
                "clear_on_close": boolean,
                "notify_on_close": boolean,
            },
        ),
        "home": shape({"blocks": HOME["blocks"]}, HOME),
    }
)


def problems_of_message(blocks: object) -> list[str]:
    """Everything that is wrong with a message's blocks, in Slack's words."""
    problems = list(array(MESSAGE_BLOCK, 50, least=0)(blocks, "/blocks"))
    if problems or not isinstance(blocks, list):
        return problems
    return [*_repeated(blocks, "/blocks"), *_too_much(blocks), *_files(blocks, "/blocks")]


def too_long(blocks: Sequence[JSON]) -> bool:
    """True where chat.postMessage answers `msg_blocks_too_long`.

    The limit is not in the docs. It was measured in slackapi/bolt-js#2509: markdown alone may
    have 13,297 characters, and each further block takes 125 away.
    """
    return _written(blocks) + PER_BLOCK * len(blocks) > WRITTEN_IN_ALL


def _written(value: object) -> int:
    """The number of characters of text anywhere in these blocks."""
    if isinstance(value, list):
        return sum(_written(each) for each in value)
    if isinstance(value, dict):
        text = value.get("text")
        own = len(text) if isinstance(text, str) else 0
        return own + sum(_written(each) for each in value.values())
    return 0


def problems_of_view(view: object) -> list[str]:
    """Everything that is wrong with a modal or an App Home, in Slack's words."""
    problems = list(VIEW(view, "/view"))
    if problems or not isinstance(view, dict):
        return problems
    blocks: list[JSON] = view["blocks"]
    at = "/view/blocks"
    misplaced = _files(blocks, at) if view["type"] == "home" else ()
    return [*_repeated(blocks, at), *_focused(blocks), *_submitted(view), *misplaced]


def _repeated(blocks: Sequence[JSON], at: str) -> Iterator[str]:
    seen: set[tuple[str, int, str]] = set()
    for key, scope, name, where in _names(blocks, at):
        if (key, scope, name) in seen:
            yield complain(f'`{key}` "{name}" already exists', where)
        seen.add((key, scope, name))


def _names(blocks: Sequence[JSON], at: str) -> Iterator[tuple[str, int, str, str]]:
    """Each given name: its key, the scope in which it is unique, itself, and where it stands."""
    for position, block in enumerate(blocks):
        if "block_id" in block:
            yield "block_id", 0, block["block_id"], f"{at}/{position}/block_id"
    for block, element, where in elements(blocks):
        if "action_id" in element:
            yield "action_id", id(block), element["action_id"], f"{at}{where}/action_id"


def _too_much(blocks: Sequence[JSON]) -> Iterator[str]:
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        yield complain(ONE_TABLE, "/blocks")
    if _written(tables) > CELLS_IN_ALL:
        what = f"tables must have less than {CELLS_IN_ALL + 1} characters in all cells"
        yield complain(what, "/blocks")


def _files(blocks: Sequence[JSON], at: str) -> Iterator[str]:
    """Only a modal takes files."""
    for _, element, where in elements(blocks):
        if element["type"] == "file_input":
            yield complain("unsupported type: file_input", f"{at}{where}/type")


def _focused(blocks: Sequence[JSON]) -> Iterator[str]:
    if sum(element.get("focus_on_load", False) for _, element, _ in elements(blocks)) > 1:
        yield complain("only one element can have `focus_on_load`", "/view/blocks")


def _submitted(view: JSON) -> Iterator[str]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and "submit" not in view:
        yield complain("`submit` is required when an input block is within the blocks", "/view")
