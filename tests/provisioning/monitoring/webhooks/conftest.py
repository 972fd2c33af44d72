"""A receiver of webhooks, and the relay that serves it."""

from collections.abc import Callable, Iterator
from functools import partial
from ipaddress import ip_network

import pytest

from infrastructure.database.engine import Database
from provisioning.monitoring.webhooks import hooks, refusals
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.monitoring.webhooks.transport import WebhookTransport
from provisioning.outbox.relay import Relay
from tests.fakes.webhooks import Receiver, receiving
from tests.support.fixtures.doors import Clock
from tests.support.installation import CHANNEL

LOOPBACK = (ip_network("127.0.0.0/8"),)

HandOn = Callable[[], None]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that nobody knows yet."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hook(database: Database, receiver: Receiver, clock: Clock) -> int:
    """The number of a webhook of all types and sites, to the receiver."""
    with database.begin() as session:
        made = hooks.make(session, receiver.url, by="U0ALICE", at=clock(), allowed=LOOPBACK)
    receiver.key = made.key
    return made.id


@pytest.fixture
def hand_on(database: Database, clock: Clock) -> HandOn:
    """Hand on what happened, and send what is due."""
    relay = Relay(
        database,
        WebhookTransport(lambda: LOOPBACK),
        clock=clock,
        tell_refused=partial(refusals.tell, channel=CHANNEL),
    )
    fan_out = FanOut(database, clock=clock)

    def work() -> None:
        while fan_out.step():
            pass
        for _ in range(50):
            if not relay.deliver():
                return

    return work
