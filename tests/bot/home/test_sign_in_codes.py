"""`sign-in`: a code for the board, that nobody but the person who asks ever sees."""

import re

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.accounts import codes
from provisioning.access.accounts.models import SignInCode
from provisioning.outbox.models import Notification
from rollcall.settings import BotSettings
from tests.bot.commands.typed import typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.running.settings import with_board

CODE = re.compile(r"\b\w{4}-\w{4}-\w{4}\b")


@pytest.fixture
def bot_settings(bot_settings: BotSettings) -> BotSettings:
    """A bot of an installation with a board."""
    return with_board(bot_settings)


@pytest.mark.usefixtures("bot")
def test_a_code_is_shown_to_the_person_who_asks_alone(
    alice: Person, database: Database, slack: Workspace
) -> None:
    said = typed(alice, "sign-in")

    (code,) = set(CODE.findall(said))
    assert "https://rollcall.example.com/board/code" in said
    assert "Give it to nobody" in said
    assert [message for message in slack.channels[CHANNEL].messages if code in str(message)] == []
    with database.begin() as session:
        assert session.scalars(select(Notification)).all() == []
        (row,) = session.scalars(select(SignInCode))
        assert code not in row.digest
        assert codes.redeem(session, code, row.made_at) == "U0ALICE"


@pytest.mark.usefixtures("unhurried", "bot")
def test_a_message_gets_none_as_others_may_read_it_and_the_outbox_keeps_it(
    alice: Person, database: Database
) -> None:
    alice.say(alice.dm.id, "sign-in")

    with database.reading() as session:
        (owed,) = session.scalars(select(Notification))
        assert "Type `/mac sign-in` as a command" in str(owed.facts)
        assert not CODE.search(str(owed.facts))
        assert session.scalars(select(SignInCode)).all() == []


@pytest.mark.usefixtures("bot")
def test_guests_get_none(slack: Workspace) -> None:
    guest = slack.person("U0GUEST", guest="multi")
    assert "you are a guest" in typed(guest, "sign-in")
