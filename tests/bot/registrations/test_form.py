"""The form: what it offers, registers and refuses."""

from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.bot.commands.typed import registrations
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def test_the_bare_command_opens_a_form_that_registers(alice: Person, database: Database) -> None:
    assert alice.slash("/mac", "", channel=CHANNEL).error is None
    form = alice.open_view()

    result = alice.submit(
        form,
        {"serials": " c02aaa,", "site": "new york", "build": "kiosk", "note": "<!channel> shelf 4"},
    )

    assert result.errors == {}
    assert "Registered `C02AAA` for *new york* / *kiosk*." in str(alice.open_view().blocks)
    assert registrations(database) == [("C02AAA", "new york", "kiosk", "waiting")]


@for_each("text", ["/mac", "`", "\u200b", "&nbsp;", "<#C1|>"])
def test_what_says_nothing_is_a_bare_command_too(alice: Person, text: str) -> None:
    assert alice.slash("/mac", text, channel=CHANNEL).error is None

    assert "Computer name" in str(alice.open_view().blocks)


def test_the_form_offers_what_the_repo_has_at_this_moment(alice: Person, repo_folder: Path) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    form = alice.open_view()
    sites = repo_folder / "manifests/included_manifests/sites"
    (sites / "oslo").write_bytes((sites / "paris").read_bytes())

    offered = [option["value"] for option in alice.type_ahead(form, "site", "")]
    assert offered == ["london", "new york", "oslo", "paris"]
    assert [option["value"] for option in alice.type_ahead(form, "site", "LO")] == [
        "london",
        "oslo",
    ]


def test_a_choice_in_a_menu_is_taken_without_a_word(alice: Person, deliver_all: DeliverAll) -> None:
    alice.slash("/mac", "", channel=CHANNEL)

    reply = alice.select(alice.open_view(), "site", "london")

    deliver_all()
    assert (reply.error, alice.errors, alice.ephemerals) == (None, [], [])
    assert alice.dm.messages == []


def test_faults_in_the_form_stand_beside_their_fields(
    alice: Person, database: Database, repo_folder: Path
) -> None:
    alice.slash("/mac", "", channel=CHANNEL)
    form = alice.open_view()
    answers = {"serials": "C0", "site": "london", "build": "design"}

    assert "this text has 2" in alice.submit(form, answers).errors["serials"]
    answers["serials"] = " , ; "
    assert "it is empty" in alice.submit(form, answers).errors["serials"]

    (repo_folder / "manifests/included_manifests/sites/london").unlink()
    answers["serials"] = "C02AAA"
    assert "no site named 'london'" in alice.submit(form, answers).errors["serials"]
    assert registrations(database) == []


def test_a_conflict_in_the_form_can_be_moved_from_there(
    alice: Person, bob: Person, database: Database
) -> None:
    register(database, "C02AAA")
    bob.slash("/mac", "", channel=CHANNEL)
    bob.submit(bob.open_view(), {"serials": "C02AAA", "site": "paris", "build": "basic"})

    bob.click(bob.open_view(), "move")

    eventually(lambda: "Moved `C02AAA`" in str(bob.open_view().blocks))
    assert registrations(database) == [("C02AAA", "paris", "basic", "waiting")]
