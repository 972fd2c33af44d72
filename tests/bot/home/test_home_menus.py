"""Menus and buttons of the App Home."""

import pytest

from infrastructure.database.engine import Database
from tests.bot.home.looking import opened, text_of
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.view import View
from tests.support import acting
from tests.support.acting import register

pytestmark = pytest.mark.usefixtures("bot")


def menu_of(view: View, serial: str) -> str:
    """The block with the menu of a Mac."""
    rows = [block for block in view.blocks if block.get("block_id", "").startswith("mac-")]
    [found] = [row["block_id"] for row in rows if f"`{serial}`" in row["text"]["text"]]
    return str(found)


@pytest.mark.postgresql(soak=True)
def test_the_details_of_a_mac_open_in_a_window(alice: Person, database: Database) -> None:
    register(database, "C02AAA", "C02BBB", by="U0BOB")
    home = opened(alice)

    assert alice.select(home, menu_of(home, "C02AAA"), "details:C02AAA").error is None

    window = alice.open_view()
    assert "`C02AAA` → *london* / *design*: waiting for its first boot" in text_of(window)
    assert "registered, *london* / *design*, by <@U0BOB> (command)" in text_of(window)


@pytest.mark.parametrize(("verb", "title"), [("move", "Move"), ("cancel", "Cancel")])
def test_a_menu_does_to_its_mac_what_it_offers(
    alice: Person, database: Database, verb: str, title: str
) -> None:
    register(database, "C02AAA", "C02BBB", by="U0BOB")
    home = opened(alice)

    alice.select(home, menu_of(home, "C02AAA"), f"{verb}:C02AAA")

    assert alice.open_view().content["title"]["text"] == title
    assert "`C02AAA`" in text_of(alice.open_view())


def test_a_menu_that_is_out_of_date_says_so_in_a_window(alice: Person, database: Database) -> None:
    register(database, "C02AAA", by="U0BOB")
    home = opened(alice)
    acting.cancel_now(database, "C02AAA", by="U0BOB")

    alice.select(home, menu_of(home, "C02AAA"), "cancel:C02AAA")

    assert "C02AAA is not registered." in text_of(alice.open_view())
    assert alice.open_view().content["title"]["text"] == "Rollcall"


def test_the_button_opens_the_form(alice: Person) -> None:
    home = opened(alice)

    alice.click(home, "home_register")

    assert alice.open_view().callback_id == "register"
