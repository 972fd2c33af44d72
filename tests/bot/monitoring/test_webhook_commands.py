"""`webhooks`: named admins see what waits for other programs, try one, and send again."""

import pytest
from sqlalchemy import select, update

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks
from provisioning.outbox.models import PARKED, PENDING, WEBHOOK, Notification
from tests.bot.commands.typed import typed
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Clock

SECRET = "t0psecret"


pytestmark = pytest.mark.policy('admins = ["U0ALICE"]\n')


@pytest.fixture
def hook(database: Database, clock: Clock) -> int:
    """The number of a webhook with what people may write, and a secret in its path."""
    with database.begin() as session:
        return hooks.make(
            session,
            f"https://inventory.example.com/{SECRET}",
            by="boot.sh",
            at=clock(),
            description="<!channel> *stock*",
            types=("mac.failed", "mac.stalled", "mac.moved", "trouble"),
            sites=("london", "new york", "paris"),
        ).id


def states(database: Database) -> list[str]:
    with database.reading() as session:
        query = select(Notification.state).where(Notification.transport == WEBHOOK)
        return list(session.scalars(query))


@pytest.mark.usefixtures("bot")
def test_an_admin_sees_them_tries_one_and_sends_again(
    alice: Person, database: Database, hook: int
) -> None:
    told = typed(alice, "webhooks")
    assert "1 webhook" in told
    assert "inventory.example.com" in told
    assert "and 1 more, london, new york, paris; nothing is pending" in told
    assert "boot.sh webhooks make" in told
    assert not [each for each in (SECRET, "<!channel>", "whsec_") if each in told]

    assert f"pending for webhook {hook}" in typed(alice, f"webhooks try {hook}")
    assert "1 message pending" in typed(alice, "webhooks")
    assert "Nothing is set aside." in typed(alice, f"webhooks replay {hook}")
    with database.begin() as session:
        session.execute(update(Notification).values(state=PARKED, reason="it answered 500"))
    assert "*1 message set aside* (it answered 500)" in typed(alice, "webhooks")
    assert "1 message is pending again." in typed(alice, f"webhooks replay {hook}")
    assert states(database) == [PENDING]


@pytest.mark.usefixtures("bot")
def test_what_cannot_be_is_said_with_what_to_type(alice: Person, database: Database) -> None:
    assert "There are no webhooks." in typed(alice, "webhooks")
    for text, words in (
        ("webhooks test 7", "There is no webhook 7, or it has ended. `/mac webhooks` lists them."),
        ("webhooks make https://example.com", "such as: test 3"),
        ("webhooks test three", "such as: test 3"),
        ("webhooks test 12345678901", "such as: test 3"),
    ):
        assert words in typed(alice, text), text
    assert states(database) == []


@pytest.mark.usefixtures("bot")
def test_who_is_no_named_admin_sees_and_changes_no_webhook(
    bob: Person, database: Database, hook: int
) -> None:
    for text in ("webhooks", f"webhooks test {hook}", f"webhooks replay {hook}"):
        said = typed(bob, text)
        assert "You may not see and test webhooks." in said
        assert "inventory" not in said
    assert states(database) == []


@pytest.mark.policy("")
class TestWithoutAdmins:
    @pytest.mark.usefixtures("bot")
    def test_nobody_is_one_here(self, alice: Person, hook: int) -> None:
        said = typed(alice, f"webhooks test {hook}")

        assert "The policy names no admins" in said
        assert "inventory" not in said


@pytest.mark.usefixtures("unhurried", "bot")
def test_a_message_is_not_answered_as_others_may_read_it(
    alice: Person, database: Database, hook: int
) -> None:
    alice.say(alice.dm.id, f"webhooks test {hook}")

    with database.reading() as session:
        (owed,) = session.scalars(select(Notification))
    assert "Type `/mac webhooks` as a command" in str(owed.facts)
