"""InstallApplications at the Macs' door: by hand, and with the simulated client."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.outbox.models import TROUBLE
from rollcall.settings import ServerSettings
from tests.fakes.mac import Mac
from tests.fakes.mac.installapplications import Client, Stopped
from tests.server.machines.asked import owed
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door

JSON = "/installapplications/london/design.json"


def test_the_json_and_its_script_are_served(client: FlaskClient, script: Script) -> None:
    answer = client.get(JSON, headers=script.basic)
    [item] = json.loads(answer.text)["setupassistant"]
    found = client.get(urlsplit(item["url"]).path, headers=script.basic)

    assert answer.mimetype == "application/json"
    assert (found.status_code, found.mimetype) == (200, "text/plain")
    assert "site=london" in found.text


def test_the_client_believes_what_it_gets(client: FlaskClient, script: Script) -> None:
    """Its Mac's script cannot reach this server; that it was started is the point here."""

    def fetch(url: str) -> bytes:
        parts = urlsplit(url)
        answer = client.get(parts.path, headers=script.basic)
        assert answer.status_code == 200
        return bytes(answer.data)

    mac = Mac("C02AAA", "http://127.0.0.1:9", username="", password="")
    document = json.loads(fetch(f"http://127.0.0.1:5000{JSON}"))
    installer = Client(mac, "", fetch=fetch)
    content = installer.downloaded(document["setupassistant"][0])

    assert content.startswith(b"#!/bin/sh\n")
    with pytest.raises(Stopped):
        installer.downloaded({**document["setupassistant"][0], "hash": "0" * 64})


def test_the_document_and_its_script_want_credentials(client: FlaskClient, script: Script) -> None:
    [item] = json.loads(client.get(JSON, headers=script.basic).text)["setupassistant"]

    for path in (JSON, urlsplit(item["url"]).path):
        assert client.get(path).status_code == 401
        assert client.get(path, headers={"Authorization": "Basic eDp5"}).status_code == 401


def test_head_is_answered_too(client: FlaskClient, script: Script) -> None:
    answer = client.head(JSON, headers=script.basic)

    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/json", b"")


@pytest.mark.postgresql(soak=True)
def test_names_are_found_in_any_case_and_with_spaces(client: FlaskClient, script: Script) -> None:
    answer = client.get("/installapplications/New%20York/Design.json", headers=script.basic)
    [item] = json.loads(answer.text)["setupassistant"]

    assert "/new%20york/design/" in item["url"]
    assert client.get(urlsplit(item["url"]).path, headers=script.basic).status_code == 200


def test_a_mac_that_asks_in_vain_twice_a_second_fills_neither_log_nor_outbox(
    client: FlaskClient, script: Script, database: Database
) -> None:
    with capture_logs() as lines:
        for _ in range(120):
            answer = client.get("/installapplications/londn/design.json", headers=script.basic)

    assert answer.status_code == 404
    assert "Did you mean 'london'" in answer.text
    assert [line["event"] for line in lines] == ["trouble", "refused", "request"]
    assert "'londn'" in lines[1]["reason"]
    assert lines[2]["path"] == "/installapplications/londn/design.json"
    assert len(owed(database, TROUBLE)) == 1


def test_one_without_credentials_does_not_either(client: FlaskClient) -> None:
    with capture_logs() as lines:
        for _ in range(50):
            client.get(JSON)

    assert [line["event"] for line in lines] == ["refused", "request"]
    assert lines[1]["status"] == 401


def test_what_is_answered_is_logged_every_time(client: FlaskClient, script: Script) -> None:
    with capture_logs() as lines:
        for _ in range(3):
            client.get(JSON, headers=script.basic)

    assert [line["status"] for line in lines] == [200] * 3


def test_a_document_that_is_broken_is_503_and_says_where(
    database: Database, server_settings: ServerSettings, tmp_path: Path
) -> None:
    folder = tmp_path / "templates" / "installapplications"
    folder.mkdir(parents=True)
    (folder / "base.json").write_text('{"setupassistant": [],\n "userland": [}\n')
    settings = server_settings.model_copy(update={"templates": folder.parent})
    app = machines_door(settings, database)
    script = Script(app.test_client())

    answer = app.test_client().get(JSON, headers=script.basic)

    assert answer.status_code == 503
    assert "installapplications/base.json, line 2: it is no JSON" in answer.text
    assert script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").status_code == 200
