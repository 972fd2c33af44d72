"""The stand-in's judgement of tables and alerts: their parts, their limits, and their places."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.models.blocks import AlertBlock, TableBlock

from tests.fakes.slack.blocks.surfaces import problems_of_message, problems_of_view
from tests.fakes.slack.blocks.test_blocks import Block, mrkdwn, plain, table
from tests.fakes.slack.conftest import refusal
from tests.support.tables import for_each

AT = "[json-pointer:/blocks/0"
WORD = {"type": "raw_text", "text": "x"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}


def of_cells(*cells: Block, **keys: Any) -> Block:
    return {"type": "table", "rows": [list(cells)], **keys}


def modal(block: Block) -> Block:
    return {"type": "modal", "title": plain("Mac"), "blocks": [block]}


def home(block: Block) -> Block:
    return {"type": "home", "blocks": [block]}


@for_each(
    "block",
    [
        TableBlock(rows=[[WORD, RICH]], column_settings=[{"align": "right"}]).to_dict(),
        of_cells(WORD, column_settings=[None, {}]),
    ],
)
def test_a_table_stands_in_a_message_and_on_the_home(block: Block) -> None:
    assert problems_of_message([block]) == []
    assert problems_of_view(home(block)) == []
    [problem] = problems_of_view(modal(block))
    assert problem.startswith("unsupported type")


def test_an_alert_stands_in_a_modal_alone() -> None:
    block = AlertBlock(text=mrkdwn("*Look*"), level="warning").to_dict()

    assert problems_of_view(modal(block)) == []
    for problems in (problems_of_message([block]), problems_of_view(home(block))):
        assert [problem.partition(" [")[0] for problem in problems] == ["unsupported type: alert"]


@for_each(
    ("block", "problem"),
    [
        (of_cells(plain("x")), f"unsupported type: plain_text {AT}/rows/0/0/type]"),
        (
            of_cells({"type": "raw_text", "text": ""}),
            f"must be more than 0 characters {AT}/rows/0/0/text]",
        ),
        (
            of_cells(WORD, column_settings=[{"align": "justify"}]),
            f"must be a valid enum value {AT}/column_settings/0/align]",
        ),
        (
            of_cells(WORD, column_settings=[{"is_wrapped": "yes"}]),
            f"must provide a boolean {AT}/column_settings/0/is_wrapped]",
        ),
        (
            of_cells(WORD, column_settings=[None] * 21),
            f"no more than 20 items allowed {AT}/column_settings]",
        ),
    ],
)
def test_a_broken_table_is_refused_with_the_place(block: Block, problem: str) -> None:
    assert problems_of_message([block]) == [problem]


def test_the_cells_of_a_message_have_so_many_characters_in_all() -> None:
    cell = {"type": "raw_text", "text": "x" * 2_500}

    assert problems_of_message([of_cells(*[cell] * 4)]) == []
    assert problems_of_message([of_cells(*[cell] * 4, WORD)]) == [
        "tables must have less than 10001 characters in all cells [json-pointer:/blocks]"
    ]


def test_an_app_hears_of_the_second_table(client: WebClient) -> None:
    """Slack names attachments, though the tables are blocks."""
    two = [table(1, 1), table(1, 1)]
    error = refusal(client.chat_postMessage, channel="C0IMAGING", text="x", blocks=two)
    assert error == "invalid_attachments"


@for_each(
    ("changes", "problem"),
    [
        ({"text": mrkdwn("x" * 201)}, "must be less than 201 characters"),
        ({"level": "fatal"}, "must be a valid enum value"),
    ],
)
def test_a_broken_alert_is_refused(changes: Block, problem: str) -> None:
    [found] = problems_of_view(modal({"type": "alert", "text": mrkdwn("x"), **changes}))
    assert found.startswith(problem)
