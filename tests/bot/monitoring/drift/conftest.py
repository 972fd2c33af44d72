"""A Mac whose manifest an admin may change, and what the channel hears of it."""

from collections.abc import Callable

import pytest

from rollcall.settings import BotSettings
from tests.bot.monitoring.conftest import Fleet
from tests.fakes.slack import Message, Workspace
from tests.support.installation import CHANNEL

MAC = "C02XG0FDJGH5"
BACK, OVER = "drift_back", "drift_over"
Work = Callable[..., None]


@pytest.fixture
def bot_settings(kept_to_groups: BotSettings) -> BotSettings:
    """A bot whose policy keeps sites to groups."""
    return kept_to_groups


@pytest.fixture
def scanned(fleet: Fleet, work: Work) -> None:
    """A Mac that is done, and whose manifest was scanned at since."""
    fleet.boot(MAC)
    work()
    work(hours=1)


def drifts(slack: Workspace) -> list[Message]:
    """The messages about drifts."""
    said = slack.channels[CHANNEL].messages
    return [message for message in said if "The manifest" in words(message)]


def drifted(slack: Workspace) -> Message:
    """The last message about a drift."""
    return drifts(slack)[-1]


def buttons(message: Message) -> list[str]:
    return [block["accessory"]["text"]["text"] for block in message.blocks if "accessory" in block]


def words(message: Message) -> str:
    return "\n".join(block["text"]["text"] for block in message.blocks if "text" in block)
