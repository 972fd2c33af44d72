"""Messages whose blocks Slack refuses: they are shown all the same, with their words alone."""

from datetime import timedelta

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.models.blocks import ActionsBlock, ButtonElement, ContextBlock, DividerBlock
from slack_sdk.web import SlackResponse
from structlog.testing import capture_logs

from bot.slack.drawings import BLOCKS, TABLE, RefusedDrawings, in_words, refusal
from bot.slack.markup import Message, markup, section
from bot.slack.tables import TableColumn, table, words
from infrastructure.database.engine import Database
from provisioning.outbox import outbox
from provisioning.outbox.doubts import MAX_DELAY
from tests.fakes.slack import Workspace
from tests.provisioning.outbox.floors import Floor
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.inputs.examples import NOON, faults_in_a_channel
from tests.support.installation import CHANNEL
from tests.support.tables import for_each

POST, EDIT = "chat.postMessage", "chat.update"


def kinds_of_blocks(slack: Workspace) -> list[set[str]]:
    """The types of blocks of each message in the channel."""
    return [
        {block["type"] for block in message.blocks} for message in slack.channels[CHANNEL].messages
    ]


def posts(slack: Workspace) -> int:
    return [call.method for call in slack.calls].count(POST)


@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"])
def test_a_card_whose_blocks_slack_refuses_is_shown_once_in_words(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, code: str
) -> None:
    slack.faults.fail(code, methods=[POST])
    with capture_logs() as lines:
        floor.register("C02AAA")
        deliver_all()

    assert kinds_of_blocks(slack) == [{"section"}]
    assert "C02AAA" in str(slack.channels[CHANNEL].messages[0].blocks)
    assert floor.refused() == []
    [warning] = [line for line in lines if line["log_level"] == "warning"]
    assert (warning["kind"], warning["reason"]) == ("batch", code)


def test_for_a_day_others_of_the_kind_go_in_words_at_once_and_then_as_ever(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    slack.faults.fail("invalid_blocks", methods=[POST])
    floor.register("C02AAA")
    deliver_all()
    floor.register("C02BBB")
    deliver_all()
    assert posts(slack) == 3, "one was refused, two are shown"

    clock.advance(days=1)
    floor.register("C02CCC")
    deliver_all()

    first, second, third = kinds_of_blocks(slack)
    assert first == second == {"section"}
    assert "actions" in third


def test_other_kinds_of_messages_go_on_as_they_are(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, database: Database, clock: Clock
) -> None:
    slack.faults.fail("invalid_blocks", methods=[POST])
    with database.begin() as session:
        outbox.enqueue_news(session, channel=CHANNEL, sentence="News.", at=clock())
    deliver_all()

    floor.register("C02AAA")
    deliver_all()

    assert "actions" in kinds_of_blocks(slack)[-1]


def test_an_edit_whose_blocks_slack_refuses_is_made_in_words(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    floor.register("C02AAA")
    deliver_all()
    slack.faults.fail("invalid_blocks", methods=[EDIT])

    floor.confirm("C02AAA")
    deliver_all()

    card = slack.channels[CHANNEL].messages[0]
    assert {block["type"] for block in card.blocks} == {"section"}
    assert "confirmed" in card.text


def test_one_in_words_whose_answer_is_lost_is_looked_for_and_not_posted_twice(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll, clock: Clock
) -> None:
    slack.faults.fail("invalid_blocks", methods=[POST])
    slack.faults.lose_replies(methods=[POST])
    floor.register("C02AAA")
    deliver_all()

    clock.advance(seconds=(MAX_DELAY + timedelta(minutes=1)).total_seconds())
    deliver_all()

    assert kinds_of_blocks(slack) == [{"section"}]
    assert floor.owed() == 0


def test_one_that_slack_refuses_in_words_as_well_is_parked(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.faults.fail("invalid_blocks", times=2, methods=[POST])
    floor.register("C02AAA")
    deliver_all()

    assert posts(slack) == 2
    assert floor.refused() == ["invalid_blocks: see the log"]


def test_another_refusal_is_none_of_blocks(
    floor: Floor, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.faults.fail("is_archived", methods=[POST])
    floor.register("C02AAA")
    deliver_all()

    assert posts(slack) == 1


def test_the_words_are_those_of_sections_and_of_the_lines_below_them() -> None:
    drawn = in_words(
        Message(
            "In short",
            [
                section("One\nTwo"),
                DividerBlock(),
                ContextBlock(elements=[markup("Three")]),
                ActionsBlock(elements=[ButtonElement(text="Press", action_id="press")]),
            ],
        )
    )

    [block] = drawn.blocks
    assert block.to_dict()["text"]["text"] == (
        "One\nTwo\nThree\n_Slack refused this message as it was drawn; its buttons are left out._"
    )
    assert drawn.text == "In short"


def test_words_that_were_too_long_are_cut_where_slack_takes_them() -> None:
    drawn = in_words(Message("Long", [section("x" * 2_990) for _ in range(20)]))

    assert faults_in_a_channel(drawn) == []


def test_a_message_without_sections_says_its_text() -> None:
    [block] = in_words(Message("In short", [DividerBlock()])).blocks
    assert block.to_dict()["text"]["text"] == "In short"


def test_the_reason_is_slacks_own_with_the_place() -> None:
    answer = {
        "ok": False,
        "error": "invalid_blocks",
        "response_metadata": {"messages": ["[ERROR] too long [json-pointer:/blocks/0/text]"]},
    }
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=answer,
        headers={},
        status_code=200,
    )
    error = SlackApiError("refused", response)  # type: ignore[no-untyped-call]

    assert refusal(error) == "invalid_blocks: [ERROR] too long [json-pointer:/blocks/0/text]"


def test_a_drawing_of_a_kind_is_remembered_for_a_day() -> None:
    refused = RefusedDrawings()
    refused.add("batch", BLOCKS, NOON)

    assert refused.has("batch", BLOCKS, NOON + timedelta(hours=23))
    assert not refused.has("batch", BLOCKS, NOON + timedelta(hours=24))
    assert not refused.has("batch", TABLE, NOON)
    assert not refused.has("import", BLOCKS, NOON)


def refused_for(code: str) -> SlackApiError:
    return SlackApiError("refused", {"error": code})  # type: ignore[no-untyped-call]


class Reader:
    """A Slack that refuses so many messages and keeps the blocks of those that it takes."""

    def __init__(self, *codes: str) -> None:
        self.codes = list(codes)
        self.taken: list[str] = []

    def __call__(self, message: Message) -> None:
        if self.codes:
            raise refused_for(self.codes.pop(0))
        types = [block.to_dict()["type"] for block in message.blocks]
        self.taken.append(" ".join(types))


TABLED = Message(
    "3 Macs",
    [section("3 Macs"), table(TableColumn("Serial", [words("C02")]))],
    [section("3 Macs\n• C02"), ActionsBlock(elements=[ButtonElement(text="Go", action_id="go")])],
)


@for_each(
    ("codes", "shown"),
    [
        ((), "section table"),
        (("invalid_blocks",), "section actions"),
        (("invalid_attachments",), "section actions"),
        (("invalid_blocks", "invalid_blocks"), "section"),
    ],
)
def test_a_message_with_a_table_goes_without_it_and_only_then_in_words(
    codes: tuple[str, ...], shown: str
) -> None:
    refused, slack = RefusedDrawings(), Reader(*codes)

    for _ in range(2):
        refused.send("list", TABLED, NOON, slack)

    assert slack.taken == [shown] * 2, "the second one asks no more"


def test_one_that_is_too_long_says_nothing_of_its_kind() -> None:
    refused, slack = RefusedDrawings(), Reader("msg_blocks_too_long")

    for _ in range(2):
        refused.send("list", TABLED, NOON, slack)

    assert slack.taken == ["section actions", "section table"]


def test_what_slack_refuses_for_another_reason_is_not_drawn_otherwise() -> None:
    slack = Reader("channel_not_found")

    with pytest.raises(SlackApiError):
        RefusedDrawings().send("list", TABLED, NOON, slack)
    assert slack.taken == []
