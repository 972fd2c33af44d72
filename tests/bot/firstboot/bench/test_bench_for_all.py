"""A bench for all: it takes Macs whose script names a place too, and says so."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import SCRIPTS
from provisioning.firstboot.models import Bench
from tests.bot.firstboot.bench.opening import shown, typed
from tests.bot.firstboot.unknown.asking import open_registrations, told
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script

pytestmark = pytest.mark.usefixtures("unhurried", "bot")

SAID = "Macs that nobody registered, whether or not the script names a place, go "
TAKEN = [("C02XYZ123DEF", "london", "design", "U0ALICE")]


def test_a_bench_for_all_takes_macs_whose_script_names_a_place_too(
    alice: Person, script: Script, repo_folder: Path, database: Database
) -> None:
    assert f"The next 2 {SAID}to *london* / *design*" in typed(
        alice, "bench london design 2 for 2h all"
    )

    named = script.manifest(serial="C02XYZ123DEF", site="paris", build="basic")
    unnamed = script.manifest(serial="C02XYZ123DEG")
    late = script.manifest(serial="C02XYZ123DEH", site="paris", build="basic")

    assert [named.status_code, unnamed.status_code, late.status_code] == [200, 200, 200]
    assert open_registrations(database) == [
        *TAKEN,
        ("C02XYZ123DEG", "london", "design", "U0ALICE"),
        ("C02XYZ123DEH", "paris", "basic", None),
    ]
    assert b"sites/london" in (repo_folder / "manifests" / "C02XYZ123DEF").read_bytes()


def test_a_bench_without_all_leaves_macs_whose_script_names_a_place(
    alice: Person, script: Script, database: Database, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12 for 2h")

    script.manifest(serial="C02XYZ123DEF", site="paris", build="basic")

    deliver_all()
    said = "The next 12 Macs that nobody registered and whose script names no place go there"
    assert said in str(shown(slack)[0].blocks)
    assert open_registrations(database) == [("C02XYZ123DEF", "paris", "basic", None)]


@pytest.mark.parametrize("words", ["2 all", "2 ALL for 2h", "2 2h all"])
def test_all_is_understood_wherever_it_stands_behind_the_number(
    alice: Person, database: Database, words: str
) -> None:
    typed(alice, f"bench london design {words}")

    with database.reading() as session:
        assert session.scalars(select(Bench.takes_named)).all() == [True]


def test_the_card_of_a_bench_for_all_says_which_macs_it_takes(
    alice: Person, slack: Workspace, deliver_all: DeliverAll
) -> None:
    typed(alice, "bench london design 12 all")

    deliver_all()

    card = str(shown(slack)[0].blocks)
    assert f"The next 12 {SAID}there" in card
    assert "Where its script names a site of another Slack group, a Mac goes there." in card


def test_a_mac_that_is_none_of_ours_goes_where_its_script_says(
    alice: Person, script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    script.manifest(serial="C02XYZ123DEF")
    deliver_all()
    alice.click(shown(slack)[0], "stranger_dismiss")
    told(alice, "gets no manifest")
    typed(alice, "bench london design 12 all")

    script.manifest(serial="C02XYZ123DEF", site="paris", build="basic")

    assert open_registrations(database) == [("C02XYZ123DEF", "paris", "basic", None)]


def test_a_mac_that_its_script_brought_in_before_is_left_where_it_is(
    alice: Person, script: Script, database: Database
) -> None:
    script.manifest(serial="C02XYZ123DEF", site="paris", build="basic")
    typed(alice, "bench london design 12 all")

    script.manifest(serial="C02XYZ123DEF", site="paris", build="basic")

    assert open_registrations(database) == [("C02XYZ123DEF", "paris", "basic", None)]


def test_a_mac_whose_script_came_with_the_key_of_another_site_is_not_taken(
    alice: Person, script: Script, database: Database
) -> None:
    with database.begin() as session:
        key = credentials.make(session, "paris", SCRIPTS, datetime.now(UTC))
    typed(alice, "bench london design 12 all")

    answer = script.manifest(key, serial="C02XYZ123DEF", site="paris", build="basic")

    assert answer.status_code == 200
    assert open_registrations(database) == [("C02XYZ123DEF", "paris", "basic", None)]
