"""Macs that ask before anybody has said where they go: the card that asks, and what it leads to."""

import plistlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.serving import make_server

from provisioning import strangers
from provisioning.database import Database
from provisioning.models import Act, Event, Notification, Registration, Stranger
from provisioning.serials import Serial
from provisioning.settings import ServerSettings
from server.app import create_app
from tests.integration.conftest import Clock, Script
from tests.support.installation import CHANNEL, PASSWORD, USERNAME
from tests.support.mac import Mac
from tests.support.postgres import free_port
from tests.support.slack import Workspace, readable
from tests.support.slack.messages import Message
from tests.support.slack.person import Person
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("bot")
DeliverAll = Callable[[], None]


@pytest.fixture
def slack() -> Iterator[Workspace]:
    """A stand-in Slack that takes messages as fast as the couriers' clock is moved."""
    with Workspace(pace=None) as workspace:
        workspace.add_channel(CHANNEL, name="imaging")
        yield workspace


@pytest.fixture
def alice(slack: Workspace) -> Person:
    """A technician."""
    return slack.person("U0ALICE", name="alice")


@pytest.fixture
def bob(slack: Workspace) -> Person:
    """Another one."""
    return slack.person("U0BOB", name="bob")


@pytest.fixture
def ask(script: Script, slack: Workspace, deliver_all: DeliverAll) -> Callable[..., Message]:
    """Have an unknown Mac ask; returns the card that this leads to."""

    def asked(serial: str = "C02XYZ123DEF") -> Message:
        assert script.manifest(serial=serial).status_code == 403
        deliver_all()
        return slack.channels[CHANNEL].messages[-1]

    return asked


def open_registrations(database: Database) -> list[tuple[str, str, str, str | None]]:
    with database.reading() as session:
        rows = session.scalars(select(Registration).where(Registration.closed_at.is_(None)))
        return sorted((mac.serial, mac.site, mac.build, mac.registered_by) for mac in rows)


def number_of(database: Database, model: type) -> int:
    with database.reading() as session:
        return len(session.scalars(select(model)).all())


def choose(person: Person, card: Message, site: str = "london", build: str = "design") -> None:
    person.select(card, "site", site)
    person.select(card, "build", build)


def told(person: Person, words: str) -> None:
    """Wait until this person alone was told something."""
    eventually(lambda: any(words in message.text for message in person.ephemerals))


def test_an_unknown_mac_raises_one_card_however_often_it_asks(
    script: Script, slack: Workspace, database: Database, deliver_all: DeliverAll
) -> None:
    for _ in range(3):
        answer = script.manifest(serial="C02XYZ123DEF")
        assert answer.status_code == 403
        assert "/mac register C02XYZ123DEF SITE BUILD" in answer.text
        deliver_all()

    [card] = slack.channels[CHANNEL].messages
    assert "`C02XYZ123DEF` asks for its manifest, and nobody has registered it." in card.text
    assert number_of(database, Notification) == 1


def test_sixteen_questions_at_once_on_two_servers_are_one_card(
    app: Flask, server_settings: ServerSettings, database: Database, database_url: str
) -> None:
    second = Database(database_url)
    doors = [app, create_app(server_settings, second)]

    def mac(number: int) -> int:
        serial = f"C02XYZ123DE{number % 4}"
        return Script(doors[number % 8 // 4].test_client()).manifest(serial=serial).status_code

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(mac, range(64)))
    second.close()

    assert set(statuses) == {403}
    assert number_of(database, Stranger) == 4
    assert number_of(database, Notification) == 4


def test_choosing_and_registering_on_the_card_sends_the_mac_on(
    ask: Callable[..., Message],
    alice: Person,
    script: Script,
    database: Database,
    deliver_all: DeliverAll,
    slack: Workspace,
) -> None:
    card = ask("c02xyz123def")
    choose(alice, card)

    assert alice.click(card, "stranger_register").error is None

    told(alice, "Registered `c02xyz123def` for *london* / *design*.")
    assert open_registrations(database) == [("C02XYZ123DEF", "london", "design", "U0ALICE")]
    deliver_all()
    assert "<@U0ALICE> registered it for *london* / *design*." in card.text
    assert [block["type"] for block in card.blocks] == ["section"]
    assert script.manifest(serial="c02xyz123def").status_code == 200
    deliver_all()
    assert "its manifest is written" in card.text
    assert "Registered by <@U0ALICE>." in slack.channels[CHANNEL].messages[-1].text
    assert len(slack.channels[CHANNEL].messages) == 2


def test_the_registration_is_an_act_by_button_that_can_be_undone(
    ask: Callable[..., Message],
    alice: Person,
    database: Database,
    deliver_all: DeliverAll,
    slack: Workspace,
) -> None:
    card = ask()
    choose(alice, card)
    alice.click(card, "stranger_register")
    told(alice, "Registered")

    alice.click(alice.ephemerals[-1], "undo")

    told(alice, "Undone: 1 Mac as before.")
    assert open_registrations(database) == []
    with database.reading() as session:
        acts = session.execute(select(Act.what, Act.via).order_by(Act.id)).all()
    assert [tuple(act) for act in acts] == [("registered", "button"), ("undone", "button")]
    deliver_all()
    assert "that was taken back" in card.text
    assert ask() is not card


@pytest.mark.parametrize(
    ("chosen", "missing"),
    [
        ({}, "Choose a site and a build first"),
        ({"site": "london"}, "Choose a build first"),
        ({"build": "design"}, "Choose a site first"),
    ],
)
def test_who_chose_too_little_is_told_so(
    ask: Callable[..., Message],
    alice: Person,
    database: Database,
    chosen: dict[str, str],
    missing: str,
) -> None:
    card = ask()
    for menu, name in chosen.items():
        alice.select(card, menu, name)

    alice.click(card, "stranger_register")

    told(alice, missing)
    assert open_registrations(database) == []


def test_the_menus_offer_what_the_repo_has(ask: Callable[..., Message], alice: Person) -> None:
    card = ask()

    sites = [option["value"] for option in alice.type_ahead(card, "site", "")]
    builds = [option["value"] for option in alice.type_ahead(card, "build", "de")]

    assert sites == ["london", "new york", "paris"]
    assert builds == ["design", "developer"]


def test_the_first_of_two_people_wins_and_the_second_is_told_by_whom(
    ask: Callable[..., Message], alice: Person, bob: Person, database: Database
) -> None:
    card = ask()
    choose(alice, card)
    choose(bob, card, "paris", "basic")

    alice.click(card, "stranger_register")
    bob.click(card, "stranger_register")
    bob.click(card, "stranger_dismiss")

    told(bob, "`C02XYZ123DEF` is registered for *london* / *design* already; <@U0ALICE> was faster")
    eventually(lambda: len(bob.ephemerals) == 2)
    assert open_registrations(database) == [("C02XYZ123DEF", "london", "design", "U0ALICE")]
    assert number_of(database, Act) == 1


def test_of_eight_people_at_once_one_wins_and_all_are_answered(
    ask: Callable[..., Message], slack: Workspace, database: Database
) -> None:
    card = ask()
    people = [slack.person(f"U0TECH{number}", name=f"tech{number}") for number in range(8)]
    for person in people:
        choose(person, card)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda person: person.click(card, "stranger_register"), people))

    assert [answer.error for answer in answers] == [None] * 8
    eventually(lambda: all(person.ephemerals for person in people))
    texts = [person.ephemerals[-1].text for person in people]
    [(_, _, _, winner)] = open_registrations(database)
    assert sum("Registered `C02XYZ123DEF`" in text for text in texts) == 1
    assert sum(f"<@{winner}> was faster" in text for text in texts) == 7


def test_not_ours_settles_it_for_a_day(
    ask: Callable[..., Message],
    alice: Person,
    script: Script,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
) -> None:
    card = ask()

    alice.click(card, "stranger_dismiss")

    told(alice, "nobody is asked about it for 24 hours")
    assert script.manifest(serial="C02XYZ123DEF").status_code == 403
    deliver_all()
    assert slack.channels[CHANNEL].messages == [card]
    assert "<@U0ALICE> says that it is not ours." in card.text
    with database.begin() as session:
        stranger = session.scalars(select(Stranger)).one()
        stranger.settled_at = datetime.now(UTC) - timedelta(hours=24, seconds=1)
    assert ask() is not card


def test_a_registration_made_by_command_settles_the_card(
    ask: Callable[..., Message], bob: Person, alice: Person, deliver_all: DeliverAll
) -> None:
    card = ask()

    bob.slash("/mac", "register C02ABC c02xyz123def paris basic", channel=CHANNEL)
    bob.click(bob.ephemerals[-1], "import")

    deliver_all()
    assert "<@U0BOB> registered it for *paris* / *basic*." in card.text
    with pytest.raises(LookupError, match="no button"):
        alice.click(card, "stranger_register")


def test_an_undone_cancellation_settles_the_card(
    ask: Callable[..., Message], alice: Person, deliver_all: DeliverAll, database: Database
) -> None:
    alice.slash("/mac", "register C02XYZ123DEF paris basic", channel=CHANNEL)
    alice.slash("/mac", "cancel C02XYZ123DEF", channel=CHANNEL)
    cancelled = alice.ephemerals[-1]
    card = ask()
    assert "asks for its manifest" in card.text

    alice.click(cancelled, "undo")

    told(alice, "Undone: 1 Mac as before.")
    deliver_all()
    assert "registered it for *paris* / *basic*." in card.text


def test_a_mac_whose_own_script_says_where_it_goes_settles_its_card(
    ask: Callable[..., Message], script: Script, database: Database, deliver_all: DeliverAll
) -> None:
    card = ask()

    assert script.manifest(serial="C02XYZ123DEF", site="paris", build="basic").status_code == 200
    with database.begin() as session:
        assert strangers.settle_known(session, datetime.now(UTC)) == 1

    deliver_all()
    assert "Its own script says that it is for *paris* / *basic*" in card.text


def test_a_channel_is_not_flooded_by_macs_of_a_wrong_workflow(
    script: Script, database: Database
) -> None:
    with database.begin() as session:
        for number in range(strangers.MOST):
            serial = Serial(f"C02{number:09}")
            strangers.meet(session, serial, channel=CHANNEL, at=datetime.now(UTC))

    for number in range(3):
        assert script.manifest(serial=f"C03XYZ123DE{number}").status_code == 403

    assert number_of(database, Stranger) == strangers.MOST
    assert number_of(database, Notification) == strangers.MOST + 1


# A slip of somebody's


def register(person: Person, text: str) -> None:
    """Register a Mac, and say yes where its serial is doubtful."""
    person.slash("/mac", f"register {text}", channel=CHANNEL)
    shown = person.ephemerals[-1]
    if "Nothing is registered yet" in readable(shown):
        person.click(shown, "import_doubtful")
        eventually(lambda: "Registered 1 Mac" in readable(shown))


@pytest.mark.parametrize(
    "typed", ["C02XYZ123DEG", "CO2XYZI23DEF", "C02XYZ123EDF", "C02XYZ123DE", "C02XYZZ123DEF"]
)
def test_a_near_miss_is_corrected_by_one_press(
    ask: Callable[..., Message],
    alice: Person,
    bob: Person,
    script: Script,
    database: Database,
    deliver_all: DeliverAll,
    typed: str,
) -> None:
    for serial in (typed, "C02NQTATALL2"):
        register(alice, f"{serial} london design")
    card = ask()
    assert f"Did you mean `{typed}`, registered for *london* / *design*" in str(card.blocks)

    bob.click(card, "stranger_correct")

    told(bob, f"The registration of `{typed}` for *london* / *design* is the one of `C02XYZ123DEF`")
    assert ("C02XYZ123DEF", "london", "design", "U0ALICE") in open_registrations(database)
    assert len(open_registrations(database)) == 2
    deliver_all()
    assert f"<@U0BOB> moved the registration of `{typed}` for *london* / *design* here" in card.text
    assert script.manifest(serial="C02XYZ123DEF").status_code == 200


def test_a_correction_is_an_event_with_both_serials_and_can_be_undone(
    ask: Callable[..., Message], alice: Person, database: Database
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    alice.click(ask(), "stranger_correct")
    told(alice, "The registration of `C02XYZ123DEG`")
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.what == "corrected")).one()
    assert (event.before or {})["serial"] == "C02XYZ123DEG"
    assert (event.after or {})["serial"] == "C02XYZ123DEF"
    shown = alice.slash("/mac", "show C02XYZ123DEF", channel=CHANNEL)
    assert "given another serial (`C02XYZ123DEG` → `C02XYZ123DEF`)" in str(shown.blocks)

    alice.click(alice.ephemerals[-2], "undo")

    told(alice, "Undone: 1 Mac as before.")
    assert open_registrations(database) == [("C02XYZ123DEG", "london", "design", "U0ALICE")]


def test_an_undone_correction_takes_no_serial_that_is_registered_again(
    ask: Callable[..., Message], alice: Person, bob: Person, database: Database
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    alice.click(ask(), "stranger_correct")
    told(alice, "The registration of `C02XYZ123DEG`")
    corrected = alice.ephemerals[-1]
    register(bob, "C02XYZ123DEG paris basic")

    alice.click(corrected, "undo")

    told(alice, "Left alone")
    assert [mac[0] for mac in open_registrations(database)] == ["C02XYZ123DEF", "C02XYZ123DEG"]


@pytest.mark.parametrize("change", ["move C02XYZ123DEG paris basic", "cancel C02XYZ123DEG"])
def test_a_registration_that_changed_meanwhile_is_not_corrected(
    ask: Callable[..., Message], alice: Person, bob: Person, database: Database, change: str
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    card = ask()
    alice.slash("/mac", change, channel=CHANNEL)
    before = open_registrations(database)

    bob.click(card, "stranger_correct")

    told(bob, "The registration of C02XYZ123DEG changed meanwhile, so it stays as it is")
    assert open_registrations(database) == before


def test_a_mac_that_was_confirmed_meanwhile_keeps_its_registration(
    ask: Callable[..., Message], alice: Person, script: Script, database: Database
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    card = ask()
    assert script.manifest(serial="C02XYZ123DEG").status_code == 200

    alice.click(card, "stranger_correct")

    told(alice, "changed meanwhile")
    assert [mac[0] for mac in open_registrations(database)] == ["C02XYZ123DEG"]


def test_a_mac_that_answered_to_its_serial_once_is_no_slip(
    ask: Callable[..., Message], alice: Person, script: Script
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    script.manifest(serial="C02XYZ123DEG")
    alice.slash("/mac", "move C02XYZ123DEG paris basic", channel=CHANNEL)

    assert "Did you mean" not in str(ask().blocks)


def test_registering_and_correcting_at_once_give_the_mac_one_registration(
    ask: Callable[..., Message], alice: Person, bob: Person, database: Database
) -> None:
    alice.slash("/mac", "register C02XYZ123DEG london design", channel=CHANNEL)
    card = ask()
    choose(bob, card, "paris", "basic")
    barrier = threading.Barrier(2)

    def press(person: Person, action: str) -> None:
        barrier.wait()
        person.click(card, action)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(press, [alice, bob], ["stranger_correct", "stranger_register"]))

    eventually(lambda: bob.ephemerals and len(alice.ephemerals) == 2)
    texts = alice.ephemerals[-1].text + bob.ephemerals[-1].text
    assert texts.count("was faster") == 1, texts
    assert [mac[0] for mac in open_registrations(database)].count("C02XYZ123DEF") == 1


# The Mac that knows only the server


@pytest.fixture
def url(server_settings: ServerSettings, database: Database) -> Iterator[str]:
    """The Macs' door on a port of its own, as the script has it."""
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    settings = server_settings.model_copy(update={"url": at})
    server = make_server("127.0.0.1", port, create_app(settings, database), threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield at
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_mac_that_knows_only_the_server_boots_asks_and_goes_on(
    url: str,
    alice: Person,
    slack: Workspace,
    database: Database,
    deliver_all: DeliverAll,
    repo_folder: Path,
) -> None:
    mac = Mac("C02XYZ123DEF", url, username=USERNAME, password=PASSWORD)
    with ThreadPoolExecutor(1) as pool:
        booting = pool.submit(mac.boot, ticks=1)
        eventually(lambda: number_of(database, Stranger))
        deliver_all()
        [card] = slack.channels[CHANNEL].messages
        choose(alice, card)
        assert not booting.done()
        alice.click(card, "stranger_register")
        ended = booting.result(timeout=30)

    assert ended.code == 0, ended.output
    assert "is written, for where it is registered" in ended.output
    manifest = plistlib.loads((repo_folder / "manifests/C02XYZ123DEF").read_bytes())
    assert manifest["included_manifests"][1] == "included_manifests/sites/london"


def test_the_token_of_a_script_without_site_and_build_places_no_mac(
    script: Script, repo_folder: Path
) -> None:
    [line] = [line for line in script.fetch().text.splitlines() if line.startswith("token=")]
    token = line.removeprefix("token=")

    answer = script.manifest(token, serial="C02XYZ123DEF", site="london", build="design")

    assert answer.status_code == 403
    assert "good only for where a Mac is registered" in answer.text
    assert not (repo_folder / "manifests/C02XYZ123DEF").exists()
    assert "/mac register" in script.manifest(token, serial="C02XYZ123DEF").text


def test_a_script_without_site_and_build_that_is_too_old_is_news_too(
    server_settings: ServerSettings, database: Database, clock: Clock
) -> None:
    settings = server_settings.model_copy(update={"token_hours": -1})
    own = Script(create_app(settings, database).test_client())
    [line] = [line for line in own.fetch().text.splitlines() if line.startswith("token=")]

    answer = own.manifest(line.removeprefix("token="), serial="C02XYZ123DEF")

    assert answer.status_code == 401
    assert "a Mac that names no site and no build is too old" in answer.text
