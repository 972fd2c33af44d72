"""A Mac that is typed alone and may be a slip: asked about first, as several Macs are."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.registrations import register, similar
from provisioning.registrations.models import Registration
from provisioning.values.serials import Serial, is_slip
from tests.fakes.slack import Workspace, readable
from tests.fakes.slack.people.person import Person
from tests.support import acting
from tests.support.acting import did
from tests.support.installation import CHANNEL
from tests.support.soaking import first, in_soak
from tests.support.waiting import eventually

ListMacs = Callable[[], dict[str, str]]

MAC = "C02XG0FDJGH5"
SLIPS = {
    "a letter O": "C02XGOFDJGH5",
    "another letter": "C02XG0FDJGH6",
    "two letters swapped": "C02XG0FDGJH5",
    "one left out": "C02XG0FDJG5",
    "one too many": "C02XG0FDJGHH5",
}


@pytest.fixture
def alice(bot: object, slack: Workspace) -> Person:
    """A technician."""
    del bot
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def macs(database: Database) -> ListMacs:
    """A function that returns the site of each registered Mac, by serial."""

    def read() -> dict[str, str]:
        with database.reading() as session:
            rows = session.scalars(select(Registration).order_by(Registration.serial))
            return {mac.serial: mac.site for mac in rows}

    return read


def typed(person: Person, text: str) -> str:
    person.slash("/mac", text, channel=CHANNEL)
    return readable(person.ephemerals[-1])


def test_a_letter_that_apple_never_uses_is_asked_about_and_registered_by_a_yes(
    alice: Person, macs: ListMacs
) -> None:
    answer = typed(alice, "register C02XGOFDJGH5 london design")

    assert "Nothing here can be registered as it is" in answer
    assert "a letter O" in answer
    assert macs() == {}
    alice.click(alice.ephemerals[-1], "import_doubtful")
    eventually(lambda: macs() == {"C02XGOFDJGH5": "london"})


def test_what_macs_without_a_serial_say_is_asked_about(alice: Person, macs: ListMacs) -> None:
    answer = typed(alice, "register UNKNOWN london design")

    assert "is what Macs without a serial number say" in answer
    assert macs() == {}


def test_a_word_that_is_no_serial_of_any_length_is_asked_about(
    alice: Person, macs: ListMacs
) -> None:
    assert "has no digit; an ordinary word?" in typed(alice, "register HELLO london design")
    assert macs() == {}


def test_a_serial_of_vmwares_is_typed_as_any_other(alice: Person, macs: ListMacs) -> None:
    typed(alice, "register VM5v/dACsc+k london design")
    assert macs() == {"VM5V/DACSC+K": "london"}

    typed(alice, "move VM5v/dACsc+k paris design")
    assert macs() == {"VM5V/DACSC+K": "paris"}
    assert "VM5V/DACSC+K" in typed(alice, "show VM5v/dACsc+k")


@pytest.mark.parametrize(
    "slip", first(2, SLIPS.values(), "the test of all slips finds each"), ids=SLIPS
)
def test_one_that_is_a_slip_away_from_a_registered_one_is_asked_about(
    alice: Person, macs: ListMacs, slip: str, database: Database
) -> None:
    acting.register(database, MAC)

    answer = typed(alice, f"register {slip} paris basic")

    assert f"is one slip away from {MAC}, which is registered" in answer
    assert macs() == {MAC: "london"}


@pytest.mark.parametrize("serial", [MAC.lower(), *in_soak("the same serial", MAC)])
def test_one_that_is_registered_itself_is_no_slip_of_another(
    alice: Person, database: Database, serial: str
) -> None:
    acting.register(database, MAC, "C02XG0FDJGH6")

    assert "Registered elsewhere already" in typed(alice, f"register {serial} paris basic")


def test_numbered_macs_that_are_not_apples_are_registered_at_once(
    alice: Person, macs: ListMacs
) -> None:
    for name in ("vm-001", "vm-002"):
        assert f"Registered `{name.upper()}`" in typed(alice, f"register {name} london design")
    assert set(macs()) == {"VM-001", "VM-002"}


def test_the_form_asks_too_and_keeps_the_note(
    alice: Person, macs: ListMacs, database: Database
) -> None:
    acting.register(database, MAC)
    alice.slash("/mac", "", channel=CHANNEL)
    view = alice.open_view()

    answers = {"serials": "C02XG0FDJGH6", "site": "paris", "build": "basic", "note": "for Eve"}
    alice.submit(view, answers)

    said = "\n".join(str(block) for block in alice.open_view().blocks)
    assert "is one slip away from" in said
    assert "for Eve" in said
    assert set(macs()) == {MAC}


@pytest.mark.parametrize(
    "key", ["C02XG0FDJGH5", *in_soak("other serials, the same slips", "FVFZT3LMQ6L4", "C02")]
)
def test_everything_that_is_a_slip_is_found_and_nothing_else(database: Database, key: str) -> None:
    others = [*SLIPS.values(), MAC, "FVFZT3LMQ6LA", "FVFZT3LMQ64L", "C2", "CO2", "D13", "C02X"]
    for other in others:
        with database.begin() as session:
            act = did(session, "registered", by="U0ALICE")
            to = Destination("london", "design")
            register.register(session, [Serial(other)], to, operation=act, channel="C1")
        with database.reading() as session:
            found = similar.slip_of(session, key)
        acting.cancel_now(database, other)

        assert found == (other if is_slip(key, other) else None)


@pytest.mark.postgresql(instead=True)
def test_the_name_that_it_is_to_have_is_kept_for_the_yes(
    alice: Person, macs: ListMacs, database: Database
) -> None:
    typed(alice, "register C02XGOFDJGH5 london design named lab-07")
    alice.click(alice.ephemerals[-1], "import_doubtful")
    eventually(lambda: macs() == {"C02XGOFDJGH5": "london"})

    with database.reading() as session:
        assert session.scalars(select(Registration.computer_name)).one() == "lab-07"
