"""`token`: a token for a program, that nobody but the person who asks ever sees."""

import re

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access.programs import tokens
from provisioning.access.programs.models import CHANGE, READ, REGISTER
from provisioning.outbox.models import Notification
from rollcall.settings import BotSettings
from tests.bot.commands.typed import typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL
from tests.support.running.settings import with_board

KEY = re.compile(r"rollcall_[0-9a-f]{48}")


@pytest.fixture
def bot_settings(bot_settings: BotSettings) -> BotSettings:
    """A bot of an installation with a board."""
    return with_board(bot_settings)


@pytest.mark.usefixtures("bot")
def test_a_token_is_shown_to_the_person_who_asks_alone(
    alice: Person, database: Database, slack: Workspace, clock: Clock
) -> None:
    said = typed(alice, "token helpdesk register CHANGE London")

    (key,) = set(KEY.findall(said))
    assert "register, change" in said or "register and change" in said
    assert [message for message in slack.channels[CHANNEL].messages if key in str(message)] == []
    with database.reading() as session:
        (token,) = tokens.open_of(session, "U0ALICE", clock.now)
        assert session.scalars(select(Notification)).all() == []
    assert (token.name, set(token.acts), token.sites) == (
        "helpdesk",
        {REGISTER, CHANGE},
        ("london",),
    )
    typed(alice, "token board")
    with database.reading() as session:
        newest = tokens.open_of(session, "U0ALICE", clock.now)[0]
    assert (set(newest.acts), newest.sites) == ({READ}, None)


@pytest.mark.usefixtures("bot")
def test_a_token_that_cannot_be_is_refused_with_what_to_type(
    alice: Person, database: Database
) -> None:
    for text, words in (
        ("token", "helpdesk read register change"),
        ("token helpdesk read lundon", "lundon"),
    ):
        said = typed(alice, text)
        assert (text, words in said, KEY.findall(said)) == (text, True, [])
    with database.reading() as session:
        assert tokens.listed(session) == []


@pytest.mark.usefixtures("bot")
def test_nobody_has_more_tokens_than_they_can_know(
    alice: Person, database: Database, clock: Clock
) -> None:
    with database.begin() as session:
        for _ in range(tokens.MAX_OPEN):
            wish = tokens.TokenRequest("x", (READ,))
            tokens.make(session, wish, made_by="U0ALICE", at=clock.now)

    assert "/board/tokens" in typed(alice, "token one-more")


@pytest.mark.usefixtures("unhurried", "bot")
def test_a_message_gets_none_as_others_may_read_it(alice: Person, database: Database) -> None:
    alice.say(alice.dm.id, "token helpdesk")

    with database.reading() as session:
        (owed,) = session.scalars(select(Notification))
        assert "Type `/mac token` as a command" in str(owed.facts)
        assert tokens.listed(session) == []
