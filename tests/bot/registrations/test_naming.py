"""Names of computers that technicians type."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.registrations.models import Event, Registration
from tests.fakes.slack import View, Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support.installation import CHANNEL
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")


def typed(person: Person, text: str) -> str:
    """Type a command and return what this person alone is told."""
    reply = person.slash("/mac", text, channel=CHANNEL)
    assert reply.error is None, person.errors
    return readable(person.ephemerals[-1])


def form_of(person: Person) -> View:
    """The form that a bare command opens."""
    person.slash("/mac", "", channel=CHANNEL)
    return person.open_view()


def names(database: Database) -> dict[str, str | None]:
    with database.reading() as session:
        macs = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return {mac.serial: mac.called for mac in macs}


def test_a_mac_is_registered_and_named_in_one_line_and_one_act(
    alice: Person, database: Database
) -> None:
    told = typed(alice, "register C02AAA london design named lab-07")

    assert "Registered `C02AAA` for *london* / *design*. It will be called lab-07." in told
    assert names(database) == {"C02AAA": "lab-07"}
    shown = typed(alice, "show C02AAA")
    assert "`C02AAA` (lab-07) → *london* / *design*: waiting" in shown
    assert "registered, *london* / *design*, called lab-07, by <@U0ALICE> (command)" in shown
    with database.reading() as session:
        assert len(session.scalars(select(Event)).all()) == 1


def test_undo_takes_the_mac_back_with_its_name(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design named Front desk 1")
    assert names(database) == {"C02AAA": "Front desk 1"}

    alice.click(alice.ephemerals[-1], "undo")

    eventually(lambda: names(database) == {})


@pytest.mark.postgresql(instead=True)
def test_a_name_is_changed_with_an_event_and_undone(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design named lab-07")

    told = typed(alice, "name c02aaa “Front desk”")

    assert "`C02AAA` will be called Front desk instead of lab-07." in told
    assert "Its first-boot script sets the name." in told
    assert "given a name, *london* / *design*, called Front desk" in typed(alice, "show C02AAA")
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.what == "named")).one()
    assert (event.by, event.before and event.before["computer_name"]) == ("U0ALICE", "lab-07")

    typed(alice, "name C02AAA lab-09")
    alice.click(alice.ephemerals[-1], "undo")
    eventually(lambda: names(database) == {"C02AAA": "Front desk"})


def test_a_name_that_a_mac_has_already_is_no_change(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design named lab-07")

    assert "is already called lab-07" in typed(alice, "name C02AAA lab-07")
    with database.reading() as session:
        assert len(session.scalars(select(Event)).all()) == 1


CANNOT_BE_DONE = (
    ("register C02BBB london design named", "SERIAL SITE BUILD named lab-07"),
    ("register C02BBB london design named lab-07", "C02AAA is already called lab-07."),
    ("register C02BBB london design named $(reboot)", "only letters, digits, spaces"),
    ("name C02AAA", "One serial and a name: SERIAL lab-07"),
    ("name", "One serial and a name: SERIAL lab-07"),
    ("name C02BBB lab-08", "C02BBB is not registered."),
    ("name C02AAA a/b", "only letters, digits, spaces and - _ . can be in one."),
)


def test_what_cannot_be_done_is_answered_with_what_to_do(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design named lab-07")

    answers = {text: typed(alice, text).replace("\u200b", "") for text, _ in CANNOT_BE_DONE}

    assert {text: fix for text, fix in CANNOT_BE_DONE if fix not in answers[text]} == {}
    assert names(database) == {"C02AAA": "lab-07"}


def test_a_mac_that_is_registered_already_keeps_its_name(alice: Person, database: Database) -> None:
    typed(alice, "register C02AAA london design")

    told = typed(alice, "register C02AAA london design named lab-07")

    assert "Registered for that already" in told
    assert names(database) == {"C02AAA": None}


def test_the_form_names_one_mac(alice: Person, database: Database) -> None:
    given = {"serials": "C02AAA", "site": "london", "build": "design", "computer_name": "lab-07"}

    alice.submit(form_of(alice), given)

    assert "It will be called lab-07." in str(alice.open_view().blocks)
    assert names(database) == {"C02AAA": "lab-07"}


def test_a_name_that_is_none_is_told_beside_its_field(alice: Person, database: Database) -> None:
    given = {"serials": "C02AAA", "site": "london", "build": "design", "computer_name": "a/b"}

    assert "only letters" in alice.submit(form_of(alice), given).errors["computer_name"]
    assert names(database) == {}


def test_the_name_of_the_form_stays_with_its_mac_on_the_way_through_a_dry_run(
    alice: Person, database: Database
) -> None:
    alice.submit(form_of(alice), {"serials": "C02AAA", "computer_name": "lab-07"})
    for menu, name in (("import_site", "paris"), ("import_build", "basic")):
        alice.select(alice.open_view(), menu, name)
    eventually(lambda: "1 Mac can be registered" in str(alice.open_view().blocks))

    alice.click(alice.open_view(), "import")

    eventually(lambda: names(database) == {"C02AAA": "lab-07"})


def test_the_name_of_the_form_is_for_one_mac_alone(alice: Person, database: Database) -> None:
    given = {"serials": "C02AAA C02BBB", "site": "london", "build": "design"}

    alice.submit(form_of(alice), {**given, "computer_name": "lab-07"})
    alice.click(alice.open_view(), "import")

    eventually(lambda: names(database) == {"C02AAA": None, "C02BBB": None})


@pytest.mark.policy('[sites.london]\ngroup = "S0LONDON"\n')
class TestWhereASiteHasAGroup:
    def test_only_who_may_register_there_names_its_macs(
        self, alice: Person, slack: Workspace, database: Database
    ) -> None:
        bob = slack.person("U0BOB", name="bob")
        slack.add_group("S0LONDON", handle="london", members=["U0BOB"])
        typed(bob, "register C02AAA london design")

        assert "You may not register Macs for london." in typed(alice, "name C02AAA lab-07")
        assert names(database) == {"C02AAA": None}
