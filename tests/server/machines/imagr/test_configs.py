"""The config for Imagr, and the scripts that it fetches."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.munki import Destination
from rollcall.settings import ServerSettings
from tests.fakes.imagr.validateplist import complaints
from tests.server.machines.imagr.calls import PASSES, asks, read
from tests.server.machines.imagr.conftest import IMAGING
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.owed import troubles
from tests.support.running.doors import machines_door
from tests.support.tables import for_each


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
def test_no_answer_is_a_redirect_or_an_empty_200(
    client: FlaskClient, script: Script, path: str
) -> None:
    answer = client.get(headers=script.basic, environ_overrides={"PATH_INFO": path})

    assert answer.status_code in (200, 400, 404)
    assert answer.data


def test_a_faulty_template_is_reported_in_the_channel_once_and_stops_no_other_mac(
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


def test_a_fault_that_concerns_all_macs_gives_no_config_and_is_reported_once(
    client: FlaskClient, script: Script, database: Database, templates: Path
) -> None:
    (templates / "config.plist").write_text("<plist><dict><key>blessed</key><true/></dict></plist>")

    for _ in range(3):
        answer = client.get("/imagr_config.plist", headers=script.basic)
        assert answer.status_code == 409

    assert "imagr/config.plist is faulty: blessed: Imagr has no such key" in answer.text
    assert len(troubles(database)) == 1


def header_of(client: FlaskClient, script: Script, name: str) -> dict[str, str]:
    config = read(client.get("/imagr_config.plist", headers=script.basic))
    [workflow] = [each for each in config["workflows"] if each["name"] == name]
    [line] = workflow["components"][-1]["additional_headers"]
    key, _, value = line.partition(":")
    return {key.strip(): value.strip()}


def test_the_token_in_the_config_fetches_the_script_of_its_own_site_and_build(
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
def test_the_token_in_the_config_fetches_no_other_script_and_writes_no_manifest(
    client: FlaskClient, script: Script, name: str
) -> None:
    header = header_of(client, script, "london / design")

    assert client.get("/", headers={**header, f"X-bootstrap-{name}": "paris"}).status_code == 403
    assert client.get("/imagr_config.plist", headers=header).status_code == 401
    answer = client.post("/gen_manifest", headers=header, data={"serial": "C02AAA"})
    assert answer.status_code == 401


def test_an_expired_config_is_answered_401_and_reported_in_the_channel(
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


def test_the_token_of_a_script_fetches_no_script(client: FlaskClient) -> None:
    token = Tokens(SECRET_KEY, timedelta(hours=1)).issue(Destination("london", "design"))

    assert client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 401
