"""Blocks, and on which surface each may stand (docs.slack.dev, Block Kit, "Blocks").

Not here, and refused as unsupported: `video`, `file`, `call`, `context_actions` and the newer
blocks for agents. Rollcall sends none of them.

Tables and alerts as the reference has them in September 2026 (reference/block-kit/blocks, of which
each page names its surfaces): `table` and `data_table` in messages and on the Home, `alert` in
modals alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.slack.blocks.elements import ACCESSORY, ACTION, IMAGE, INPUT
from tests.fakes.slack.blocks.objects import IDENTIFIER, SLACK_FILE, URL, plain, text
from tests.fakes.slack.blocks.rich import RICH_TEXT
from tests.fakes.slack.blocks.schema import (
    Check,
    array,
    boolean,
    by_type,
    complain,
    exactly_one,
    in_turn,
    integer,
    one_of,
    shape,
    string,
)

MARKDOWN_IN_ALL = 12_000
ROWS, COLUMNS = 100, 20
DATA_ROWS = 101  # the header is one of them
ALERT = 200  # characters


def _block(required: Mapping[str, Check], **optional: Check) -> Check:
    """Every block may have a block_id of at most 255 characters."""
    return shape(required, {"block_id": IDENTIFIER, **optional})


def _says_something(value: Any, at: str) -> Iterator[str]:
    if not {"text", "fields"} & value.keys():
        yield complain("missing required field: text", at)


def _number(value: Any, at: str) -> Iterator[str]:
    if not isinstance(value, int | float) or isinstance(value, bool):
        yield complain("must provide a number", at)


def _column(value: Any, at: str) -> Iterator[str]:
    """The settings of a column; null leaves it as it is."""
    if value is not None:
        yield from COLUMN(value, at)


def _same_width(value: Any, at: str) -> Iterator[str]:
    """All rows of a data table have as many cells as its header, which holds no rich text."""
    header, *rows = value["rows"]
    if any(len(row) != len(header) for row in rows):
        yield complain("all rows must have the same number of cells", f"{at}/rows")
    if any(cell["type"] == "rich_text" for cell in header):
        yield complain("unsupported type: rich_text", f"{at}/rows/0")


CELL = by_type(
    {
        "raw_text": shape({"text": string(3000)}),
        "raw_number": shape({"value": _number}, {"text": string(3000)}),
        "rich_text": shape({"elements": array(RICH_TEXT, 100)}),
    }
)
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})
LEVEL = one_of("default", "info", "warning", "error", "success")

EVERYWHERE: Mapping[str, Check] = {
    "divider": _block({}),
    "section": in_turn(
        _block(
            {}, text=text(3000), fields=array(text(2000), 10), accessory=ACCESSORY, expand=boolean
        ),
        _says_something,
    ),
    "header": _block({"text": plain(150)}),
    "context": _block(
        {
            "elements": array(
                by_type(
                    {
                        "image": IMAGE,
                        "plain_text": shape({"text": string(3000)}, {"emoji": boolean}),
                        "mrkdwn": shape({"text": string(3000)}, {"verbatim": boolean}),
                    }
                ),
                10,
            )
        }
    ),
    "actions": _block({"elements": array(ACTION, 25)}),
    "image": in_turn(
        _block({"alt_text": string(2000)}, image_url=URL, slack_file=SLACK_FILE, title=plain(2000)),
        exactly_one("image_url", "slack_file"),
    ),
    "input": _block(
        {"label": plain(2000), "element": INPUT},
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
    "rich_text": _block({"elements": array(RICH_TEXT, 1000)}),
}
TABLES: Mapping[str, Check] = {
    "table": _block(
        {"rows": array(array(CELL, COLUMNS), ROWS)}, column_settings=array(_column, COLUMNS)
    ),
    "data_table": in_turn(
        _block(
            {"rows": array(array(CELL, COLUMNS), DATA_ROWS, least=2), "caption": string(3000)},
            page_size=integer(1, 100),
            row_header_column_index=integer(0, COLUMNS - 1),
        ),
        _same_width,
    ),
}
IN_MESSAGES: Mapping[str, Check] = {"markdown": _block({"text": string(MARKDOWN_IN_ALL)})}
IN_MODALS: Mapping[str, Check] = {"alert": _block({"text": text(ALERT)}, level=LEVEL)}

MESSAGE_BLOCK = by_type({**EVERYWHERE, **TABLES, **IN_MESSAGES})
HOME_BLOCK = by_type({**EVERYWHERE, **TABLES})
MODAL_BLOCK = by_type({**EVERYWHERE, **IN_MODALS})
