"""An installation without a board and a mail server: what needs them says so."""

import pytest

from tests.bot.commands.typed import typed
from tests.bot.home.looking import opened, text_of
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL

pytestmark = pytest.mark.usefixtures("bot")


def test_what_needs_a_board_or_a_mail_server_says_so(alice: Person) -> None:
    assert "There is no board" in typed(alice, "sign-in")
    assert "ROLLCALL_URL" in typed(alice, "token helpdesk")  # as nothing would end it
    assert "There is no mail" in typed(alice, "email alice@example.com")


def test_a_dry_run_that_no_card_shows_is_named_as_one_and_not_sought_elsewhere(
    alice: Person,
) -> None:
    alice.slash("/mac", "register C02XGOFDJGH5 london design", channel=CHANNEL)

    text = text_of(opened(alice))
    assert "and shown to you alone: register it or drop it there." in text
    assert "conversation" not in text
