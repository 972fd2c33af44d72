"""A Mac whose manifest an admin may change, and what the channel hears of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rollcall.settings import BotSettings
from tests.bot.monitoring.conftest import Fleet
from tests.fakes.slack import Message, Workspace
from tests.support.installation import CHANNEL

MAC = "C02XG0FDJGH5"
BACK, OVER, ALL_BACK = "drift_back", "drift_over", "drift_all_back"
Work = Callable[..., None]


@pytest.fixture
def bot_settings(kept_to_groups: BotSettings) -> BotSettings:
    """A bot whose policy keeps sites to groups."""
    return kept_to_groups


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


class DriftedMac:
    """A Mac that is done, whose manifest an admin changes, and what the channel hears of it."""

    def __init__(self, fleet: Fleet, work: Work, slack: Workspace) -> None:
        self._fleet, self._slack, self.work = fleet, slack, work
        fleet.boot(MAC)
        self.scan()

    def scan(self) -> None:
        """Let an hour pass, in which the job runner looks at the manifest."""
        self.work(hours=1)

    def send(self, site: str = "paris", build: str = "kiosk") -> None:
        """Send the Mac elsewhere by its manifest alone, until the job runner has seen it."""
        self._fleet.send(MAC, site, build)
        self.scan()

    def edit(self, **keys: Any) -> None:
        """Change keys of the manifest, until the job runner has seen it."""
        self._fleet.edit(MAC, **keys)
        self.scan()

    def call(self) -> None:
        """Have the Mac call for its manifest."""
        self._fleet.call(MAC)

    @property
    def path(self) -> Path:
        """The file of the manifest."""
        return self._fleet.path(MAC)

    @property
    def keys(self) -> dict[str, Any]:
        """The keys of the manifest."""
        return self._fleet.keys(MAC)

    @property
    def includes(self) -> list[str]:
        """The manifests that the manifest includes."""
        return list(self.keys["included_manifests"])

    @property
    def messages(self) -> list[Message]:
        """The messages about its drifts."""
        return drifts(self._slack)

    @property
    def message(self) -> Message:
        """The last message about a drift."""
        return drifted(self._slack)

    @property
    def words(self) -> str:
        """The words of that message."""
        return words(self.message)

    @property
    def buttons(self) -> list[str]:
        """The buttons of that message."""
        return buttons(self.message)


@pytest.fixture
def mac(fleet: Fleet, work: Work, slack: Workspace) -> DriftedMac:
    """A Mac that is done, and whose manifest was scanned since."""
    return DriftedMac(fleet, work, slack)
