"""Rich text: sections, lists, quotes and preformatted text (docs.slack.dev, "Rich text block")."""

from __future__ import annotations

from tests.fakes.slack.blocks.objects import URL
from tests.fakes.slack.blocks.schema import (
    Check,
    array,
    boolean,
    by_type,
    integer,
    one_of,
    shape,
    string,
)

WORDS = string(40_000)
ID = string(255)
STYLES = (
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
)
STYLE = shape({}, dict.fromkeys(STYLES, boolean))
FRAMED = {"border": integer(0, 1)}


def _word(required: dict[str, Check], **optional: Check) -> Check:
    return shape(required, {"style": STYLE, **optional})


WORD = by_type(
    {
        "text": _word({"text": WORDS}),
        "link": _word({"url": URL}, text=WORDS, unsafe=boolean),
        "emoji": _word({"name": ID}, unicode=ID, skin_tone=integer(1, 6)),
        "user": _word({"user_id": ID}),
        "usergroup": _word({"usergroup_id": ID}),
        "channel": _word({"channel_id": ID}),
        "broadcast": _word({"range": one_of("here", "channel", "everyone")}),
        "color": _word({"value": ID}),
        "date": _word({"timestamp": integer(0, 10**11), "format": ID}, url=URL, fallback=ID),
    }
)
WRITTEN = {"elements": array(WORD, 1000, least=0)}
SECTION = shape(WRITTEN)
PARTS = {
    "rich_text_section": SECTION,
    "rich_text_quote": shape(WRITTEN, FRAMED),
    "rich_text_preformatted": shape(WRITTEN, {**FRAMED, "language": ID}),
    "rich_text_list": shape(
        {
            "elements": array(by_type({"rich_text_section": SECTION}), 1000),
            "style": one_of("bullet", "ordered"),
        },
        {**FRAMED, "indent": integer(0, 8), "offset": integer(0, 10**6)},
    ),
}
RICH_TEXT = by_type(PARTS)
