"""`email`: where a person has mail sent, once a link that is mailed there is opened."""

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.monitoring.mail.models import MailBounce, MailChoice, MailRequest
from provisioning.outbox.models import MAIL, Notification
from rollcall.settings import BotSettings
from tests.bot.commands.typed import typed
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock
from tests.support.running.settings import with_board


@pytest.fixture
def bot_settings(bot_settings: BotSettings) -> BotSettings:
    """A bot of an installation with a board and a mail server."""
    server = {"smtp_url": SecretStr("smtp://127.0.0.1:9"), "mail_from": "rollcall@example.com"}
    return with_board(bot_settings).model_copy(update=server)


@pytest.mark.usefixtures("bot")
def test_an_address_is_asked_first_and_given_up_at_once(
    alice: Person, database: Database, clock: Clock
) -> None:
    assert "no mail from Rollcall" in typed(alice, "email")
    assert "A link was sent to alice@example.com" in typed(alice, "email alice@example.com")
    with database.begin() as session:
        (request,) = session.scalars(select(MailRequest)).all()
        assert (request.account_id, request.used_at) == ("U0ALICE", None)
        assert session.scalars(select(Notification).where(Notification.transport == MAIL)).one()
        at = clock()
        choice = MailChoice(account_id="U0ALICE", address="alice@example.com")
        choice.confirmed_at = at
        session.add(choice)
    assert "goes to alice@example.com" in typed(alice, "email")
    with database.begin() as session:
        session.add(MailBounce(address="alice@example.com", reason="550 <!here>", bounced_at=at))
    assert "refused alice@example.com (550 &lt;!here&gt;)" in typed(alice, "email")

    assert "no more mail" in typed(alice, "email Off")
    with database.reading() as session:
        assert session.scalars(select(MailChoice)).all() == []


@pytest.mark.usefixtures("unhurried", "bot")
def test_a_message_is_told_no_address_as_others_may_read_it(
    alice: Person, database: Database
) -> None:
    alice.say(alice.dm.id, "email alice@example.com")

    with database.reading() as session:
        (owed,) = session.scalars(select(Notification))
        assert "Type `/mac email` as a command" in str(owed.facts)
        assert session.scalars(select(MailRequest)).all() == []


@pytest.mark.usefixtures("bot")
def test_what_is_no_address_is_said(alice: Person) -> None:
    assert "no e-mail address" in typed(alice, "email nobody")
