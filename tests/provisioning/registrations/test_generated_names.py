"""Generated names of Macs: made once, kept, and served to the script."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from provisioning.policy import Policy
from provisioning.registrations import queries
from provisioning.registrations.models import Counter, Event
from provisioning.registrations.names import generated_names, naming
from provisioning.values.serials import Serial
from rollcall.settings import ServerSettings
from tests.provisioning.registrations.naming import LONDON, PARIS, ask, call, free, move, register
from tests.support import acting
from tests.support.fixtures.doors import NOON, Script
from tests.support.running.doors import machines_door

POLICY = """
[sites.london]
name = "{site}-{serial4}"
[sites.london.names]
design = "lab-{n:03}"
"""


pytestmark = pytest.mark.policy(POLICY)


def events(database: Database, what: str) -> list[Event]:
    with database.reading() as session:
        return list(session.scalars(select(Event).where(Event.what == what).order_by(Event.id)))


@pytest.mark.postgresql(instead=True)
def test_a_name_is_made_when_it_is_asked_for_and_then_kept(app: Flask, database: Database) -> None:
    register(database, "C02AAA", "C02BBB")

    assert ask(app, "C02BBB").text == "lab-001\nlab-001\n"
    assert ask(app, "C02AAA").text == "lab-002\nlab-002\n"
    assert ask(app, "c02bbb").text == "lab-001\nlab-001\n"

    [first, _] = events(database, "named")
    assert (first.by, first.act_id) == (None, None)
    assert first.before is not None
    assert first.after is not None
    assert first.before["computer_name"] is None
    assert first.after["computer_name"] == "lab-001"


def test_who_asks_for_json_gets_both_names_by_name(app: Flask, database: Database) -> None:
    register(database, "C02AAA", to=PARIS)
    call(database, "C02AAA", "Zürich Lab 7")

    answer = ask(app, "C02AAA", Accept="application/json")

    assert answer.json == {"computer_name": "Zürich Lab 7", "host_name": "Zurich-Lab-7"}
    assert ask(app, "C02AAA").text == "Zürich Lab 7\nZurich-Lab-7\n"


def test_a_mac_without_a_name_is_answered_with_nothing(app: Flask, database: Database) -> None:
    register(database, "C02AAA", to=PARIS)

    assert (ask(app, "C02AAA").status_code, ask(app, "C02AAA").data) == (204, b"")


def test_a_mac_that_nobody_registered_has_no_name_and_takes_no_number(
    app: Flask, database: Database
) -> None:
    assert ask(app, "C02AAA").status_code == 403

    with database.reading() as session:
        assert session.scalars(select(Counter)).all() == []


@pytest.mark.parametrize(("serial", "status"), [("", 403), ("../x", 400), ("C0", 400)])
def test_what_is_no_serial_is_refused(app: Flask, serial: str, status: int) -> None:
    assert ask(app, serial).status_code == status


def test_only_who_has_credentials_is_told(app: Flask, script: Script, database: Database) -> None:
    register(database, "C02AAA")
    client = app.test_client()
    token = script.fetch().text.partition("\ntoken=")[2].split()[0]

    assert client.get("/computer_name?serial=C02AAA").status_code == 401
    assert ask(app, "C02AAA", Authorization="Bearer forged").status_code == 401
    assert ask(app, "C02AAA", Authorization=f"Bearer {token}").text == "lab-001\nlab-001\n"
    assert client.head("/computer_name?serial=C02AAA", headers=script.basic).status_code == 405


def test_what_a_technician_typed_beats_the_pattern(app: Flask, database: Database) -> None:
    register(database, "C02AAA")
    call(database, "C02AAA", "Front desk")

    assert ask(app, "C02AAA").text == "Front desk\nFront-desk\n"


@pytest.mark.postgresql(soak=True)
def test_a_mac_that_moves_leaves_its_patterns_name_behind_and_keeps_a_typed_one(
    app: Flask, database: Database
) -> None:
    register(database, "C02AAA", "C02BBB")
    call(database, "C02AAA", "Front desk")
    ask(app, "C02BBB")

    move(database, "C02AAA", PARIS)
    move(database, "C02BBB", PARIS)

    assert ask(app, "C02AAA").text.startswith("Front desk\n")
    assert ask(app, "C02BBB").status_code == 204
    move(database, "C02BBB", Destination("london", "basic"))
    assert ask(app, "C02BBB").text.startswith("london-2BBB\n")


def test_a_pattern_that_changes_renames_nobody(
    app: Flask, database: Database, server_settings: ServerSettings, policy_file: Path
) -> None:
    register(database, "C02AAA", "C02BBB")
    ask(app, "C02AAA")
    policy_file.write_text(POLICY.replace("lab-{n:03}", "room-{n}"))
    changed = machines_door(server_settings, database)

    assert ask(changed, "C02AAA").text.startswith("lab-001\n")
    assert ask(changed, "C02BBB").text.startswith("room-1\n")


@pytest.mark.postgresql(soak=True)
def test_no_two_macs_have_one_name(app: Flask, database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    register(database, "C02C9999", "C02D9999", "C02E9999", to=Destination("london", "basic"))
    call(database, "C02AAA", "lab-001")
    call(database, "C02E9999", "london-9999-2")

    assert ask(app, "C02BBB").text.startswith("lab-002\n")
    assert ask(app, "C02C9999").text.startswith("london-9999\n")
    assert ask(app, "C02D9999").text.startswith("london-9999-3\n")


@pytest.mark.postgresql(soak=True)
def test_a_name_that_another_mac_has_is_refused(database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    call(database, "C02AAA", "lab-07")
    call(database, "C02AAA", "lab-07")

    with pytest.raises(naming.ComputerNameTaken, match="C02AAA is already called lab-07"):
        call(database, "C02BBB", "lab-07")

    assert len(events(database, "named")) == 1


@pytest.mark.postgresql(instead=True)
def test_a_name_is_free_again_once_its_mac_is_cancelled(database: Database) -> None:
    register(database, "C02AAA", "C02BBB")
    call(database, "C02AAA", "lab-07")
    acting.cancel_now(database, "C02AAA", at=NOON)

    call(database, "C02BBB", "lab-07")


@pytest.mark.postgresql(instead=True)
def test_servers_never_give_a_number_twice_nor_a_mac_two(
    database: Database, database_url: str
) -> None:
    policy = Policy.model_validate(
        {"sites": {"london": {"name": "{serial4}"}}, "builds": {"design": {"name": "lab-{n}"}}}
    )
    serials = [f"C02{number}ABCD" for number in range(8)]
    register(database, *serials)
    register(database, *(f"C03{number}ABCD" for number in range(4)), to=Destination("london", "x"))
    wanted = [*serials, *(f"C03{number}ABCD" for number in range(4))] * 2
    servers = [Database(database_url) for _ in range(4)]

    def name(number: int) -> tuple[str, str | None]:
        serial = Serial(wanted[number])
        with servers[number % 4].begin() as session:
            mac = queries.get_open(session, serial)
            return serial.text, generated_names.name_for(session, policy, mac, free, NOON)

    with ThreadPoolExecutor(8) as pool:
        named = set(pool.map(name, range(len(wanted))))
    for server in servers:
        server.close()

    assert len(named) == 12
    assert {name for _, name in named} == {
        *(f"lab-{number}" for number in range(1, 9)),
        *("ABCD", "ABCD-2", "ABCD-3", "ABCD-4"),
    }


@pytest.mark.postgresql(soak=True)
def test_what_is_foreseen_is_what_comes_and_takes_nothing(database: Database) -> None:
    policy = Policy.model_validate({"sites": {"london": {"name": "lab-{n}"}}})
    register(database, "C02AAA", "C02BBB")
    call(database, "C02BBB", "lab-1")

    def foreseen(serial: str, to: Destination, *, is_registered: bool) -> str | None:
        with database.reading() as session:
            mac = queries.get_open(session, Serial(serial)) if is_registered else None
            return generated_names.next_name(session, policy, Serial(serial), to, mac, free)

    for _ in range(2):
        assert foreseen("C02AAA", LONDON, is_registered=True) == "lab-2"
        assert foreseen("C02XXX", PARIS, is_registered=False) is None
    with database.begin() as session:
        mac = queries.get_open(session, Serial("C02AAA"))
        assert generated_names.name_for(session, policy, mac, free, NOON) == "lab-2"
    assert foreseen("C02AAA", LONDON, is_registered=True) == "lab-2"
    assert foreseen("C02XXX", LONDON, is_registered=False) == "lab-3"
