"""A site with a channel of its own: everything about its Macs is said there."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox.models import Notification
from provisioning.outbox.refusals import refused_messages
from provisioning.policy import PolicyFile
from rollcall.settings import BotSettings
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

LONDON = "C0LONDON"

pytestmark = pytest.mark.policy(f'[sites.london]\nchannel = "{LONDON}"\n')


@pytest.fixture(autouse=True)
def channel(slack: Workspace) -> None:
    """The channel of London."""
    slack.add_channel(LONDON, name="london")


@pytest.fixture
def alice(slack: Workspace, bot: object) -> Person:
    """A technician."""
    return slack.person("U0ALICE", name="alice")


def test_a_mac_is_said_to_be_done_in_the_channel_of_its_site(
    alice: Person, script: Script, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)

    script.manifest(serial="C02AAA", site="london", build="design")
    deliver_all()

    assert slack.channels[CHANNEL].messages == []
    card, done = slack.channels[LONDON].messages
    assert "confirmed" in card.text
    assert "`C02AAA` is done" in done.text


@pytest.mark.postgresql
def test_what_a_sites_channel_refused_goes_there_once_the_bot_is_invited(
    alice: Person,
    slack: Workspace,
    bot_settings: BotSettings,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    slack.channels[LONDON].bot_is_member = False
    alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)
    deliver_all()

    slack.channels[LONDON].bot_is_member = True
    sites = PolicyFile(bot_settings.policy).policy.channels
    with database.begin() as session:
        assert refused_messages.resend(session, CHANNEL, sites=sites) == 1
    deliver_all()

    assert slack.channels[CHANNEL].messages == []
    assert len(slack.channels[LONDON].messages) == 1


@pytest.mark.postgresql(instead=True)
def test_whatever_shows_a_card_waits_in_the_lane_of_its_channel(
    alice: Person, script: Script, database: Database
) -> None:
    alice.slash("/mac", "register C02AAA london design", channel=CHANNEL)

    script.manifest(serial="C02AAA", site="london", build="design")

    with database.reading() as session:
        assert set(session.scalars(select(Notification.channel))) == {LONDON}


def test_a_mac_that_was_moved_there_is_said_to_be_done_where_its_card_is(
    alice: Person, script: Script, database: Database
) -> None:
    """All that shows a card goes through one channel's queue, or two relays would show it twice."""
    alice.slash("/mac", "register C02AAA paris basic", channel=CHANNEL)
    alice.slash("/mac", "move C02AAA london design", channel=CHANNEL)

    script.manifest(serial="C02AAA", site="london", build="design")

    with database.reading() as session:
        assert set(session.scalars(select(Notification.channel))) == {CHANNEL}
