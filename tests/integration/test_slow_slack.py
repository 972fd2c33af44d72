"""Slack takes its time to say who may do what: no Mac waits for that."""

import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import update

from provisioning import benches, registrations
from provisioning.database import Database
from provisioning.models import Bench, Registration
from provisioning.munki import Destination
from provisioning.serials import Serial
from provisioning.settings import BotSettings
from tests.integration.conftest import Clock
from tests.support import settings
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.slack import Workspace
from tests.support.slack.person import Person

LONDON = Destination("london", "design")
SLOW = 1.2  # seconds


@pytest.fixture
def bot_settings(repo_folder: Path, slack: Workspace, tmp_path: Path) -> BotSettings:
    """A bot whose policy keeps London to a group."""
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[sites.london]\ngroup = "S0LONDON"\n')
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE"])
    usual = settings.bot_settings(
        repo_folder, slack.api_url, slack.app.bot_token, slack.app.signing_secret
    )
    return usual.model_copy(update={"policy": policy})


@pytest.fixture
def alice(slack: Workspace, bot: object) -> Person:
    """A technician of London, known as a member already."""
    alice = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "list", channel=CHANNEL)
    return alice


@pytest.fixture
def while_slack_thinks(
    slack: Workspace, database: Database
) -> Callable[[Callable[[], object]], float]:
    """Do something, and say how long a Mac waits that says something meanwhile."""

    def waited(act: Callable[[], object]) -> float:
        slack.faults.delay(SLOW, methods=["usergroups.users.list"])
        acting = Thread(target=act)
        acting.start()
        time.sleep(0.4)
        began = time.monotonic()
        with database.begin() as session:
            session.execute(update(Registration).values(step="hello"))
            session.execute(update(Bench).values(taken=0))
        took = time.monotonic() - began
        assert acting.is_alive()
        acting.join()
        return took

    return waited


@pytest.fixture
def mac(database: Database, clock: Clock) -> None:
    """A Mac of London that somebody else registered."""
    with database.begin() as session:
        act = did(session, "registered", by="U0BOB", at=clock())
        registrations.register(session, [Serial("C02AAA")], LONDON, act=act, channel=CHANNEL)


@pytest.mark.parametrize("text", ["cancel C02AAA", "move C02AAA paris basic", "reimage C02AAA"])
def test_a_command(
    text: str,
    alice: Person,
    mac: None,
    while_slack_thinks: Callable[[Callable[[], object]], float],
) -> None:
    wait = while_slack_thinks(lambda: alice.slash("/mac", text, channel=CHANNEL))

    assert wait < SLOW / 4


def test_a_window_of_a_card(
    alice: Person,
    mac: None,
    slack: Workspace,
    deliver_all: Callable[[], None],
    while_slack_thinks: Callable[[Callable[[], object]], float],
) -> None:
    deliver_all()
    alice.click(slack.channels[CHANNEL].messages[-1], "card_cancel")
    window = alice.open_view()

    assert while_slack_thinks(lambda: alice.submit(window)) < SLOW / 4


def test_the_end_of_a_bench(
    alice: Person,
    database: Database,
    slack: Workspace,
    clock: Clock,
    deliver_all: Callable[[], None],
    while_slack_thinks: Callable[[Callable[[], object]], float],
) -> None:
    with database.begin() as session:
        act = did(session, "benched", by="U0BOB", at=clock())
        until = clock() + benches.USUAL
        benches.start(session, LONDON, wanted=3, until=until, act=act, channel=CHANNEL)
    deliver_all()
    card = slack.channels[CHANNEL].messages[-1]

    assert while_slack_thinks(lambda: alice.click(card, "bench_end")) < SLOW / 4
