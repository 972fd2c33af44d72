"""An unknown Mac that asks."""

from collections.abc import Callable

import pytest

from tests.integration.conftest import Script
from tests.integration.strangers.asking import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.messages import Message


@pytest.fixture
def ask(script: Script, slack: Workspace, deliver_all: DeliverAll) -> Callable[..., Message]:
    """Have an unknown Mac ask; returns the card that this leads to."""

    def asked(serial: str = "C02XYZ123DEF") -> Message:
        assert script.manifest(serial=serial).status_code == 403
        deliver_all()
        return slack.channels[CHANNEL].messages[-1]

    return asked
