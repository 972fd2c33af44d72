"""The Home tab after something was done in a window that was opened from it."""

from collections.abc import Callable
from typing import Any

import pytest

from infrastructure.database.engine import Database
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.view import View
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


@pytest.fixture
def alice(slack: Workspace, database: Database) -> Person:
    """A technician who sees two Macs on her Home."""
    register(database, "C02AAA", "C02BBB")
    alice = slack.person("U0ALICE", name="alice")
    alice.open_home()
    eventually(lambda: alice.home is not None)
    assert serials(home(alice)) == ["C02BBB", "C02AAA"]
    return alice


def home(alice: Person) -> View:
    assert alice.home is not None
    return alice.home


def rows(view: View) -> list[dict[str, Any]]:
    """The blocks of its Macs, from above."""
    return [block for block in view.blocks if block.get("block_id", "").startswith("mac-")]


def serials(view: View) -> list[str]:
    return [row["text"]["text"].split("`")[1] for row in rows(view)]


def pick(alice: Person, verb: str, serial: str = "C02AAA") -> View:
    """Choose from a Mac's menu on the Home, and return the window."""
    [menu] = [row["block_id"] for row in rows(home(alice)) if serial in row["text"]["text"]]
    alice.select(home(alice), menu, f"{verb}:{serial}")
    return alice.open_view()


def becomes(alice: Person, look: Callable[[View], bool]) -> None:
    eventually(lambda: look(home(alice)))


def test_a_mac_that_was_cancelled_is_gone_and_back_when_that_is_undone(alice: Person) -> None:
    alice.click(pick(alice, "cancel"), "danger_all")
    becomes(alice, lambda view: serials(view) == ["C02BBB"])

    alice.click(alice.open_view(), "undo")

    becomes(alice, lambda view: serials(view) == ["C02BBB", "C02AAA"])


def test_a_mac_that_was_moved_is_shown_where_it_goes_and_where_it_is_when_that_is_undone(
    alice: Person,
) -> None:
    alice.submit(pick(alice, "move"), {"site": "paris", "build": "basic"})
    becomes(alice, lambda view: "`C02AAA` → *paris* / *basic*" in str(view.blocks))

    alice.click(alice.open_view(), "undo")

    becomes(alice, lambda view: "*paris* / *basic*" not in str(view.blocks))


@pytest.mark.postgresql(soak=True)
def test_what_was_filtered_stays_filtered(alice: Person) -> None:
    before = home(alice).hash
    alice.select(home(alice), "home_site", "london")
    becomes(alice, lambda view: view.hash != before)

    alice.submit(pick(alice, "move"), {"site": "paris", "build": "basic"})

    becomes(alice, lambda view: serials(view) == ["C02BBB"])


def test_macs_of_the_form_are_there_at_once(alice: Person) -> None:
    alice.click(home(alice), "home_register")
    view = alice.open_view()

    alice.submit(view, {"serials": "C02CCC", "site": "paris", "build": "basic"})

    becomes(alice, lambda view: serials(view) == ["C02CCC", "C02BBB", "C02AAA"])


def test_a_mac_that_the_form_finds_elsewhere_may_be_moved_there_and_is_shown_so(
    alice: Person,
) -> None:
    alice.click(home(alice), "home_register")
    answers = {"serials": "C02AAA", "site": "paris", "build": "basic"}
    alice.submit(alice.open_view(), answers)
    assert "Registered elsewhere already" in str(alice.open_view().blocks)

    alice.click(alice.open_view(), "move")

    becomes(alice, lambda view: "`C02AAA` → *paris* / *basic*" in str(view.blocks))


def test_a_dry_run_in_the_form_is_there_once_somebody_says_yes(alice: Person) -> None:
    alice.click(home(alice), "home_register")
    answers = {"serials": "C02CCC C02DDD", "site": "paris", "build": "basic"}
    alice.submit(alice.open_view(), answers)

    alice.click(alice.open_view(), "import")

    becomes(alice, lambda view: len(serials(view)) == 4)


def test_what_is_done_in_a_window_from_elsewhere_leaves_the_home_alone(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    deliver_all()
    before = home(alice).hash
    alice.click(slack.channels[CHANNEL].messages[-1], "card_cancel")

    alice.select(alice.open_view(), "which_macs", ["C02AAA"])
    eventually(lambda: "Cancel 1 Mac" in str(alice.open_view().blocks))
    alice.click(alice.open_view(), "danger_chosen")
    eventually(lambda: "1 Mac cancelled" in str(alice.open_view().blocks))

    deliver_all()
    assert "1 cancelled" in slack.channels[CHANNEL].messages[-1].text
    assert home(alice).hash == before
