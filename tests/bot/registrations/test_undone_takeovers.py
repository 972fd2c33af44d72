"""A Mac that only its own script had brought in, registered by a person who takes that back."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import CONFIRMED, Event, Registration
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.fixtures.doors import DeliverAll, Script
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = [pytest.mark.postgresql(instead=True), pytest.mark.usefixtures("bot")]
MAC = "C02XG0FDJGH5"


@pytest.fixture
def alice(slack: Workspace, script: Script) -> Person:
    """A technician in whose channel a Mac came without a registration."""
    assert script.manifest(serial=MAC, site="paris", build="basic").status_code == 200
    return slack.person("U0ALICE", name="alice")


def standing(database: Database) -> tuple[str, str, str, str | None, int | None]:
    with database.reading() as session:
        mac = session.scalars(select(Registration)).one()
        return mac.site, mac.build, mac.state, mac.registered_by, mac.card_id


def undo(alice: Person) -> None:
    seen = len(alice.ephemerals)
    alice.click(alice.ephemerals[-1], "undo")
    eventually(lambda: len(alice.ephemerals) > seen)


def test_a_mac_that_is_taken_back_is_again_what_its_script_said(
    alice: Person, database: Database
) -> None:
    with database.reading() as session:
        confirmed_at = session.scalars(select(Registration.confirmed_at)).one()
    alice.slash("/mac", f"register {MAC} london design", channel=CHANNEL)
    assert standing(database)[:4] == ("london", "design", "waiting", "U0ALICE")

    undo(alice)

    assert "Undone: 1 Mac as before." in readable(alice.ephemerals[-1])
    assert standing(database) == ("paris", "basic", CONFIRMED, None, None)
    with database.reading() as session:
        assert session.scalars(select(Registration.confirmed_at)).one() == confirmed_at


def test_the_card_says_so_and_the_script_of_the_mac_is_heard_again(
    alice: Person, slack: Workspace, script: Script, deliver_all: DeliverAll
) -> None:
    alice.slash("/mac", f"register {MAC} london design", channel=CHANNEL)
    deliver_all()
    undo(alice)

    deliver_all()

    card = slack.channels[CHANNEL].messages[-1]
    assert "What <@U0ALICE> registered for *london* / *design* was undone." in readable(card)
    assert script.manifest(serial=MAC, site="paris", build="basic").status_code == 200


def test_a_list_that_takes_one_over_is_undone_for_each_as_it_was(
    alice: Person, database: Database
) -> None:
    alice.slash("/mac", f"register {MAC} C02NEW000001 london design", channel=CHANNEL)
    shown = alice.ephemerals[-1]
    alice.click(shown, "import")
    eventually(lambda: "Registered 2 Macs" in readable(shown))

    seen = len(alice.ephemerals)
    alice.click(shown, "undo")
    eventually(lambda: len(alice.ephemerals) > seen)

    with database.reading() as session:
        macs = session.scalars(select(Registration).order_by(Registration.serial)).all()
        assert [(mac.serial, mac.site, mac.state) for mac in macs] == [
            ("C02NEW000001", "london", "cancelled"),
            (MAC, "paris", CONFIRMED),
        ]
        # One event each for what was registered: the Mac that was taken over has two befores.
        registered = session.scalars(select(Event).where(Event.what == "registered")).all()
        assert sorted((one.before or {}).get("site", "new") for one in registered) == [
            "new",
            "paris",
        ]


@pytest.mark.parametrize("verb", ["move", "reimage"])
def test_one_that_somebody_moved_or_imaged_again_is_nobodys_again(
    alice: Person, database: Database, verb: str
) -> None:
    if verb == "move":
        alice.slash("/mac", f"move {MAC} london design", channel=CHANNEL)
    else:
        alice.slash("/mac", f"reimage {MAC}", channel=CHANNEL)
        alice.click(alice.ephemerals[-1], "reimage")
        eventually(lambda: standing(database)[2] == "waiting")
        eventually(lambda: "waits for its first boot again" in readable(alice.ephemerals[-1]))
    assert standing(database)[2:4] == ("waiting", "U0ALICE")

    undo(alice)

    assert standing(database)[:4] == ("paris", "basic", CONFIRMED, None)


def test_a_mac_that_was_confirmed_lately_is_imaged_again_only_after_a_second_yes(
    alice: Person, script: Script
) -> None:
    alice.slash("/mac", f"register {MAC} london design", channel=CHANNEL)
    script.manifest(serial=MAC)

    alice.slash("/mac", f"reimage {MAC}", channel=CHANNEL)

    assert "Somebody may be using it" in readable(alice.ephemerals[-1])
