"""An installation without a board and a mail server: what needs them says so."""

import pytest

from tests.bot.commands.typed import typed
from tests.fakes.slack.people.person import Person


@pytest.mark.usefixtures("bot")
def test_what_needs_a_board_or_a_mail_server_says_so(alice: Person) -> None:
    assert "There is no board" in typed(alice, "sign-in")
    assert "ROLLCALL_URL" in typed(alice, "token helpdesk")  # as nothing would end it
    assert "There is no mail" in typed(alice, "email alice@example.com")
