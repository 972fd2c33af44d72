"""A floor and its channel."""

from collections.abc import Callable

import pytest

from infrastructure.database.engine import Database
from provisioning.munki import MunkiRepo
from tests.fakes.slack import Workspace
from tests.fakes.slack.state.messages import Message
from tests.provisioning.firstboot.stalls.silence import EVENING, OTHER, Floor
from tests.support.fixtures.doors import Clock, DeliverAll
from tests.support.installation import CHANNEL

Told = Callable[..., list[Message]]


@pytest.fixture
def floor(database: Database, repo: MunkiRepo, clock: Clock, slack: Workspace) -> Floor:
    """A Monday at noon, for as long as the test wants."""
    clock.now = EVENING.replace(hour=12)
    slack.add_channel(OTHER, name="paris")
    slack.pace.rate = None  # Slack's clock is not the test's
    return Floor(database, repo, clock)


@pytest.fixture
def told(slack: Workspace, deliver_all: DeliverAll) -> Told:
    """A function that delivers all that is due and returns a channel's news of silent Macs."""

    def read(channel: str = CHANNEL) -> list[Message]:
        deliver_all()
        return [it for it in slack.channels[channel].messages if "fell silent" in it.text]

    return read
