"""Operations that take something away: red buttons that ask again, and a number that is typed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bot.registrations.windows import danger_blocks
from bot.registrations.windows.blocks import WindowSelection
from bot.slack.payloads import StrangeValue
from infrastructure.database.engine import Database
from provisioning.maintenance.acts.verbs import MAX_BY_BUTTON
from provisioning.registrations.models import Registration
from tests.fakes.slack import Message, View, Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

Card = Callable[[int], Message]

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

MANY = MAX_BY_BUTTON + 1


@pytest.fixture
def card(database: Database, slack: Workspace, deliver_all: DeliverAll) -> Card:
    """Registers so many Macs and returns their card."""

    def registered(number: int) -> Message:
        register(database, *(f"C02Z{each:02}Q9DGJH"[:12] for each in range(number)))
        deliver_all()
        [shown] = [
            each for each in slack.channels[CHANNEL].messages if " for *london*" in each.text
        ]
        return shown

    return registered


def cancelling(alice: Person, shown: Message) -> View:
    alice.click(shown, "card_cancel")
    return alice.open_view()


def buttons(view: View) -> list[dict[str, Any]]:
    [row] = [block for block in view.blocks if block["type"] == "actions"]
    return list(row["elements"])


def written(alice: Person) -> str:
    return str(alice.open_view().blocks)


def waiting(database: Database) -> int:
    with database.reading() as session:
        macs = session.scalars(select(Registration.state)).all()
    return macs.count("waiting")


def test_a_red_button_says_what_and_how_many_asks_again_and_is_not_the_last(
    alice: Person, card: Card
) -> None:
    window = cancelling(alice, card(3))
    cancel, leave = buttons(window)

    assert (cancel["text"]["text"], cancel["style"]) == ("Cancel all 3 Macs", "danger")
    assert cancel["confirm"]["title"]["text"] == "Cancel all 3 Macs?"
    assert cancel["confirm"]["confirm"]["text"] == "Cancel all 3 Macs"
    assert "cancelled" in cancel["confirm"]["text"]["text"]
    assert "style" not in leave
    assert "submit" not in window.content


def test_the_red_button_says_how_many_are_chosen_and_takes_these_alone(
    alice: Person, card: Card, database: Database
) -> None:
    window = cancelling(alice, card(3))
    first, second, _ = (each["value"] for each in alice.type_ahead(window, "which_macs", ""))
    alice.select(window, "which_macs", [first, second])
    eventually(lambda: "Cancel 2 Macs" in written(alice))
    assert waiting(database) == 3

    alice.click(alice.open_view(), danger_blocks.CHOSEN)
    eventually(lambda: "2 Macs cancelled" in written(alice))
    assert waiting(database) == 1


@pytest.mark.parametrize("before", [0, 1])
def test_a_red_button_that_says_another_number_than_is_chosen_does_nothing_but_say_the_right_one(
    before: int,
    alice: Person,
    card: Card,
    database: Database,
    slack: Workspace,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As after two choices in a moment, of which Slack took the first one's number alone."""
    window = cancelling(alice, card(4))
    macs = [each["value"] for each in alice.type_ahead(window, "which_macs", "")]
    if before:
        alice.select(window, "which_macs", macs[:before])
        eventually(lambda: "Cancel 1 Mac" in written(alice))
    slack.faults.fail("hash_conflict", methods=["views.update"])
    alice.select(alice.open_view(), "which_macs", macs[:3])
    eventually(lambda: "hash_conflict" in [call.error for call in slack.calls])

    alice.click(alice.open_view(), danger_blocks.CHOSEN if before else danger_blocks.ALL)
    eventually(lambda: "Cancel 3 Macs" in written(alice))
    assert waiting(database) == 4
    assert "Failed to run" not in caplog.text

    alice.click(alice.open_view(), danger_blocks.CHOSEN)
    eventually(lambda: "3 Macs cancelled" in written(alice))
    assert waiting(database) == 1


def test_who_leaves_it_changes_nothing(alice: Person, card: Card, database: Database) -> None:
    alice.click(cancelling(alice, card(1)), danger_blocks.NONE)

    eventually(lambda: "Nothing was changed." in written(alice))
    assert waiting(database) == 1


def test_who_leaves_it_hears_so_in_their_language(slack: Workspace, card: Card) -> None:
    greta = slack.person("U0GRETA", name="greta", locale="de-DE")
    greta.click(cancelling(greta, card(1)), danger_blocks.NONE)

    eventually(lambda: "Nichts wurde geändert." in written(greta))


def test_the_number_of_many_macs_is_typed_and_a_wrong_one_changes_nothing(
    alice: Person, card: Card, database: Database
) -> None:
    alice.click(cancelling(alice, card(MANY)), danger_blocks.ALL)
    eventually(lambda: alice.open_view().callback_id == danger_blocks.TYPED)
    window = alice.open_view()

    wrong = alice.submit(window, {danger_blocks.NUMBER: "3"})
    assert f"That is not {MANY}" in str(wrong)
    assert waiting(database) == MANY

    done = alice.submit(window, {danger_blocks.NUMBER: f" {MANY} "})
    assert waiting(database) == 0
    assert done.updated_view is not None
    assert done.updated_view.content["clear_on_close"]  # the window below it is over, too
    assert f"{MANY} Macs cancelled" in written(alice)
    alice.click(alice.open_view(), "undo")
    eventually(lambda: waiting(database) == MANY)


def test_a_window_of_an_operation_of_another_release_is_known_as_such() -> None:
    stored = WindowSelection("cancel", serial="C02AAA").to_json()

    assert WindowSelection.from_json(stored).verb == "cancel"
    with pytest.raises(StrangeValue):
        WindowSelection.from_json(stored.replace("cancel", "retire"))
