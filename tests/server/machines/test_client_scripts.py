"""Scripts for clients that run them as they are: for a site and a build, or for one Mac."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.munki import Destination
from rollcall.settings import ServerSettings
from tests.server.machines.asked import includes, owed, registered
from tests.support import acting
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door
from tests.support.tables import for_each

Fetch = Callable[..., TestResponse]


@pytest.fixture
def fetch(app: Flask, script: Script) -> Fetch:
    """GET /script with these parameters."""

    def fetch_it(**named: str) -> TestResponse:
        return app.test_client().get("/script", query_string=named, headers=script.basic)

    return fetch_it


def token_in(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    found = re.search(r"^token=(\S+)$", answer.text, re.MULTILINE)
    assert found
    return found[1]


def test_a_site_and_a_build_give_the_script_that_headers_give(fetch: Fetch, script: Script) -> None:
    answer = fetch(site="london", build="design")

    assert answer.mimetype == "text/plain"
    assert answer.data == script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").data


def test_nothing_gives_the_script_that_asks(fetch: Fetch, script: Script) -> None:
    assert fetch().data == script.fetch().data


def test_head_is_answered_too(app: Flask, script: Script, database: Database) -> None:
    registered(database, "C02AAA")
    for query in ("?site=london&build=design", "?serial=C02AAA", ""):
        answer = app.test_client().head(f"/script{query}", headers=script.basic)
        assert (answer.status_code, answer.data) == (200, b"")


def test_a_script_for_a_client_wants_credentials(app: Flask) -> None:
    assert app.test_client().get("/script?serial=C02AAA").status_code == 401


@for_each(
    ("named", "sentence"),
    [
        ({"site": "london"}, "Send the parameter build too"),
        ({"build": "design"}, "Send the parameter site too"),
        ({"serial": "C02AAA", "site": "london", "build": "design"}, "serial alone"),
        ({"serial": "../../etc"}, "is not a serial number"),
    ],
)
def test_what_makes_no_sense_is_400_and_says_why(
    fetch: Fetch, named: dict[str, str], sentence: str
) -> None:
    answer = fetch(**named)

    assert answer.status_code == 400
    assert sentence in answer.text


def test_a_serial_alone_gives_the_script_for_where_it_is_registered(
    fetch: Fetch, script: Script, database: Database
) -> None:
    registered(database, "C02AAA", "paris", "kiosk")

    answer = fetch(serial="c02aaa")

    assert "\nsite=paris\nbuild=kiosk\n" in answer.text
    ended = script.manifest(token_in(answer), serial="C02AAA", site="paris", build="kiosk")
    assert ended.status_code == 200


def test_a_script_for_a_serial_comes_out_the_same_every_time(
    fetch: Fetch, database: Database
) -> None:
    registered(database, "C02AAA")

    assert fetch(serial="C02AAA").data == fetch(serial="C02AAA").data


def test_a_script_for_a_serial_is_good_for_that_mac_alone(
    fetch: Fetch, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    registered(database, "C02BBB")

    answer = script.manifest(token_in(fetch(serial="C02AAA")), serial="C02BBB")

    assert answer.status_code == 401
    assert "is for C02AAA alone" in answer.text


def test_a_mac_that_is_moved_meanwhile_goes_where_it_was_moved(
    fetch: Fetch, script: Script, database: Database, repo_folder: Path
) -> None:
    registered(database, "C02AAA")
    token = token_in(fetch(serial="C02AAA"))
    acting.move_now(database, "C02AAA", Destination("paris", "kiosk"))

    assert script.manifest(token, serial="C02AAA", site="london", build="design").status_code == 200
    assert includes(repo_folder, "C02AAA")[1] == "included_manifests/sites/paris"


def test_one_whose_registration_is_cancelled_is_refused_and_the_channel_is_told_once(
    fetch: Fetch, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    token = token_in(fetch(serial="C02AAA"))
    acting.cancel_now(database, "C02AAA")

    for _ in range(2):
        answer = script.manifest(token, serial="C02AAA", site="london", build="design")

    assert answer.status_code == 401
    assert "C02AAA was made for a registration that is cancelled" in answer.text
    assert len(owed(database, "trouble")) == 1
    assert not owed(database, "stranger")


def test_a_serial_that_nobody_registered_gives_the_script_that_asks(
    fetch: Fetch, script: Script, database: Database
) -> None:
    answer = fetch(serial="C02NEW")
    token = token_in(answer)

    assert "waiting for" in answer.text
    assert script.manifest(token, serial="C02NEW").status_code == 403
    registered(database, "C02NEW")
    assert script.manifest(token, serial="C02NEW").status_code == 200
    assert script.manifest(token, serial="C02OTHER").status_code == 401


class Counting(Database):
    """A database that counts how often it is read."""

    reads = 0

    @contextmanager
    def reading(self, *, long: bool = False) -> Iterator[Session]:
        self.reads += 1
        with super().reading(long=long) as session:
            yield session


def test_a_bound_token_costs_no_read_more_than_an_unbound_one(
    server_settings: ServerSettings, database_url: str
) -> None:
    database = Counting(database_url)
    app = machines_door(server_settings, database)
    script = Script(app.test_client())
    registered(database, "C02AAA")
    bound = token_in(app.test_client().get("/script?serial=C02AAA", headers=script.basic))
    unbound = token_in(
        app.test_client().get("/script?site=london&build=design", headers=script.basic)
    )

    def reads(token: str) -> int:
        database.reads = 0
        assert script.manifest(token, serial="C02AAA").status_code == 200
        return database.reads

    assert reads(bound) == 1
    assert reads(bound) == reads(unbound) == 1
    database.close()
