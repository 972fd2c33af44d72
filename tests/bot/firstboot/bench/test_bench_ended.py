"""The ends of a bench: by time, by its button and by undo."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot import benches
from provisioning.firstboot.models import Bench
from tests.bot.firstboot.bench.opening import shown, typed
from tests.bot.firstboot.unknown.asking import open_registrations, told
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def let_time_pass(database: Database) -> None:
    """Have the time of every bench be over."""
    with database.begin() as session:
        for bench in session.scalars(select(Bench)):
            bench.until = datetime.now(UTC) - timedelta(seconds=1)


def test_a_bench_whose_time_is_over_takes_no_more_and_says_so(
    alice: Person, script: Script, database: Database, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12 for 5m")
    let_time_pass(database)

    assert script.manifest(serial="C02XYZ123DEF").status_code == 403

    deliver_all()
    card, question = shown(slack)
    assert "Its time ran out" in str(card.blocks)
    assert "C02XYZ123DEF" in question.text
    assert open_registrations(database) == []


def test_the_end_of_a_bench_is_noticed_though_no_mac_asks(
    alice: Person, database: Database, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12 for 5m")
    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 0
    let_time_pass(database)

    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 1
    with database.begin() as session:
        assert benches.close_expired(session, datetime.now(UTC)) == 0

    deliver_all()
    assert "Its time ran out" in str(shown(slack)[0].blocks)


def test_the_button_of_the_card_ends_it_and_what_it_took_stays(
    alice: Person,
    bob: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    typed(alice, "bench london design 12")
    script.manifest(serial="C02XYZ123DE0")
    deliver_all()
    card = shown(slack)[0]

    bob.click(card, "bench_end")

    told(bob, "The bench has ended. It took 1 Mac of 12.")
    deliver_all()
    assert "Ended by <@U0BOB>" in str(card.blocks)
    assert script.manifest(serial="C02XYZ123DE1").status_code == 403
    assert len(open_registrations(database)) == 1


@pytest.mark.postgresql(instead=True)
def test_a_bench_that_has_ended_meanwhile_cannot_be_ended(
    alice: Person, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12")
    deliver_all()
    let_time_pass(database)

    alice.click(shown(slack)[0], "bench_end")

    told(alice, "That bench has ended already; the Macs that it took stay registered.")


def test_undo_ends_a_bench_and_says_what_it_had_taken(
    alice: Person, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12")
    opened = alice.ephemerals[-1]
    script.manifest(serial="C02XYZ123DE0")

    alice.click(opened, "undo")

    told(alice, "The bench is closed. The Macs that it took stay registered: `C02XYZ123DE0`.")
    deliver_all()
    assert "Ended by <@U0ALICE>" in str(shown(slack)[0].blocks)
    assert script.manifest(serial="C02XYZ123DE1").status_code == 403
    assert len(open_registrations(database)) == 1


@pytest.mark.postgresql(instead=True)
def test_a_bench_that_is_over_cannot_be_undone(alice: Person, script: Script) -> None:
    typed(alice, "bench london design 1")
    opened = alice.ephemerals[-1]
    script.manifest(serial="C02XYZ123DE0")

    alice.click(opened, "undo")

    told(alice, "That bench has ended already")


def test_a_bench_has_ended_at_the_moment_that_it_names(alice: Person, database: Database) -> None:
    typed(alice, "bench london design 12 for 5m")

    with database.begin() as session:
        until = session.scalars(select(Bench.until)).one()
        assert benches.close_expired(session, until - timedelta(microseconds=1)) == 0
        assert benches.close_expired(session, until) == 1
