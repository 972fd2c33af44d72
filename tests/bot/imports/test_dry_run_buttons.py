"""Dry runs and their buttons: several Macs are shown first, and registered once."""

import pytest
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.outbox.models import Card
from provisioning.registrations.models import Operation
from tests.bot.imports.conftest import Registered, paste, press
from tests.fakes.slack import Message, NotThere, readable
from tests.fakes.slack.people.person import Person
from tests.support.acting import register
from tests.support.soaking import in_soak
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("unhurried", "bot")


def choose(person: Person, shown: Message, menu: str, name: str) -> None:
    """Choose in a menu of a dry run, and wait until it shows that."""
    edits = shown.edited
    person.select(shown, menu, name)
    eventually(lambda: shown.edited > edits)


@pytest.mark.postgresql(instead=True)
def test_several_macs_are_shown_first_and_registered_by_a_button(
    alice: Person, registered: Registered, database: Database
) -> None:
    shown = paste(alice, "register C02AAA C02BBB c02aaa london design")

    assert "*2 Macs can be registered.* Nothing is registered yet." in readable(shown)
    assert registered() == []
    assert "Registered 2 Macs." in press(alice, shown, "import")
    assert registered() == [
        ("C02AAA", "london", "design", "waiting"),
        ("C02BBB", "london", "design", "waiting"),
    ]
    with database.reading() as session:
        assert session.scalars(select(Operation.via)).all() == ["command"]


@pytest.mark.parametrize(
    "text",
    [
        "C02XG0FDJGH5 C02YK1QWLVDN london design",
        "register C02XG0FDJGH5 C02YK1QWLVDN for London, design please",
        *in_soak(
            "tests of the parser read every form",
            "These go to london / design:\nC02XG0FDJGH5\nC02YK1QWLVDN",
            "register\nC02XG0FDJGH5\tlondon\tdesign\nC02YK1QWLVDN\tlondon\tdesign",
            "it's for london design: C02XG0FDJGH5, C02YK1QWLVDN",
        ),
    ],
)
def test_any_text_is_read(alice: Person, registered: Registered, text: str) -> None:
    press(alice, paste(alice, text), "import")

    assert [mac[:3] for mac in registered()] == [
        ("C02XG0FDJGH5", "london", "design"),
        ("C02YK1QWLVDN", "london", "design"),
    ]


@pytest.mark.postgresql(instead=True)
def test_each_site_and_build_has_a_card_and_undo_takes_all_of_it_back(
    alice: Person, registered: Registered, database: Database
) -> None:
    shown = paste(alice, "C02XG0FDJGH5 london design\nC02YK1QWLVDN paris kiosk")

    press(alice, shown, "import")

    with database.reading() as session:
        cards = session.scalars(select(Card).order_by(Card.site)).all()
        assert [(card.site, card.build) for card in cards] == [
            ("london", "design"),
            ("paris", "kiosk"),
        ]
    alice.click(shown, "undo")
    eventually(lambda: "Undone: 2 Macs" in readable(alice.ephemerals[-1]))
    assert {mac[3] for mac in registered()} == {"cancelled"}


@pytest.mark.postgresql(instead=True)
def test_what_says_nowhere_gets_its_site_and_build_from_menus(
    alice: Person, registered: Registered
) -> None:
    shown = paste(alice, "C02XG0FDJGH5 C02YK1QWLVDN")
    assert "names no site and no build" in readable(shown)
    with pytest.raises(NotThere):
        alice.click(shown, "import")

    for menu, name in (("import_site", "new york"), ("import_build", "kiosk")):
        choose(alice, shown, menu, name)

    assert "Registered 2 Macs." in press(alice, shown, "import")
    assert [mac[1:3] for mac in registered()] == [("new york", "kiosk")] * 2


def test_every_kind_is_shown_with_its_reason(
    alice: Person, bob: Person, registered: Registered
) -> None:
    for person, text in (
        (alice, "C02SAME00001 london design"),
        (alice, "C02M0VE00002 paris kiosk"),
        (bob, "C02C0NF00003 paris kiosk"),
        (bob, "C02D0UBT0004 paris kiosk"),
    ):
        paste(person, f"register {text}")

    shown = paste(
        alice,
        "london design\nC02NEW000009\nC02SAME00001\nC02M0VE00002\nC02C0NF00003\nC02D0UBT004\n"
        "C02XG0FDJG?5",
    )
    text = readable(shown)

    assert "*2 Macs can be registered.*" in text
    assert "*New: 1*\n• `C02NEW000009`" in text
    assert "*Already registered like this: 1*\n• `C02SAME00001`" in text
    assert "*Would be moved: 1*\n• `C02M0VE00002`" in text
    assert "*Waiting elsewhere (somebody else's): 1*\n• `C02C0NF00003`" in text
    assert "by <@U0BOB>" in text
    assert "`C02D0UBT004` (line 6)" in text
    assert "is one slip away from C02D0UBT0004, which is registered" in text
    assert "*Cannot be read: 1*\n• `C02XG0FDJG?5` (line 7): " in text
    assert "Registered 1 Mac and moved 1 Mac." in press(alice, shown, "import")
    assert [mac[:3] for mac in registered()] == [
        ("C02C0NF00003", "paris", "kiosk"),
        ("C02D0UBT0004", "paris", "kiosk"),
        ("C02M0VE00002", "london", "design"),
        ("C02NEW000009", "london", "design"),
        ("C02SAME00001", "london", "design"),
    ]


@pytest.mark.parametrize(
    ("button", "done"),
    [
        ("import_doubtful", {"C02NEW000009", "C02D0UBT004"}),
        ("import_conflicts", {"C02NEW000009", "C02C0NF00003"}),
        ("import_all", {"C02NEW000009", "C02D0UBT004", "C02C0NF00003"}),
        *in_soak("the test above has what it registers", ("import", {"C02NEW000009"})),
    ],
)
def test_doubtful_ones_and_conflicts_are_included_by_their_own_buttons_only(
    alice: Person, registered: Registered, button: str, done: set[str], database: Database
) -> None:
    for serial in ("C02C0NF00003", "C02D0UBT0004"):
        register(database, serial, to=Destination("paris", "kiosk"), by="U0BOB")

    press(alice, paste(alice, "C02NEW000009 C02C0NF00003 C02D0UBT004 london design"), button)

    assert {mac[0] for mac in registered() if mac[1] == "london"} == done


@pytest.mark.postgresql(instead=True)
def test_a_conflict_moved_and_undone_is_where_it_was(
    alice: Person, registered: Registered, database: Database
) -> None:
    register(database, "C02C0NF00003", to=Destination("paris", "kiosk"), by="U0BOB")
    shown = paste(alice, "C02NEW000009 C02C0NF00003 london design")
    assert "Registered 1 Mac and moved 1 Mac." in press(alice, shown, "import_conflicts")

    alice.click(shown, "undo")

    eventually(lambda: "Undone" in readable(alice.ephemerals[-1]))
    assert registered() == [
        ("C02C0NF00003", "paris", "kiosk", "waiting"),
        ("C02NEW000009", "london", "design", "cancelled"),
    ]
