"""The dry run of a dropped list, which a channel sees, while people put its rows right."""

from collections.abc import Callable

import pytest

from tests.bot.imports.conftest import in_thread
from tests.bot.imports.test_edit_window import GOOD, OTHER, SLIP, opened, submit, text_of
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

LIST = f"Serial,Site,Build\n{SLIP},london,design\n{OTHER},London HQ,design\n".encode()


def test_the_card_shows_what_was_put_right_and_says_in_the_end_what_was_left_out(
    alice: Person,
    bob: Person,
    slack: Workspace,
    work_all: Callable[[], None],
    registered: Callable[[], list[tuple[str, str, str, str]]],
) -> None:
    dropped = alice.drop(CHANNEL, ("macs.csv", LIST))
    work_all()
    (shown,) = in_thread(slack, dropped)
    assert "Ends <!date^" in readable(shown)

    view = submit(bob, opened(bob, shown), serial0=GOOD)
    work_all()
    assert "*1 Mac can be registered.*" in readable(shown)
    assert "There is no site *London HQ*, which 1 row named." in text_of(view)
    submit(alice, opened(alice, shown), decision1="out")
    work_all()
    assert "*Left out: 1*" in readable(shown)

    alice.click(shown, "import")

    eventually(lambda: len(registered()) == 1)
    work_all()
    assert "Registered 1 Mac: by <@U0ALICE>" in readable(shown)
    assert "Left alone: 1 left out." in readable(shown)
