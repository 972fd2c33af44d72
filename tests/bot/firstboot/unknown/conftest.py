"""An unknown Mac that asks."""

from collections.abc import Callable

import pytest

from tests.fakes.slack import Workspace
from tests.fakes.slack.state.messages import Message
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

Ask = Callable[..., Message]


@pytest.fixture
def ask(script: Script, slack: Workspace, deliver_all: DeliverAll) -> Ask:
    """Have an unknown Mac ask; returns the card that this leads to."""

    def asked(serial: str = "C02XYZ123DEF") -> Message:
        assert script.manifest(serial=serial).status_code == 403
        deliver_all()
        return slack.channels[CHANNEL].messages[-1]

    return asked
