"""Contents of messages: what people see in them, beside the text that Slack sends."""

from typing import Any

from bot.slack import contents
from tests.fakes.slack.state.messages import pasted_json
from tests.support.tables import for_each

ROWS = [["Serial", "Site"], ["C02XG0FDJGH5", "london"]]
COLUMNS = "Serial\tSite\nC02XG0FDJGH5\tlondon"


def styled(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*parts]}]}


@for_each(
    "message",
    [
        {"text": "", "attachments": [pasted_json(ROWS)]},
        {"blocks": [{"type": "table", "rows": pasted_json(ROWS)["blocks"][0]["rows"]}]},
        {"attachments": [{"is_share": True, "from_url": "https://x", "text": COLUMNS}]},
        {"blocks": [{"type": "rich_text", "elements": [{"text": COLUMNS}]}]},
        {"attachments": [{"is_share": True, "message_blocks": [pasted_json(ROWS)]}]},
    ],
)
def test_pasted_cells_and_messages_that_were_passed_on_are_text(message: dict[str, Any]) -> None:
    assert contents.text_of(message) == COLUMNS


@for_each(
    ("cell", "text"),
    [
        ({"type": "raw_text", "text": "C02XG0FDJGH5"}, "C02XG0FDJGH5"),
        ({"type": "raw_number", "value": 42}, "42"),
        (styled({"text": "C02XG", "style": {"bold": True}}, {"text": "0FDJGH5"}), "C02XG0FDJGH5"),
        (styled({"type": "link", "url": "https://x.example"}), "https://x.example"),
        (styled({"text": "two\nlines"}), "two lines"),
        ({"type": "unknown"}, ""),
        (None, ""),
    ],
)
def test_a_cell_is_what_stands_in_it(cell: Any, text: str) -> None:
    assert contents.text_of({"blocks": [{"type": "table", "rows": [[cell, cell]]}]}) == (
        f"{text}\t{text}" if text else ""
    )


def test_a_preview_of_a_link_is_nothing_that_a_person_wrote() -> None:
    preview = {"from_url": "https://x", "text": "C02XG0FDJGH5", **pasted_json(ROWS)}

    assert contents.text_of({"text": "see https://x", "attachments": [preview]}) == "see https://x"


def test_a_message_of_an_app_is_what_it_shows_and_not_its_notification() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*Ticket 7*"}}
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": "Serial: C02XG0FDJGH5"}]}
    blocks = [section, fields, styled({"type": "text", "text": "for london"})]
    old = {"pretext": "New", "fields": [{"title": "Serial", "value": "C02XG0FDJGH5"}]}

    assert contents.text_of({"bot_id": "B1", "text": "A ticket", "blocks": blocks}) == (
        "*Ticket 7*\nSerial: C02XG0FDJGH5\nfor london"
    )
    assert contents.text_of({"bot_id": "B1", "text": "A ticket", "attachments": [old]}) == (
        "A ticket\nNew\nSerial: C02XG0FDJGH5"
    )


def test_an_apps_message_that_is_passed_on_is_what_its_blocks_say() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "Serial: C02XG0FDJGH5"}}
    share = {"is_share": True, "from_url": "https://x", "fallback": "[11:00 AM] Tickets: new"}
    blocks = [{"message": {"blocks": [section]}}]

    assert contents.beside({"attachments": [{**share, "message_blocks": blocks}]}) == (
        "Serial: C02XG0FDJGH5"
    )
    assert contents.beside({"attachments": [share]}) == "[11:00 AM] Tickets: new"


@for_each("strange", [None, "x", [None, "x", 1], [{"files": "x", "is_share": True}], {"a": 1}])
def test_what_slack_does_not_document_is_nothing(strange: Any) -> None:
    message = {"text": "hello", "attachments": strange, "blocks": strange, "files": strange}

    assert contents.text_of(message) == "hello"
    assert [file for file in contents.files_of(message) if "name" in file] == []
