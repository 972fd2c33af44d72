"""Commands, from the typed text to the answer and the pending messages."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.outbox.models import Card
from provisioning.registrations.models import Event
from tests.bot.commands.typed import registrations, typed
from tests.fakes.slack import Workspace
from tests.fakes.slack.people.person import Person
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def test_registering_answers_the_typist_and_owes_a_card(alice: Person, database: Database) -> None:
    assert "Registered `C02AAA` for *london* / *design*." in typed(
        alice, "REGISTER c02aaa London DESIGN"
    )

    assert registrations(database) == [("C02AAA", "london", "design", "waiting")]
    with database.reading() as session:
        assert session.scalars(select(Card)).one().registered_by == "U0ALICE"


def test_the_name_of_the_command_may_be_typed_twice(alice: Person, database: Database) -> None:
    typed(alice, "/mac register C02AAA london design")

    assert registrations(database) == [("C02AAA", "london", "design", "waiting")]


def test_a_name_with_a_space_goes_in_quotes_even_from_a_phone(
    alice: Person, database: Database
) -> None:
    typed(alice, "register C02AAA “New York” design")

    assert registrations(database) == [("C02AAA", "new york", "design", "waiting")]


@pytest.mark.policy("[sites.paris]\nprestage = true\n")
def test_a_move_says_when_the_manifest_is_written_at_its_new_site(alice: Person) -> None:
    typed(alice, "register C02AAA london design")

    assert "is written within a minute." in typed(alice, "move C02AAA paris kiosk")
    assert "is written at its next first boot." in typed(alice, "move C02AAA london design")


def test_a_name_that_was_copied_from_an_answer_is_the_name(
    alice: Person, repo_folder: Path, database: Database
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    for name in ("los_angeles", "r&d", "lab.x.com"):
        (sites / name).write_bytes((sites / "paris").read_bytes())
    shown = typed(alice, "help").split("Sites: ")[1].split(",")[2].strip()

    typed(alice, f"register C02AAA {shown} design")
    typed(alice, "register C02BBB R&amp;D design")
    typed(alice, "register C02CCC <http://lab.x.com|lab.x.com> design")

    assert [mac[1] for mac in registrations(database)] == ["los_angeles", "r&d", "lab.x.com"]


CANNOT_BE_DONE = (
    ("register", "SERIAL SITE BUILD"),
    ("register london design", "SERIAL SITE BUILD"),
    ("register C02AAA london", "names no build"),
    ("register C02AAA londn design", "Did you mean *london*?"),
    ("register C02AAA london desing", "Did you mean *design*?"),
    ("register C02AAA atlantis design", "The sites are: london, new york, paris"),
    ("register C0 london design", "this text has 2"),
    ("register C02A/A C02BBB london design", "only letters, digits"),
    ("register 'London design", "quotation mark is not closed"),
    ("delete C02AAA", "There is no command 'delete'. Did you mean *cancel*?"),
    ("delete C02AAA C02BBB london design", "Did you mean *cancel*?"),
    ("regsiter C02AAA london design", "Did you mean *register*?"),
    ("status C02AAA", "C02AAA is not registered."),
    ("help regsiter", "Did you mean *register*?"),
    ("move C02AAA london design", "C02AAA is not registered."),
    ("cancel C02AAA", "C02AAA is not registered."),
    ("cancel", "Type the command and one serial"),
    ("find", "Something to look for"),
    ("list a b", "Type one site behind the command, or nothing"),
    ("frobnicate <!channel>", "There is no command 'frobnicate'"),
)


def test_what_cannot_be_done_is_answered_with_what_to_do(alice: Person, database: Database) -> None:
    answers = {text: typed(alice, text) for text, _ in CANNOT_BE_DONE}

    assert {text: fix for text, fix in CANNOT_BE_DONE if fix not in answers[text]} == {}
    assert registrations(database) == []


def test_one_bad_serial_among_good_ones_registers_none(alice: Person, database: Database) -> None:
    answer = typed(alice, "register C02AAA C02B?B C02C?C london design")

    assert "C02B?B" in answer
    assert "C02C?C" in answer
    assert registrations(database) == []


def test_who_registered_it_already_is_named_with_a_button_to_move_it(
    alice: Person, bob: Person, database: Database
) -> None:
    typed(alice, "register C02AAA london design")

    assert "registered by <@U0ALICE>" in typed(bob, "register C02AAA paris basic")
    bob.click(bob.ephemerals[-1], "move")
    eventually(lambda: "Moved `C02AAA` from" in bob.ephemerals[-1].text)
    assert registrations(database)[0] == ("C02AAA", "paris", "basic", "waiting")


def test_the_button_of_a_registration_that_is_gone_says_so(
    alice: Person, bob: Person, database: Database
) -> None:
    typed(alice, "register C02AAA london design")
    typed(bob, "register C02AAA paris basic")
    shown = bob.ephemerals[-1]
    typed(alice, "cancel C02AAA")

    bob.click(shown, "move")

    eventually(lambda: "C02AAA is not registered." in bob.ephemerals[-1].text)
    assert registrations(database) == [("C02AAA", "london", "design", "cancelled")]


def test_registering_for_where_it_goes_already_is_no_conflict(alice: Person, bob: Person) -> None:
    typed(alice, "register C02AAA london design")

    assert "Registered for that already" in typed(bob, "register C02AAA london design")


def test_a_move_a_cancellation_and_their_events(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design")

    assert "Moved `C02AAA` from *london* / *design* to *paris* / *kiosk*." in typed(
        alice, "move c02aaa PARIS kiosk"
    )
    assert "Cancelled `C02AAA`" in typed(alice, "cancel c02aaa")
    with database.reading() as session:
        assert session.scalars(select(Event.what).order_by(Event.id)).all() == [
            "registered",
            "moved",
            "cancelled",
        ]


def test_a_mac_is_found_and_the_waiting_ones_are_listed(alice: Person) -> None:
    for text in ("C02AAA london design", "C02BBB london design", "C03AAA paris basic"):
        typed(alice, f"register {text}")

    assert "Registrations with “c02”: 2" in typed(alice, "find c02")
    assert "Macs waiting: 3" in typed(alice, "list")
    assert "Macs waiting for *paris*: 1" in typed(alice, "list PARIS")
    assert "Registrations with “nobody”: none." in typed(alice, "find nobody")
    assert "Did you mean *paris*?" in typed(alice, "list pariss")


def test_help_names_every_command_and_what_there_is_to_choose_from(alice: Person) -> None:
    answer = typed(alice, "help")

    for verb in ("register", "move", "cancel", "find", "list", "help"):
        assert f"`/mac {verb}" in answer
    assert "Sites: london, new york, paris" in answer
    assert "Builds: basic, design, developer, kiosk" in answer


@soak_only("test_registering has people at once, and the test above each answer")
def test_eight_commands_at_once_are_all_answered_and_all_done(
    slack: Workspace, database: Database
) -> None:
    def technician(number: int) -> str:
        person = slack.person(f"U0TECH{number:02}", name=f"tech{number}")
        own = typed(person, f"register C02A{number:03} london design")
        return own + typed(person, "register C02SAME london design")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(technician, range(8)))

    assert [answer for answer in answers if "Registered" not in answer] == []
    assert sum("Registered for that already" in answer for answer in answers) == 7
    assert len(registrations(database)) == 9
