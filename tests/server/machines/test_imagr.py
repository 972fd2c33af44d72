"""Routes for Imagr: its config, the Mac's workflow, its script, a picture."""

import plistlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.clients.imagr.tokens import ImagrTokens
from provisioning.clients.imagr.workflows import MISSING
from provisioning.firstboot import benches
from provisioning.firstboot.models import UnknownMac
from provisioning.munki import Destination
from provisioning.registrations.models import Registration
from rollcall.settings import ServerSettings
from tests.fakes.imagr.validateplist import complaints
from tests.support import acting
from tests.support.acting import did
from tests.support.databases import rows
from tests.support.fixtures.doors import Script
from tests.support.installation import CHANNEL, SECRET_KEY
from tests.support.owed import troubles
from tests.support.running.doors import machines_door
from tests.support.tables import for_each

PASSES = ImagrTokens(SECRET_KEY, timedelta(hours=72))
IMAGING = """{% extends "shipped/base.plist" %}
{% block components %}
<dict>
    <key>type</key><string>image</string>
    <key>url</key><string>http://images.lan/{= build|urlencode =}.dmg</string>
</dict>
{% endblock %}
"""


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """An admin's own templates for Imagr: designers' Macs are imaged, and no others."""
    folder = tmp_path / "templates/imagr"
    (folder / "builds").mkdir(parents=True)
    (folder / "builds/design.plist").write_text(IMAGING)
    return folder


@pytest.fixture
def server_settings(server_settings: ServerSettings, templates: Path) -> ServerSettings:
    """A server that uses them."""
    update = {"templates": templates.parent}
    return server_settings.model_copy(update=update)


def read(answer: TestResponse) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    config: dict[str, Any] = plistlib.loads(answer.data)
    return config


def asks(client: FlaskClient, serial: str = "C02AAA", token: str | None = None) -> TestResponse:
    """The answer to the script in the config, which asks for a workflow."""
    bearer = {"Authorization": f"Bearer {token or PASSES.to_ask()}"}
    return client.get("/workflow", query_string={"serial": serial}, headers=bearer)


def strangers(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.reported_as for row in session.scalars(select(UnknownMac))]


# The config


def test_the_config_is_for_those_who_know_the_password(client: FlaskClient) -> None:
    for headers in (
        {},
        {"Authorization": "Basic x"},
        {"Authorization": f"Bearer {PASSES.to_ask()}"},
    ):
        answer = client.get("/imagr_config.plist", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login Required"'


def test_the_config_is_a_plist_that_validateplist_likes(
    client: FlaskClient, script: Script
) -> None:
    answer = client.get("/imagr_config.plist", headers=script.basic)

    assert answer.mimetype == "application/xml"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    assert not [*complaints(read(answer))]
    head = client.head("/imagr_config.plist", headers=script.basic)
    assert (head.status_code, head.data) == (200, b"")
    assert head.content_length


@for_each(
    "path",
    ["//imagr_config.plist", "/imagr_config.plist/", "//workflow", "/background//london.png", "/x"],
)
def test_nothing_is_ever_answered_with_a_redirect_or_with_an_empty_200(
    client: FlaskClient, script: Script, path: str
) -> None:
    answer = client.get(headers=script.basic, environ_overrides={"PATH_INFO": path})

    assert answer.status_code in (200, 400, 404)
    assert answer.data


def test_a_faulty_template_is_told_in_the_channel_once_and_stops_no_other_mac(
    client: FlaskClient, script: Script, database: Database, templates: Path
) -> None:
    (templates / "builds/kiosk.plist").write_text(IMAGING.replace("dmg", "iso"))

    for _ in range(3):
        names = [
            each["name"]
            for each in read(client.get("/imagr_config.plist", headers=script.basic))["workflows"]
        ]

    assert "london / design" in names
    assert "london / kiosk" not in names
    [told] = troubles(database)
    assert told == (
        "The template imagr/builds/kiosk.plist is faulty: components[1] (image) url: it has to "
        "end in .dmg or .sparseimage."
    )


def test_what_is_wrong_for_all_of_imagr_is_no_config_and_told_once(
    client: FlaskClient, script: Script, database: Database, templates: Path
) -> None:
    (templates / "config.plist").write_text("<plist><dict><key>blessed</key><true/></dict></plist>")

    for _ in range(3):
        answer = client.get("/imagr_config.plist", headers=script.basic)
        assert answer.status_code == 409

    assert "imagr/config.plist is faulty: blessed: Imagr has no such key" in answer.text
    assert len(troubles(database)) == 1


# The Mac's workflow


def test_a_registered_mac_is_told_its_workflow_as_often_as_it_asks(
    client: FlaskClient, database: Database
) -> None:
    acting.register(database, "C02AAA")

    answers = [asks(client) for _ in range(3)]

    assert {(each.status_code, each.mimetype, each.text) for each in answers} == {
        (200, "text/plain", "london / design\n")
    }
    assert not troubles(database)


def test_people_may_ask_with_the_password(
    client: FlaskClient, script: Script, database: Database
) -> None:
    acting.register(database, "C02AAA")

    answer = client.get("/workflow?serial=c02aaa", headers=script.basic)

    assert answer.text == "london / design\n"


def test_a_mac_that_nobody_registered_waits_while_the_channel_is_asked_once(
    client: FlaskClient, database: Database
) -> None:
    for _ in range(3):
        answer = asks(client)
        assert (answer.status_code, answer.headers["Retry-After"]) == (403, "15")
        assert "/mac register C02AAA SITE BUILD" in answer.text

    assert strangers(database) == ["C02AAA"]
    acting.register(database, "C02AAA")
    assert asks(client).text == "london / design\n"


def test_sixteen_questions_at_once_are_one_card(app: Flask, database: Database) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = [*pool.map(lambda _: asks(app.test_client()).status_code, range(16))]

    assert {*codes} == {403}
    assert strangers(database) == ["C02AAA"]


def open_bench(database: Database) -> None:
    with database.begin() as session:
        act = did(session, "opened a bench", by="U0ALICE")
        benches.start(
            session,
            Destination("paris", "design"),
            number=1,
            until=act.at + timedelta(hours=1),
            operation=act,
            channel=CHANNEL,
        )


def test_a_bench_whose_card_a_hand_deleted_is_told_of_and_others_are_served(
    client: FlaskClient, database: Database
) -> None:
    open_bench(database)
    acting.register(database, "C02BBB")
    rows.lose(database, "cards", 1)

    lost = asks(client)

    assert (lost.status_code, lost.headers["Retry-After"]) == (503, "60")
    assert "`boot.sh doctor` names what is left of it" in lost.text
    assert asks(client, "C02BBB").text == "london / design\n"


def test_an_open_bench_takes_it_at_once(client: FlaskClient, database: Database) -> None:
    open_bench(database)

    assert asks(client).text == "paris / design\n"
    assert strangers(database) == []
    with database.reading() as session:
        assert session.scalars(select(Registration)).one().registered_by == "U0ALICE"


@pytest.mark.parametrize("fault", [False, True])
def test_where_nothing_is_to_be_imaged_the_screen_says_so_and_the_channel_once(
    client: FlaskClient, database: Database, templates: Path, fault: bool
) -> None:
    if fault:
        (templates / "builds/kiosk.plist").write_text("no plist")
    for serial in ("C02AAA", "C02BBB"):
        acting.register(database, serial, to=Destination("london", "kiosk"))
        assert asks(client, serial).text == f"{MISSING}\n"

    [told] = troubles(database)
    assert ("imagr/builds/kiosk.plist is faulty" in told) == fault
    assert ("write imagr/builds/kiosk.plist" in told) == (not fault)


@for_each("serial", ["", "..", "a/b", "x" * 65, "site_default", "C02 AAA", "%00"])
def test_what_is_no_serial_is_refused_and_raises_no_card(
    client: FlaskClient, database: Database, serial: str
) -> None:
    assert asks(client, serial).status_code == 400
    assert strangers(database) == []


def test_only_the_token_that_asks_asks(client: FlaskClient, database: Database) -> None:
    acting.register(database, "C02AAA")
    london = Destination("london", "design")
    others = [PASSES.to_fetch(london), Tokens(SECRET_KEY, timedelta(hours=1)).issue(london), "x"]

    assert client.get("/workflow?serial=C02AAA").status_code == 401
    for token in others:
        assert asks(client, token=token).status_code == 401


# The first-boot script


def header_of(client: FlaskClient, script: Script, name: str) -> dict[str, str]:
    config = read(client.get("/imagr_config.plist", headers=script.basic))
    [workflow] = [each for each in config["workflows"] if each["name"] == name]
    [line] = workflow["components"][-1]["additional_headers"]
    key, _, value = line.partition(":")
    return {key.strip(): value.strip()}


def test_what_the_config_holds_fetches_the_script_of_its_own_site_and_build(
    client: FlaskClient, script: Script
) -> None:
    header = header_of(client, script, "new york / design")

    answer = client.get("/", headers=header)

    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "\nsite='new york'\nbuild=design\n" in answer.text
    same = {"X-bootstrap-site": "New York", "X-bootstrap-build": "design"}
    assert client.get("/", headers={**header, **same}).status_code == 200
    assert client.head("/", headers=header).status_code == 200


@pytest.mark.parametrize("name", ["site", "build"])
def test_what_the_config_holds_fetches_no_other_script_and_writes_no_manifest(
    client: FlaskClient, script: Script, name: str
) -> None:
    header = header_of(client, script, "london / design")

    assert client.get("/", headers={**header, f"X-bootstrap-{name}": "paris"}).status_code == 403
    assert client.get("/imagr_config.plist", headers=header).status_code == 401
    answer = client.post("/gen_manifest", headers=header, data={"serial": "C02AAA"})
    assert answer.status_code == 401


def test_an_old_config_is_answered_401_and_the_channel_is_told(
    server_settings: ServerSettings, database: Database, script: Script
) -> None:
    old = server_settings.model_copy(update={"token_hours": -1})
    client = machines_door(old, database).test_client()

    for _ in range(2):
        answer = client.get("/", headers=header_of(client, script, "london / design"))
        assert (answer.status_code, "WWW-Authenticate" in answer.headers) == (401, True)
        assert asks(client).status_code == 401

    [told] = troubles(database)
    assert "have it reload its workflows" in told


def test_a_script_cannot_fetch_itself_anew(client: FlaskClient) -> None:
    token = Tokens(SECRET_KEY, timedelta(hours=1)).issue(Destination("london", "design"))

    assert client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 401


# The picture


def test_nobody_in_slack_hears_what_strangers_ask_to_be_drawn(
    client: FlaskClient, database: Database
) -> None:
    assert client.get("/background/pay%20me.png?w=400&h=400").status_code == 200
    assert troubles(database) == []
