"""Commands typed to Rollcall as messages: in its Messages tab, and behind a mention."""

import pytest

from bot.commands.typed import MAX_BLOCKS, TypedMessage, is_typed
from bot.slack.markup import LONGEST_POST, Message, section
from infrastructure.database.engine import Database
from provisioning.registrations.models import Event
from tests.bot.commands.typed import registrations
from tests.fakes.slack import Message as Shown
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def replies(slack: Workspace, message: Shown) -> list[str]:
    """The texts in the thread of a message."""
    channel = slack.channels[message.channel_id]
    return [readable(reply) for reply in channel.replies_to(message)]


def mention(slack: Workspace, text: str) -> str:
    return f"<@{slack.app.bot_user_id}>{text}"


def test_a_command_in_the_messages_tab_is_done_and_answered_in_its_thread(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    said = alice.say(alice.dm.id, "register `C02AAA` london design")
    deliver_all()

    assert registrations(database) == [("C02AAA", "london", "design", "waiting")]
    [answer] = replies(slack, said)
    assert "Registered `C02AAA` for *london* / *design*." in answer


def test_of_a_command_that_fails_it_is_said_that_nothing_was_changed(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    with database.begin() as session:
        Event.__table__.drop(session.connection())

    said = alice.say(alice.dm.id, "register C02AAA london design")
    deliver_all()

    [answer] = replies(slack, said)
    assert "nothing was changed" in answer


@for_each("before", [" ", ": ", ", ", "\n", ": /mac ", "! ", " - ", " – /mac ", " :wave: "])
def test_a_mention_at_the_beginning_is_as_good_as_the_slash_command(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, before: str
) -> None:
    said = alice.say(CHANNEL, mention(slack, f"{before}show C02AAA"))
    deliver_all()

    [answer] = replies(slack, said)
    assert "C02AAA is not registered." in answer


@for_each(
    "written",
    [
        *("hey {bot} show C02AAA", "Hallo, {bot}: show C02AAA", "*{bot}* show C02AAA"),
        *("Hi :wave: {bot} show C02AAA", "Hello! {bot} :pray: show C02AAA"),
    ],
)
def test_a_greeting_or_a_mark_before_the_mention_makes_no_difference(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, written: str
) -> None:
    said = alice.say(CHANNEL, written.format(bot=mention(slack, "")))
    deliver_all()

    [answer] = replies(slack, said)
    assert "C02AAA is not registered." in answer


def test_a_pasted_list_is_a_dry_run_in_the_thread_that_registers(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    said = alice.say(CHANNEL, mention(slack, " C02XG0FDJGH5, C02YK1QWLVDN\nlondon design"))
    deliver_all()

    [shown] = slack.channels[CHANNEL].replies_to(said)
    assert "*2 Macs can be registered.*" in readable(shown)
    assert registrations(database) == []
    alice.click(shown, "import")
    eventually(lambda: len(registrations(database)) == 2)


CELLS = (
    ("", "Serial", "Site", "Build"),
    ("1", "C02XG0FDJGH5", "london", "design"),
    ("2", "C02YK1QWLVDN", "paris", "kiosk"),
)


@for_each("text", ["", "register", "{bot}", "{bot} for design"])
def test_cells_that_are_pasted_out_of_a_spreadsheet_are_a_list(
    alice: Person, slack: Workspace, deliver_all: DeliverAll, text: str
) -> None:
    """Slack makes a table of them, and leaves the text of the message empty."""
    said = alice.paste(alice.dm.id, CELLS, text.format(bot=mention(slack, "")))
    deliver_all()

    [shown] = slack.channels[said.channel_id].replies_to(said)
    assert "1 Mac for *london* / *design*" in readable(shown)
    assert "1 Mac for *paris* / *kiosk*" in readable(shown)


def test_a_message_that_is_passed_on_to_us_is_a_list_and_never_a_command(
    alice: Person, bob: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    wish = bob.say(CHANNEL, "please do C02XG0FDJGH5 and C02YK1QWLVDN for london, design")
    order = bob.say(CHANNEL, "cancel C02XG0FDJGH5")
    passed_on, ordered = (alice.pass_on(each, alice.dm.id) for each in (wish, order))
    deliver_all()

    assert "*2 Macs can be registered.*" in replies(slack, passed_on)[0]
    assert "Cancel" not in replies(slack, ordered)[0]
    assert registrations(database) == []


def test_an_edited_message_is_not_done_again_which_is_said_once(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    said = alice.say(alice.dm.id, "regsiter C02AAA london design")
    alice.edit(said, "regsiter C02AAA london design")  # a preview of a link, for one
    alice.edit(said, "register C02AAA london design")
    alice.edit(said, "register C02AAA paris design")
    alice.edit(alice.say(CHANNEL, "hello"), "hello all")
    deliver_all()

    assert "Did you mean" in replies(slack, said)[0]
    assert replies(slack, said)[1:] == [
        "What you change in a message is not read; send it again as a new one."
    ]
    assert registrations(database) == []


def test_a_reply_that_is_shown_in_the_channel_too_is_answered(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    first = alice.say(CHANNEL, "Where is it?")
    text = mention(slack, " show C02AAA")
    alice.say(CHANNEL, text, thread_ts=first.ts, broadcast=True)
    deliver_all()

    assert "C02AAA is not registered." in replies(slack, first)[-1]


@for_each("is_refused", [False, True])
def test_a_table_is_posted_and_the_lines_in_its_place_where_slack_refuses_it(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll, is_refused: bool
) -> None:
    many = " ".join(f"FVFZT3LMQ{number}L{number}" for number in range(2, 9))
    said = alice.say(alice.dm.id, f"{many} london design")
    if is_refused:
        slack.faults.fail("invalid_blocks", methods=["chat.postMessage"])
    deliver_all()

    [shown] = slack.channels[said.channel_id].replies_to(said)
    types = [block["type"] for block in shown.blocks]
    assert ("table" in types) != is_refused
    assert ("• `FVFZT3LMQ2L2` → *london*" in readable(shown)) == is_refused
    assert "actions" in types, "the buttons are there all the same"


@for_each(
    "text",
    [
        "C02XG0FDJGH5 london design",
        "the Mac C02XG0FDJGH5 goes to london, please have {bot} register it",
        "<@U0BOB> register C02XG0FDJGH5 london design",
    ],
)
def test_talk_of_people_in_a_channel_starts_nothing(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll, text: str
) -> None:
    said = alice.say(CHANNEL, text.format(bot=mention(slack, "")))
    deliver_all()

    assert replies(slack, said) == []
    assert registrations(database) == []


def test_talk_in_the_messages_tab_is_answered_with_what_can_be_typed(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    thanks = alice.say(alice.dm.id, "thanks a lot!")
    slip = alice.say(alice.dm.id, "regsiter C02AAA london design")
    deliver_all()

    assert "`/mac help` shows what can be typed." in replies(slack, thanks)[0]
    assert "Did you mean *register*?" in replies(slack, slip)[0]


def test_a_bare_mention_is_answered_with_the_help(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    said = alice.say(CHANNEL, mention(slack, ""))
    deliver_all()

    assert "`/mac register SERIAL SITE BUILD`" in replies(slack, said)[0]


def test_guests_are_refused(slack: Workspace, database: Database, deliver_all: DeliverAll) -> None:
    guest = slack.person("U0GUEST", guest=True)

    said = guest.say(CHANNEL, mention(slack, " register C02AAA london design"))
    deliver_all()

    assert "guest" in replies(slack, said)[0]
    assert registrations(database) == []


def test_a_reply_in_a_thread_is_answered_in_that_thread(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    first = alice.say(CHANNEL, "Where is it?")
    alice.say(CHANNEL, mention(slack, " show C02AAA"), thread_ts=first.ts)
    deliver_all()

    assert "C02AAA is not registered." in replies(slack, first)[-1]


@for_each(
    "change",
    [
        {"subtype": "message_changed"},
        {"subtype": "file_share", "files": [{"id": "F1"}]},
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": None},
        {"text": " "},
        {"text": None},
        {"channel": None},
        {"type": "app_mention"},
    ],
)
def test_what_no_person_wrote_anew_is_not_typed(change: dict[str, object]) -> None:
    event = {"type": "message", "channel_type": "im", "user": "U1", "text": "help"}
    event |= {"channel": "D1", "ts": "1.1"}
    body = {"authorizations": [{"user_id": "UBOT"}]}

    assert is_typed({**body, "event": event})
    assert is_typed({**body, "event": event | {"subtype": "me_message"}})
    assert not is_typed({**body, "event": event | change})


def test_an_answer_has_no_more_than_slack_takes_in_a_message() -> None:
    body = {"event": {"user": "U1", "channel": "D1", "ts": "1.1", "text": "list"}}
    typed = TypedMessage.of(body, "/mac")
    many = Message("many", [section("x")] * (MAX_BLOCKS + 1))
    long = Message("long", [section("x" * 3000)] * 9)

    assert len(typed.payload(many)["blocks"]) == MAX_BLOCKS
    assert sum(len(block["text"]["text"]) for block in typed.payload(long)["blocks"]) < LONGEST_POST
    assert "more than Slack shows" in typed.payload(long)["blocks"][-1]["text"]["text"]
