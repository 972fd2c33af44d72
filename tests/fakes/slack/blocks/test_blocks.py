"""The stand-in's judgement of blocks and views, in Slack's words."""

from typing import Any

from slack_sdk.models import blocks as models
from slack_sdk.models.views import View

from tests.fakes.slack.blocks.surfaces import problems_of_message, problems_of_view, too_long
from tests.support.tables import for_each

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def section(**keys: Any) -> Block:
    return {"type": "section", "text": mrkdwn("x"), **keys}


def button(action_id: str = "go", **keys: Any) -> Block:
    return {"type": "button", "text": plain("Go"), "action_id": action_id, **keys}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def options(count: int, text: str = "London", value: str = "london") -> list[Block]:
    return [{"text": plain(text), "value": value}] * count


def select(**keys: Any) -> Block:
    return {"type": "static_select", "action_id": "site", **keys}


def asked(element: Block, **keys: Any) -> Block:
    return {"type": "input", "label": plain("Serial"), "element": element, **keys}


def table(rows: int, columns: int) -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


WRITTEN = {"type": "plain_text_input", "action_id": "serial"}
AT_ACCESSORY = "[json-pointer:/blocks/0/accessory]"
AT_OPTION = "[json-pointer:/blocks/0/accessory/options/0"
NOT_OFFERED = f"initial option must exactly match one of the options {AT_ACCESSORY}"
NOTHING_OFFERED = f"missing required field: options {AT_ACCESSORY}"
MODAL: Block = {"type": "modal", "title": plain("Register"), "blocks": []}


def built_by_slack_sdk() -> list[models.Block]:
    """Blocks of each kind that the product builds, by slack_sdk's own models."""
    london = models.Option(value="london", text="London")
    confirm = models.ConfirmObject(title="Cancel?", text="It stays as it is.")
    return [
        models.SectionBlock(
            text="*C02* → London",
            fields=["site", "build"],
            accessory=models.OverflowMenuElement(action_id="more", options=[london]),
        ),
        models.DividerBlock(),
        models.ContextBlock(elements=[models.MarkdownTextObject(text="by alice")]),
        models.ActionsBlock(
            block_id="b",
            elements=[
                models.ButtonElement(
                    text="Cancel", action_id="cancel", value="1", style="danger", confirm=confirm
                ),
                models.StaticSelectElement(
                    placeholder="Site", action_id="site", options=[london], initial_option=london
                ),
                models.ExternalDataSelectElement(
                    placeholder="Build", action_id="build", min_query_length=0
                ),
            ],
        ),
        models.InputBlock(
            label="Serials",
            block_id="serials",
            element=models.PlainTextInputElement(action_id="serials", multiline=True),
            hint="One a line",
        ),
    ]


def test_what_slack_sdks_own_models_build_is_accepted() -> None:
    """The product builds its blocks with these."""
    built = built_by_slack_sdk()
    blocks = [block.to_dict() for block in built]
    view = View(type="modal", title="Register", submit="Save", close="Back", blocks=built)

    assert problems_of_message(blocks) == []
    assert problems_of_view(view.to_dict()) == []
    assert problems_of_message([table(2, 2)]) == []


@for_each(
    ("blocks", "problem"),
    [
        ([{"type": "divider"}] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
        ([{"type": "banner"}], "unsupported type: banner [json-pointer:/blocks/0/type]"),
        ([{}], "missing required field: type [json-pointer:/blocks/0]"),
        (["x"], "must provide an object [json-pointer:/blocks/0]"),
        ([section(color="red")], "invalid additional property: color [json-pointer:/blocks/0]"),
        ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
        (
            [section(text=mrkdwn("x" * 3001))],
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            [section(text=mrkdwn(""))],
            "must be more than 0 characters [json-pointer:/blocks/0/text/text]",
        ),
        ([section(text="x")], "must provide an object [json-pointer:/blocks/0/text]"),
        (
            [section(fields=[mrkdwn("x")] * 11)],
            "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
        ),
        (
            [section(fields=[mrkdwn("x" * 2001)])],
            "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
        ),
        (
            [{"type": "context", "elements": [mrkdwn("x")] * 11}],
            "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            [actions(*[button(str(number)) for number in range(26)])],
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        ([actions()], "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
        (
            [actions(button(text=plain("x" * 76)))],
            "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
        ),
        (
            [actions(button(value="x" * 2001))],
            "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
        ),
        (
            [actions(button("x" * 256))],
            "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
        ),
        (
            [actions(button(style="green"))],
            "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            [actions(WRITTEN)],
            "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            [actions(button("a"), button("a"))],
            '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
        ),
        (
            [section(block_id="x" * 256)],
            "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
        ),
        (
            [section(block_id="a"), section(block_id="a")],
            '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
        ),
        (
            [section(accessory=select(options=options(101)))],
            "no more than 100 items allowed [json-pointer:/blocks/0/accessory/options]",
        ),
        (
            [section(accessory=select(options=[]))],
            "no less than 1 items allowed [json-pointer:/blocks/0/accessory/options]",
        ),
        (
            [section(accessory=select(options=options(1, text="x" * 76)))],
            f"must be less than 76 characters {AT_OPTION}/text/text]",
        ),
        (
            [section(accessory=select(options=options(1, value="x" * 151)))],
            f"must be less than 151 characters {AT_OPTION}/value]",
        ),
        ([section(accessory=select())], NOTHING_OFFERED),
        (
            [section(accessory=select(options=options(1), initial_option=options(1, "Paris")[0]))],
            NOT_OFFERED,
        ),
        (
            [actions({"type": "overflow", "action_id": "more", "options": options(6)})],
            "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
        ),
        (
            [asked({"type": "file_input", "action_id": "photo"})],
            "unsupported type: file_input [json-pointer:/blocks/0/element/type]",
        ),
        ([table(101, 1)], "no more than 100 items allowed [json-pointer:/blocks/0/rows]"),
        ([table(1, 21)], "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]"),
        ([table(1, 1), table(1, 1)], "only_one_table_allowed [json-pointer:/blocks]"),
    ],
)
def test_a_broken_message_is_refused_with_the_place(blocks: list[Any], problem: str) -> None:
    """One rule each."""
    assert problems_of_message(blocks) == [problem]


@for_each(
    ("changes", "problem"),
    [
        (
            {"title": plain("x" * 25)},
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        ({"title": mrkdwn("x")}, "unsupported type: mrkdwn [json-pointer:/view/title/type]"),
        (
            {"submit": plain("x" * 25)},
            "must be less than 25 characters [json-pointer:/view/submit/text]",
        ),
        (
            {"close": plain("x" * 25)},
            "must be less than 25 characters [json-pointer:/view/close/text]",
        ),
        (
            {"private_metadata": "x" * 3001},
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            {"callback_id": "x" * 256},
            "must be less than 256 characters [json-pointer:/view/callback_id]",
        ),
        ({"colour": "red"}, "invalid additional property: colour [json-pointer:/view]"),
        (
            {"blocks": [{"type": "divider"}] * 101},
            "no more than 100 items allowed [json-pointer:/view/blocks]",
        ),
        ({"blocks": [table(1, 1)]}, "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (
            {"blocks": [asked(WRITTEN)]},
            "`submit` is required when an input block is within the blocks [json-pointer:/view]",
        ),
        (
            {"submit": plain("Save"), "blocks": [asked(WRITTEN, label=plain("x" * 2001))]},
            "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]",
        ),
        (
            {"submit": plain("Save"), "blocks": [asked(button())]},
            "unsupported type: button [json-pointer:/view/blocks/0/element/type]",
        ),
        (
            {"type": "home", "submit": plain("x")},
            "invalid additional property: submit [json-pointer:/view]",
        ),
    ],
)
def test_a_broken_view_is_refused_with_the_place(changes: Block, problem: str) -> None:
    """One rule each."""
    view = {**MODAL, **changes}
    if view["type"] == "home":
        del view["title"]
    assert problems_of_view(view) == [problem]


@for_each(
    "rubbish",
    [None, "blocks", {}, [None], [{"type": []}], [section(accessory=select(options=[1]))]],
)
def test_rubbish_is_refused_and_breaks_nothing(rubbish: Any) -> None:
    """Any value of JSON can be sent as blocks."""
    assert problems_of_message(rubbish)
    assert problems_of_view({**MODAL, "blocks": rubbish})


def test_the_length_of_all_blocks_is_limited_too() -> None:
    """Fifty short sections are fewer characters than forty of the same length with a buffer."""
    assert not too_long([section(text=mrkdwn("x" * 200))] * 40)
    assert too_long([section(text=mrkdwn("x" * 200))] * 42)
