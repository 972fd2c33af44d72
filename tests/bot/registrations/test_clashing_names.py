"""Names that lead Munki to another manifest, wherever people say what a Mac is called."""

import plistlib
from pathlib import Path

import pytest

from infrastructure.database.engine import Database
from tests.bot.registrations.test_naming import form_of, names, typed
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.tables import for_each
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot", "lab_07")

MAC, OTHER = "C02XG0FDJGH5", "C02YK1QWLVDN"


@pytest.fixture
def lab_07(repo_folder: Path) -> Path:
    """A manifest that an admin made."""
    path = repo_folder / "manifests" / "lab-07"
    path.write_bytes(plistlib.dumps({"catalogs": ["production"]}))
    return path


def test_a_command_that_registers_is_refused_as_a_whole(alice: Person, database: Database) -> None:
    told = typed(alice, f"register {MAC} london design named Lab-07")

    assert f"{MAC} cannot be called Lab-07, because Munki asks" in told
    assert "Nothing was changed; send it again with another name." in told
    assert names(database) == {}


@for_each("name", ["LAB 07", OTHER.lower(), "site_default"])
def test_a_command_that_names_is_refused(alice: Person, database: Database, name: str) -> None:
    register(database, OTHER)
    typed(alice, f"register {MAC} paris kiosk named desk-1")

    assert "cannot be called" in typed(alice, f"name {MAC} {name}")
    assert names(database) == {OTHER: None, MAC: "desk-1"}


def test_a_doubtful_name_is_asked_about_and_then_given(alice: Person, database: Database) -> None:
    register(database, MAC)

    told = typed(alice, f"name {MAC} lab-07.example.com")
    assert f"`{MAC}` should not be called lab-07.example.com" in told
    assert names(database) == {MAC: None}

    alice.click(alice.ephemerals[-1], "name")
    eventually(lambda: names(database) == {MAC: "lab-07.example.com"})
    eventually(lambda: "will be called" in readable(alice.ephemerals[-1]))
    assert "is already called lab-07.example.com" in typed(alice, f"name {MAC} lab-07.example.com")


def test_a_doubtful_name_is_shown_before_its_mac_is_registered(
    alice: Person, database: Database
) -> None:
    told = typed(alice, f"register {MAC} london design named lab-07.example.com")

    assert "should not be called 'lab-07.example.com', because Munki asks" in told
    assert names(database) == {}

    alice.click(alice.ephemerals[-1], "import_doubtful")
    eventually(lambda: names(database) == {MAC: "lab-07.example.com"})


def test_the_form_says_so_below_the_name(alice: Person, database: Database) -> None:
    given = {"serials": MAC, "site": "london", "build": "design", "computer_name": "lab-07"}

    errors = alice.submit(form_of(alice), given).errors

    assert "cannot be called lab-07" in errors["computer_name"]
    assert names(database) == {}


def test_a_serial_that_is_another_macs_name_is_shown_first(
    alice: Person, database: Database
) -> None:
    typed(alice, f"register {MAC} london design named {OTHER.lower()}")

    told = typed(alice, f"register {OTHER} london design")

    assert f"is what {MAC} is called, where Munki would get the manifest of this Mac" in told
    assert names(database) == {MAC: OTHER.lower()}


def test_a_mac_may_be_called_by_its_own_serial(
    alice: Person, database: Database, script: Script
) -> None:
    typed(alice, f"register {MAC} london design named {MAC}")
    script.manifest(serial=MAC)

    assert "is already called C02XG0FDJGH5" in typed(alice, f"name {MAC} {MAC}")
    assert names(database) == {MAC: MAC}


def test_a_confirmation_says_which_name_was_not_given(
    alice: Person, slack: Workspace, script: Script, repo_folder: Path, deliver_all: DeliverAll
) -> None:
    typed(alice, f"register {MAC} london design named desk-1")
    (repo_folder / "manifests" / "lab-07").rename(repo_folder / "manifests" / "desk-1")
    script.manifest(serial=MAC, client_identifier="groups/lab")
    deliver_all()

    said = " ".join(readable(message) for message in slack.channels[CHANNEL].messages)

    assert f"{MAC} is not given the name desk-1, because Munki asks" in said
    assert "Munki has the ClientIdentifier 'groups/lab' on" in said
