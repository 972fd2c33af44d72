"""Answers that Slack does not take where they belong come as a message to the person."""

import pytest
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from tests.bot.commands.typed import registrations
from tests.bot.imports.conftest import paste
from tests.bot.imports.test_edit_window import opened, submit
from tests.fakes.slack import Message, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.web.faults import RESPONSE_URL
from tests.support.acting import cancel_now, register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

NOTHING = "no answer"


@pytest.fixture
def card(slack: Workspace, database: Database, deliver_all: DeliverAll) -> Message:
    """The card of two Macs."""
    register(database, "C17PW3GZDTY4", "C02YK1QWLVDN")
    deliver_all()
    return slack.channels[CHANNEL].messages[-1]


def refuse(slack: Workspace, code: str, method: str) -> None:
    """Have Slack answer the next call of a method with an error, or say NOTHING."""
    if code == NOTHING:
        slack.faults.lose_replies(times=2, methods=[method])  # an edit is tried twice
    else:
        slack.faults.fail(code, methods=[method])


def told(person: Person, deliver_all: DeliverAll) -> Message:
    """The one message to a person, once there is one."""

    def delivered() -> list[Message]:
        deliver_all()
        return person.dm.messages

    [message] = eventually(delivered)
    return message


@pytest.mark.parametrize("code", ["hash_conflict", "not_found", "ratelimited", NOTHING])
def test_what_was_done_in_a_window_that_slack_does_not_change_is_told_with_its_undo(
    code: str,
    alice: Person,
    card: Message,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    alice.click(card, "card_cancel")
    window = alice.open_view()
    refuse(slack, code, "views.update")

    alice.click(window, "danger_all")

    answer = told(alice, deliver_all)
    assert "2 Macs cancelled." in readable(answer)
    assert {state for *_, state in registrations(database)} == {"cancelled"}
    alice.click(answer, "undo")
    eventually(lambda: {state for *_, state in registrations(database)} == {"waiting"})


def test_an_answer_in_a_window_is_not_told_again_where_only_slacks_reply_was_lost(
    alice: Person, card: Message, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.click(card, "card_cancel")
    window = alice.open_view()
    slack.faults.lose_replies(methods=["views.update"])

    alice.click(window, "danger_all")

    eventually(lambda: "2 Macs cancelled." in str(alice.open_view().blocks))
    eventually(lambda: [call.method for call in slack.calls].count("views.update") == 2)
    deliver_all()
    assert alice.dm.messages == []


@pytest.mark.parametrize("code", ["expired_url", "used_url"])
def test_an_answer_beside_a_message_whose_time_is_over_is_told(
    code: str, alice: Person, bob: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.ask("/mac", "register C02AAA london design", channel=CHANNEL)
    shown = bob.ask("/mac", "register C02AAA paris basic", channel=CHANNEL).message
    assert shown
    slack.faults.fail(code, methods=[RESPONSE_URL])

    bob.click(shown, "move")

    assert "Moved `C02AAA`" in readable(told(bob, deliver_all))


@pytest.mark.parametrize("code", ["expired_trigger_id", NOTHING])
def test_a_window_from_the_home_that_slack_does_not_open_is_told(
    code: str, alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.open_home()
    home = eventually(lambda: alice.home)
    refuse(slack, code, "views.open")

    alice.click(home, "home_register")

    assert "The window could not be opened" in readable(told(alice, deliver_all))


def test_a_second_window_that_slack_does_not_open_is_told(
    alice: Person, card: Message, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.click(card, "card_details")
    window = alice.open_view()
    slack.faults.respond_429(5, methods=["views.push"])

    alice.select(window, "look_at_mac", "C17PW3GZDTY4")

    assert "The window could not be opened" in readable(told(alice, deliver_all))


def test_an_answer_to_the_home_is_told_where_its_window_does_not_open(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    register(database, "C17PW3GZDTY4")
    deliver_all()
    alice.open_home()
    home = eventually(lambda: alice.home)
    cancel_now(database, "C17PW3GZDTY4")
    slack.faults.fail("expired_trigger_id", methods=["views.open"])

    alice.select(home, "mac", "move:C17PW3GZDTY4")

    assert "C17PW3GZDTY4 is not registered" in readable(told(alice, deliver_all))


def test_a_change_of_rows_that_their_window_does_not_show_is_told_and_kept(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    shown = paste(alice, "register C02XGOFDJGH5 C02YK1QWLVDN london design")
    view = submit(alice, opened(alice, shown), decision0="out")
    eventually(lambda: "*Left out: 1*" in readable(shown))
    slack.faults.fail("not_found", methods=["views.update"])

    alice.click(view, "rows_undo")

    assert "What you did in it is kept" in readable(told(alice, deliver_all))
    eventually(lambda: "Left out" not in readable(shown))


def test_a_window_that_slack_does_not_open_is_told_also_where_the_time_of_its_message_is_over(
    alice: Person, card: Message, slack: Workspace, deliver_all: DeliverAll
) -> None:
    slack.faults.fail("expired_trigger_id", methods=["views.open"])
    slack.faults.fail("expired_url", methods=[RESPONSE_URL])

    alice.click(card, "card_details")

    assert "The window could not be opened" in readable(told(alice, deliver_all))


def test_who_presses_a_button_that_cannot_say_the_right_number_is_told(
    alice: Person, card: Message, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    alice.click(card, "card_cancel")
    slack.faults.fail("ratelimited", times=2, methods=["views.update"])
    alice.select(alice.open_view(), "which_macs", ["C17PW3GZDTY4"])

    alice.click(alice.open_view(), "danger_all")

    assert "Nothing was changed: the window" in readable(told(alice, deliver_all))
    assert {state for *_, state in registrations(database)} == {"waiting"}


def test_the_log_says_by_slacks_code_why_an_answer_comes_as_a_message(
    alice: Person, card: Message, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.click(card, "card_cancel")
    window = alice.open_view()
    slack.faults.fail("hash_conflict", methods=["views.update"])

    with capture_logs() as lines:
        alice.click(window, "danger_all")
        told(alice, deliver_all)

    reasons = {line["event"]: line.get("reason") for line in lines}
    assert reasons["answer comes as a message"] == "hash_conflict"
