"""A receiver of webhooks that takes half a minute each, beside one that takes none, and Slack."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler
from ipaddress import ip_network
from pathlib import Path
from statistics import median
from threading import Event, Thread

from bot.delivery.transport import SlackTransport
from bot.slack.web.client import client
from infrastructure.database.engine import Database
from infrastructure.execution.loop import utc_now
from infrastructure.heartbeats.process import unheard
from provisioning.monitoring.webhooks import hooks
from provisioning.monitoring.webhooks.fanout import FanOut
from provisioning.monitoring.webhooks.transport import WebhookTransport
from provisioning.munki import Destination
from provisioning.outbox import outbox
from provisioning.outbox.relay import Relay
from provisioning.registrations import register
from provisioning.values.serials import Serial
from rollcall.parts import relays
from tests.fakes.slack import Workspace
from tests.fakes.webhooks import Receiver, receiving
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually
from tools.bench.contenders.contenders import migrated
from tools.bench.harness.effort import Effort
from tools.bench.harness.rounds import percentile
from tools.bench.harness.serials import registered
from tools.bench.harness.table import Row

A_MINUTE = 1000  # events
TAKES = 30.0  # seconds that the slow receiver takes for each; we wait ten
OTHER = "C0OTHER"  # which hears of none of these Macs
EVENTS = 25  # for each Mac of the effort
PATIENCE = 60.0  # seconds
LIMIT = 5.0  # seconds until the quick receiver and Slack have an event
LOOPBACK = (ip_network("127.0.0.0/8"),)


def rows(effort: Effort, folder: Path) -> Iterator[Row]:
    """A minute of events, and no more Macs than the effort is worth."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        database = stack.enter_context(migrated(f"sqlite:///{folder / 'webhooks.db'}"))
        slack = stack.enter_context(Workspace(pace=None))
        slack.add_channel(CHANNEL, name="imaging")
        slack.add_channel(OTHER, name="other")
        slow, quick = (stack.enter_context(receiving()) for _ in range(2))
        slow.misbehave = _waits
        seconds, in_slack = _measured(database, slack, slow, quick, effort.macs * EVENTS)
    worst = max(percentile(seconds, 95), in_slack)
    yield Row(
        f"webhook beside a receiver that takes {TAKES:.0f} s each, {len(seconds)} events at "
        f"{A_MINUTE} a minute",
        f"median {median(seconds):.2f} s, p95 {percentile(seconds, 95):.2f} s; Slack "
        f"{in_slack:.2f} s",
        f"p95 < {LIMIT:.0f} s",
        worst < LIMIT,
    )


def _waits(_handler: BaseHTTPRequestHandler) -> None:
    time.sleep(TAKES)


def _measured(
    database: Database, slack: Workspace, slow: Receiver, quick: Receiver, macs: int
) -> tuple[list[float], float]:
    """The seconds from each event to the quick receiver, and to Slack for a message at the end."""
    with database.begin() as session:
        hooks.make(session, slow.url, by="bench", at=utc_now(), allowed=LOOPBACK)
        quick.key = hooks.make(session, quick.url, by="bench", at=utc_now(), allowed=LOOPBACK).key
    stop, web = Event(), client(slack.app.bot_token, slack.api_url)
    made: list[relays.MakeRelay] = [
        lambda pulse: Relay(database, SlackTransport(web), pulse=pulse),
        lambda pulse: Relay(database, WebhookTransport(lambda: LOOPBACK), pulse=pulse),
        lambda pulse: FanOut(database, pulse=pulse),
    ]
    worker = Thread(target=relays.run, args=(made, stop, unheard))
    worker.start()
    began: dict[str, float] = {}
    for serial in registered(0, macs):
        began[str(serial)] = time.monotonic()
        with database.begin() as session:
            register.register(
                session,
                [Serial.parse(str(serial))],
                Destination("london", "design"),
                operation=did(session, "registered", by="U0BENCH", at=utc_now()),
                channel=CHANNEL,
            )
        time.sleep(60 / A_MINUTE)
    with database.begin() as session:
        outbox.enqueue_news(session, channel=OTHER, sentence="the last", at=utc_now())
    asked = time.monotonic()
    shown = slack.channels[OTHER].messages
    eventually(lambda: bool(shown) and len(quick.arrived) >= macs, PATIENCE)
    in_slack = shown[-1].shown_at - asked if shown else PATIENCE
    stop.set()
    worker.join()
    return [at - began[serial] for serial, at in quick.arrived.items()], in_slack
