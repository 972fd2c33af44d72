"""Blocks, and on which surface each may stand (docs.slack.dev, Block Kit, "Blocks").

Not here, and refused as unsupported: what Rollcall does not send, such as headers, images, rich
text beside tables, data tables, dates to pick and menus of people.

Tables and alerts as the reference has them in September 2026 (reference/block-kit/blocks, of which
each page names its surfaces): `table` in messages and on the Home, `alert` in modals alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.fakes.slack.blocks.elements import ACCESSORY, ACTION, INPUT
from tests.fakes.slack.blocks.objects import IDENTIFIER, URL, plain, text
from tests.fakes.slack.blocks.schema import (
    Check,
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

ROWS, COLUMNS = 100, 20
ALERT = 200  # characters


def _block(required: Mapping[str, Check], **optional: Check) -> Check:
    """Every block may have a block_id of at most 255 characters."""
    return shape(required, {"block_id": IDENTIFIER, **optional})


def _says_something(value: Any, at: str) -> Iterator[str]:
    if not {"text", "fields"} & value.keys():
        yield complain("missing required field: text", at)


def _column(value: Any, at: str) -> Iterator[str]:
    """The settings of a column; null leaves it as it is."""
    if value is not None:
        yield from COLUMN(value, at)


WORDS = string(40_000)
STYLE = shape({}, dict.fromkeys(("bold", "italic", "strike", "code"), boolean))
WORD = by_type(
    {
        "text": shape({"text": WORDS}, {"style": STYLE}),
        "link": shape({"url": URL}, {"text": WORDS, "style": STYLE}),
        "user": shape({"user_id": IDENTIFIER}, {"style": STYLE}),
        "date": shape(
            {"timestamp": integer(0, 10**11), "format": IDENTIFIER}, {"fallback": IDENTIFIER}
        ),
    }
)
SECTION = by_type({"rich_text_section": shape({"elements": array(WORD, 1000, least=0)})})
CELL = by_type(
    {
        "raw_text": shape({"text": string(3000)}),
        "rich_text": shape({"elements": array(SECTION, 100)}),
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
    "context": _block({"elements": array(text(3000), 10)}),
    "actions": _block({"elements": array(ACTION, 25)}),
    "input": _block(
        {"label": plain(2000), "element": INPUT},
        hint=plain(2000),
        optional=boolean,
        dispatch_action=boolean,
    ),
}
TABLE = _block({"rows": array(array(CELL, COLUMNS), ROWS)}, column_settings=array(_column, COLUMNS))
IN_MODALS: Mapping[str, Check] = {"alert": _block({"text": text(ALERT)}, level=LEVEL)}

MESSAGE_BLOCK = HOME_BLOCK = by_type({**EVERYWHERE, "table": TABLE})
MODAL_BLOCK = by_type({**EVERYWHERE, **IN_MODALS})
