"""Buttons of a dry run that are pressed twice, at once, or after something has changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.imports.models import Import
from provisioning.munki import Destination
from provisioning.registrations.models import Event, Operation
from tests.bot.imports.conftest import Registered, paste, press
from tests.fakes.slack import Message, NotThere, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.installation import CHANNEL
from tests.support.soaking import soak_only
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def test_a_second_press_is_told_by_whom_and_when(alice: Person, registered: Registered) -> None:
    shown = paste(alice, "register C02AAA C02BBB london design")
    before = Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=alice.id)

    press(alice, shown, "import")
    alice.click(before, "import")

    eventually(lambda: "registered already, by <@U0ALICE>" in readable(alice.ephemerals[-1]))
    assert len(registered()) == 2


@soak_only("a second press is above, and test_edits has two at once")
def test_eight_presses_at_once_register_once(
    alice: Person, registered: Registered, database: Database, slack: Workspace
) -> None:
    paste(alice, "register C02M0VE00002 paris kiosk")
    shown = paste(alice, "C02XG0FDJGH5 london design\nC02M0VE00002 london design")
    people = [slack.person(f"U0TECH{number}") for number in range(8)]

    def click(person: Person) -> None:
        copy = Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=person.id)
        person.click(copy, "import")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, people))

    assert len(registered()) == 2
    with database.reading() as session:
        assert len(session.scalars(select(Operation)).all()) == 2
        whats = session.scalars(select(Event.what).order_by(Event.id)).all()
        assert sorted(whats) == ["moved", "registered", "registered"]
        assert session.scalars(select(Import)).one().state == "registered"


def test_what_changed_meanwhile_is_left_alone_and_said(
    alice: Person, registered: Registered, database: Database
) -> None:
    shown = paste(alice, "register C02AAA C02BBB london design")
    register(database, "C02AAA", to=Destination("paris", "kiosk"), by="U0BOB")

    said = press(alice, shown, "import")

    assert "Registered 1 Mac." in said
    assert "1 Mac left alone, because something has changed since:\n• `C02AAA`" in said
    assert registered()[0][:3] == ("C02AAA", "paris", "kiosk")


def test_a_mac_whose_site_is_gone_meanwhile_is_told_once(
    alice: Person, registered: Registered, repo_folder: Path
) -> None:
    rows = "C02XG0FDJGH5 london design\nC02YK1QWLVDN paris kiosk\nC02WH9EVHGF3"
    shown = paste(alice, f"register\n{rows}")
    (repo_folder / "manifests/included_manifests/sites/paris").unlink()
    assert alice.click(shown, "import").error is None

    eventually(lambda: "Registered 1 Mac." in readable(alice.ephemerals[-1]))
    said = readable(alice.ephemerals[-1])
    assert "1 Mac left alone, because something has changed since:\n• `C02YK1QWLVDN`" in said
    assert "Left alone: 1 without a place." in said  # C02WH9EVHGF3
    assert [mac[0] for mac in registered()] == ["C02XG0FDJGH5"]


def test_where_nothing_is_left_it_says_so(
    alice: Person, bob: Person, registered: Registered
) -> None:
    shown = paste(alice, "register C02AAA C02BBB london design")
    press(bob, paste(bob, "register C02AAA C02BBB paris kiosk"), "import")

    assert "Nothing in that dry run can be registered as it is." in press(alice, shown, "import")
    assert [mac[:3] for mac in registered()] == [
        ("C02AAA", "paris", "kiosk"),
        ("C02BBB", "paris", "kiosk"),
    ]


@pytest.mark.postgresql(instead=True)
def test_a_dropped_one_registers_nothing(alice: Person, registered: Registered) -> None:
    shown = paste(alice, "register C02AAA C02BBB london design")
    before = Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=alice.id)

    assert "Dropped by <@U0ALICE>" in press(alice, shown, "import_drop")

    alice.click(before, "import")
    eventually(lambda: "dropped already" in readable(alice.ephemerals[-1]))
    assert registered() == []


def test_a_dry_run_of_everything_that_is_there_has_nothing_to_press(alice: Person) -> None:
    press(alice, paste(alice, "register C02AAA C02BBB london design"), "import")

    shown = paste(alice, "register C02AAA C02BBB london design")

    assert "Nothing here can be registered as it is" in readable(shown)
    with pytest.raises(NotThere):
        alice.click(shown, "import")


@pytest.mark.policy('[sites.paris]\ngroup = "S0PARIS"\n')
class TestRights:
    @pytest.fixture(autouse=True)
    def group(self, slack: Workspace) -> None:
        """Paris is for a group that Alice is not in."""
        slack.add_group("S0PARIS", handle="paris", members=["U0BOB"])

    def test_all_sites_have_to_be_permitted_or_nothing_is_registered(
        self, alice: Person, bob: Person, registered: Registered
    ) -> None:
        text = "C02XG0FDJGH5 london design\nC02YK1QWLVDN paris kiosk"

        assert "You may not register Macs for paris" in press(alice, paste(alice, text), "import")
        assert registered() == []
        assert "Registered 2 Macs." in press(bob, paste(bob, text), "import")

    def test_nobody_takes_a_mac_away_from_where_they_may_not(
        self, alice: Person, registered: Registered, database: Database
    ) -> None:
        register(database, "C02C0NF00003", to=Destination("paris", "kiosk"), by="U0BOB")

        said = press(
            alice, paste(alice, "C02NEW000009 C02C0NF00003 london design"), "import_conflicts"
        )

        assert "You may not register Macs for paris" in said
        assert len(registered()) == 1


def test_a_guest_who_presses_is_told_that_they_may_not(
    alice: Person, slack: Workspace, registered: Registered, deliver: Callable[[], None]
) -> None:
    shown = paste(alice, "register C02AAA C02BBB london design")
    guest = slack.person("U0GUEST", guest=True)
    copy = Message("0.0", CHANNEL, shown.user, blocks=shown.blocks, ephemeral_to=guest.id)

    guest.click(copy, "import")

    deliver()
    assert "you are a guest" in readable(slack.channels[guest.dm.id].messages[-1])
    assert registered() == []
