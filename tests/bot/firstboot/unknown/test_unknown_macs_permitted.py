"""Permissions for unknown Macs: a person who may register Macs at a site may send one there."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import Bench
from provisioning.registrations.models import Registration
from tests.bot.firstboot.unknown.asking import told
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.fakes.slack.state.messages import Message
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL

POLICY = """
[sites.london]
group = "S0LONDON"
channel = "C0LONDON"
"""

pytestmark = [pytest.mark.usefixtures("bot"), pytest.mark.policy(POLICY)]


@pytest.fixture(autouse=True)
def london(slack: Workspace) -> None:
    """The channel of London, and the people who may register there."""
    slack.add_channel("C0LONDON", name="london")
    slack.add_group("S0LONDON", handle="london", members=["U0ALICE"])


def placed(database: Database) -> list[tuple[str, str]]:
    with database.reading() as session:
        return [(mac.serial, mac.site) for mac in session.scalars(select(Registration))]


def ask(script: Script, slack: Workspace, deliver_all: DeliverAll) -> Message:
    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    deliver_all()
    return slack.channels[CHANNEL].messages[-1]


def test_a_card_registers_only_where_the_person_may(
    bob: Person, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    card = ask(script, slack, deliver_all)
    bob.select(card, "build", "design")
    for site, words in {"london": "You may not", "paris": "Registered"}.items():
        bob.select(card, "site", site)
        bob.click(card, "stranger_register")
        told(bob, words)

    assert placed(database) == [("C02XYZ123DEF", "paris")]


def test_a_registration_is_moved_only_by_who_may_register_at_its_site(
    alice: Person,
    bob: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    register(database, "C02XYZ123DEG")
    card = ask(script, slack, deliver_all)

    bob.click(card, "stranger_correct")

    told(bob, "You may not")
    assert placed(database) == [("C02XYZ123DEG", "london")]


def test_a_bench_is_opened_and_ended_only_by_who_may_register_there(
    alice: Person, bob: Person, database: Database
) -> None:
    assert "You may not" in bob.slash("/mac", "bench london design 3", channel=CHANNEL).text
    alice.slash("/mac", "bench london design 3", channel=CHANNEL)
    bob.slash("/mac", "bench paris basic 3", channel=CHANNEL)

    bob.click(bob.ephemerals[-1], "bench_end")

    told(bob, "You may not")
    with database.reading() as session:
        [bench] = session.scalars(select(Bench)).all()
    assert (bench.site, bench.ended_at) == ("london", None)


def test_a_bench_for_all_takes_no_mac_whose_script_names_a_site_of_another_group(
    bob: Person, alice: Person, script: Script, database: Database
) -> None:
    bob.slash("/mac", "bench paris basic 3 all", channel=CHANNEL)
    named = [("C02XYZ123DEF", "london"), ("C02XYZ123DEG", "new york")]

    for serial, site in named:
        assert script.manifest(serial=serial, site=site, build="design").status_code == 200

    assert placed(database) == [("C02XYZ123DEF", "london"), ("C02XYZ123DEG", "paris")]


def test_a_bench_for_all_takes_macs_of_its_group_and_of_sites_without_one(
    alice: Person, script: Script, database: Database
) -> None:
    alice.slash("/mac", "bench london design 3 all", channel=CHANNEL)

    script.manifest(serial="C02XYZ123DEF", site="london", build="basic")
    script.manifest(serial="C02XYZ123DEG", site="paris", build="basic")

    assert placed(database) == [("C02XYZ123DEF", "london"), ("C02XYZ123DEG", "london")]
    with database.reading() as session:
        assert set(session.scalars(select(Registration.build))) == {"design"}


def test_the_card_of_a_bench_is_in_the_channel_of_its_site(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", "bench london design 3", channel=CHANNEL)

    deliver_all()

    assert slack.channels[CHANNEL].messages == []
    [card] = slack.channels["C0LONDON"].messages
    assert "Bench of <@U0ALICE>" in card.text
