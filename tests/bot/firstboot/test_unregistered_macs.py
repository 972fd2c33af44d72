"""Macs without a registration, at a site with a channel of its own."""

from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Registration
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

LONDON = "C0LONDON"


@pytest.fixture
def policy_file(tmp_path: Path, slack: Workspace) -> Path:
    """A policy that gives London a channel of its own."""
    slack.add_channel(LONDON, name="london")
    path = tmp_path / "rollcall.toml"
    path.write_text(f'[sites.london]\nchannel = "{LONDON}"\n')
    return path


def said(slack: Workspace, channel: str) -> str:
    return "\n".join(message.text for message in slack.channels[channel].messages)


@pytest.mark.postgresql(instead=True)
def test_one_is_said_to_be_done_where_its_site_is_heard_of(
    script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    script.manifest(serial="C02AAA", site="london", build="design")
    script.manifest(serial="C02BBB", site="paris", build="design")
    deliver_all()

    assert "`C02AAA` is done" in said(slack, LONDON)
    assert "`C02BBB` is done" in said(slack, CHANNEL)
    assert "C02AAA" not in said(slack, CHANNEL)
    with database.reading() as session:
        channels = dict(session.execute(select(Registration.serial, Registration.channel)).all())
    assert channels == {"C02AAA": LONDON, "C02BBB": CHANNEL}


def test_one_whose_card_is_elsewhere_is_said_below_its_card(
    bot: object, script: Script, slack: Workspace, policy_file: Path, deliver_all: DeliverAll
) -> None:
    del bot
    alice: Person = slack.person("U0ALICE", name="alice")
    alice.slash("/mac", "register C02AAA paris design", channel=CHANNEL)
    alice.slash("/mac", "move C02AAA london design", channel=CHANNEL)

    script.manifest(serial="C02AAA")
    deliver_all()

    assert "`C02AAA` is done" in said(slack, CHANNEL)
    assert said(slack, LONDON) == ""
