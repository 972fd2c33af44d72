"""Opening of a bench: one at a time, of 1 to 200 Macs, for 5 minutes to 12 hours."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.firstboot.models import Bench
from provisioning.registrations.models import Operation
from tests.bot.firstboot.bench.opening import typed
from tests.bot.firstboot.unknown.asking import open_registrations, told
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import Script

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_a_second_bench_is_refused_with_whose_the_first_is_and_the_button_that_ends_it(
    alice: Person, bob: Person, script: Script, database: Database
) -> None:
    typed(alice, "bench london design 12")

    refused = typed(bob, "bench paris basic 3")

    assert "<@U0ALICE> has a bench open for *london* / *design*: 0 of 12 taken" in refused
    bob.click(bob.ephemerals[-1], "bench_end")
    told(bob, "The bench has ended. It took 0 Macs of 12.")
    assert "The next 3 Macs" in typed(bob, "bench paris basic 3")
    script.manifest(serial="C02XYZ123DEF")
    assert open_registrations(database) == [("C02XYZ123DEF", "paris", "basic", "U0BOB")]


def test_of_eight_people_who_open_a_bench_at_once_one_has_it(
    slack: Workspace, database: Database
) -> None:
    people = [slack.person(f"U0TECH{number}", name=f"tech{number}") for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: typed(person, "bench london design 3"), people))

    assert sum("The next 3 Macs" in answer for answer in answers) == 1
    assert sum("one at a time" in answer for answer in answers) == 7
    with database.reading() as session:
        assert len(session.scalars(select(Bench)).all()) == 1
        assert len(session.scalars(select(Operation)).all()) == 1


NO_BENCHES = (
    ("bench london design", "SITE BUILD 12 for 2h"),
    ("bench london design many", "'many' is not a number of Macs: 1 to 200"),
    ("bench london design 0", "1 to 200"),
    ("bench london design 201", "1 to 200"),
    ("bench london design 12 for 4m", "At least 5 minutes"),
    ("bench london design 12 for 13h", "at most 12 hours"),
    ("bench london design 12 for lunch", "Write a duration as 2h, 90m or 1h 30m."),
    ("bench atlantis design 12", "The sites are"),
)


def test_what_is_no_bench_is_answered_with_what_to_do(alice: Person, database: Database) -> None:
    answers = {text: typed(alice, text) for text, _ in NO_BENCHES}

    assert {text: fix for text, fix in NO_BENCHES if fix not in answers[text]} == {}
    with database.reading() as session:
        assert session.scalars(select(Bench)).all() == []
