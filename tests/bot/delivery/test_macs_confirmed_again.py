"""A Mac that is moved and confirmed once more before the channel heard of it."""

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.acting import move_now, register
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL


@pytest.fixture
def alice(slack: Workspace, bot: object) -> Person:
    """A technician."""
    return slack.person("U0ALICE", name="alice")


def test_the_channel_is_told_where_a_mac_went_last(
    alice: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
    script.manifest(serial="C02AAA")
    alice.slash("/mac", "move C02AAA paris kiosk", channel=CHANNEL)
    script.manifest(serial="C02AAA")

    deliver_all()

    _, told = slack.channels[CHANNEL].messages
    assert told.text.startswith(
        ":white_check_mark: `C02AAA` is done: its manifest is written, for *paris* / *kiosk*"
    )


def test_in_the_news_of_a_batch_it_is_one_mac(
    database: Database, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    register(database, "C02AAA", "C02BBB", "C02CCC")
    script.manifest(serial="C02AAA")
    script.manifest(serial="C02BBB")
    move_now(database, "C02AAA", Destination("paris", "kiosk"))
    script.manifest(serial="C02AAA")

    deliver_all()

    _, told = slack.channels[CHANNEL].messages
    assert told.text.startswith(":white_check_mark: Done: `C02AAA`, `C02BBB` for ")
