"""Calls of Macs where a repo has sites alone or builds alone, and where names have a `/`."""

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from PIL import Image
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import INSTALLAPPLICATIONS, SCRIPTS
from provisioning.access.refusals import ELSEWHERE
from provisioning.firstboot.service import FirstBootService
from provisioning.outbox.models import CONFIRMATION
from provisioning.values.serials import Serial
from rollcall.application import Application
from rollcall.settings import ServerSettings
from tests.server.machines.asked import includes, owed, registered
from tests.support.fixtures.doors import NOON, Script
from tests.support.inputs.layouts import case_of
from tests.support.inputs.repos import RepoCase
from tests.support.installation import CHANNEL
from tests.support.running.settings import with_policy

MAC = "C02NEW7XJG5H"


def of(*names: str) -> pytest.MarkDecorator:
    """Run a test for the repos with these names."""
    return pytest.mark.parametrize("case", [*map(case_of, names)], ids=names)


SITES, BUILDS = of("departments alone"), of("roles alone")
SLASHES, FOLDER = of("nested folders"), of("the Macs in a folder")


@pytest.fixture
def repo_folder(case: RepoCase, tmp_path: Path) -> Path:
    """The repo of the case."""
    return case.make(tmp_path / "munki")


@pytest.fixture
def server_settings(
    server_settings: ServerSettings, case: RepoCase, tmp_path: Path
) -> ServerSettings:
    """A server with its layout."""
    return with_policy(server_settings, tmp_path, case.policy)


def make(database: Database, opens: str, site: str | None, build: str | None = None) -> str:
    with database.begin() as session:
        return credentials.make(session, site, opens, NOON, build=build)


def bearer(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


@SITES
def test_without_builds_a_site_is_all_that_a_workflow_says(
    script: Script, repo_folder: Path
) -> None:
    assert "site=london\nbuild=''\n" in script.fetch(X_bootstrap_site="LONDON").text
    assert script.manifest(serial=MAC, site="london").text == "Manifest saved"
    assert includes(repo_folder, MAC) == ["site_default", "departments/london"]


@SITES
def test_a_build_that_is_sent_all_the_same_is_ignored_and_logged_once(
    app: Flask, script: Script, repo_folder: Path
) -> None:
    with capture_logs() as logs:
        first = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design")
        script.fetch(X_bootstrap_site="paris", X_bootstrap_build="design")
        named = app.test_client().get("/script?site=london&build=design", headers=script.basic)
        answer = script.manifest(serial=MAC, site="london", build="design")

    assert first.text == script.fetch(X_bootstrap_site="london").text == named.text
    assert answer.text == "Manifest saved"
    assert includes(repo_folder, MAC) == ["site_default", "departments/london"]
    assert [line["build"] for line in logs if line["event"] == "build ignored"] == ["design"]


@BUILDS
def test_without_sites_a_build_is_all_and_a_site_is_ignored(
    script: Script, repo_folder: Path, database: Database
) -> None:
    fetched = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text
    assert "site=''\nbuild=design\n" in fetched
    assert script.manifest(serial=MAC, site="london", build="design").text == "Manifest saved"
    assert includes(repo_folder, MAC) == ["site_default", "_role-design"]
    assert owed(database, CONFIRMATION)[0].facts["overruled"] is None


@BUILDS
def test_one_that_nobody_places_waits_as_ever_and_is_told_what_to_type(script: Script) -> None:
    answer = script.manifest(serial=MAC)

    assert answer.status_code == 403
    assert answer.text.endswith(f"register {MAC} BUILD\n")


@BUILDS
def test_a_key_of_a_site_opens_nothing_more_once_there_are_no_sites(
    app: Flask, database: Database
) -> None:
    client, key = app.test_client(), bearer(make(database, SCRIPTS, "london"))

    called = client.post("/gen_manifest", headers=key, data={"serial": MAC, "build": "design"})
    with capture_logs() as lines:
        stages = client.get("/installapplications.json?build=design", headers=key)

    assert [each["reason"] for each in lines if each["event"] == "refused"] == [ELSEWHERE]
    assert (called.status_code, stages.status_code) == (403, 403)
    assert "the Munki repo has no sites" in called.text
    assert "the Munki repo has no sites" in stages.text
    assert b"_role" not in client.get("/imagr_config.plist", headers=key).data


@of("departments alone", "roles alone", "nested folders")
def test_installapplications_is_told_addresses_that_name_each_place(
    app: Flask, script: Script, case: RepoCase
) -> None:
    site, build = case.places[0]
    fields = {"site": site, "build": build}
    client = app.test_client()

    stages = client.get("/installapplications.json", query_string=fields, headers=script.basic)
    address = urlsplit(json.loads(stages.text)["setupassistant"][0]["url"])

    named = {name: value for name, [value] in parse_qs(address.query).items()}
    assert address.path == "/installapplications.sh"
    assert named.pop("digest")
    assert named == {name: value for name, value in fields.items() if value}
    found = client.get(f"{address.path}?{address.query}", headers=script.basic)
    assert found.text.startswith("#!/bin/sh\n")


@of("departments alone", "roles alone")
def test_a_key_for_one_json_is_of_the_one_kind(
    app: Flask, database: Database, case: RepoCase
) -> None:
    (site, build), (other_site, other_build) = case.places[:2]
    key = bearer(make(database, INSTALLAPPLICATIONS, site or None, build or None))
    client = app.test_client()

    def ask(**fields: str) -> int:
        path = "/installapplications.json"
        return client.get(path, query_string=fields, headers=key).status_code

    assert ask(site=site, build=build) == 200
    assert ask(site=other_site, build=other_build) == 403


@SLASHES
def test_a_place_that_is_said_by_half_is_asked_for(app: Flask, script: Script) -> None:
    for path in ("/installapplications.json?site=uk/leeds", "/script?site=uk/leeds"):
        answer = app.test_client().get(path, headers=script.basic)

        assert answer.status_code == 400
        assert "build" in answer.text


@SLASHES
def test_scripts_say_names_with_a_slash_in_full(script: Script, repo_folder: Path) -> None:
    headers = {"X_bootstrap_site": "uk/leeds", "X_bootstrap_build": "design"}

    assert "site=uk/leeds\n" in script.fetch(**headers).text
    assert script.fetch(**{**headers, "X_bootstrap_site": "leeds"}).status_code == 404
    assert script.manifest(serial=MAC, site="uk/leeds", build="design").text == "Manifest saved"
    assert "includes/locations/uk/leeds" in includes(repo_folder, MAC)


@SLASHES
def test_the_picture_of_a_site_with_a_slash_is_found_however_imagr_asks(app: Flask) -> None:
    client = app.test_client()
    named = client.get("/background/uk/leeds.png?w=640&h=400").data

    assert Image.open(io.BytesIO(named)).size == (640, 400)
    assert client.get("/background.png?site=uk/leeds?osver=10.14.6&w=640&h=400").data == named
    assert client.get("/background.png?w=640&h=400").data != named


def preview(app: Flask, script: Script, **fields: str) -> dict[str, Any]:
    headers = {**script.basic, "Accept": "application/json"}
    answer = app.test_client().get("/preview", query_string=fields, headers=headers)
    return dict(answer.json or {})


@FOLDER
def test_a_preview_says_where_the_manifest_lies_and_how_munki_finds_it(
    app: Flask, script: Script
) -> None:
    facts = preview(app, script, serial=MAC, site="london", build="design")
    text = app.test_client().get(
        f"/preview?serial={MAC}&site=london&build=design", headers=script.basic
    )

    assert facts["path"] == f"clients/{MAC}"
    assert f"The manifest, manifests/clients/{MAC}, would change" in text.text
    [why] = [sentence for sentence in facts["why"] if "ClientIdentifier" in sentence]
    assert f"to clients/{MAC}" in why
    assert "falls back to nothing" in why


@SITES
def test_a_preview_of_a_site_alone_is_whole(app: Flask, script: Script) -> None:
    facts = preview(app, script, serial=MAC, site="london")

    assert facts["destination"] == {"site": "london", "build": ""}
    assert facts["templates"] == ["sites/london.sh.j2", "base.sh.j2"]
    assert "path" not in facts


@FOLDER
def test_a_script_of_before_cannot_set_what_munki_needs_and_that_is_told(
    script: Script, database: Database, application: Application
) -> None:
    registered(database, MAC, layout=application.repo.now().layout)

    assert script.manifest(serial=MAC).text == "Manifest saved"

    [news] = owed(database, CONFIRMATION)
    [caution] = news.facts["cautions"]
    assert "of an older template" in caution
    assert f"clients/{MAC}" in caution


@FOLDER
def test_of_a_mac_that_has_not_booted_nothing_is_said_of_its_script(
    database: Database, application: Application
) -> None:
    registered(database, MAC, layout=application.repo.now().layout)
    service = FirstBootService(
        database, application.repo, channel=CHANNEL, suppress_window=timedelta(0)
    )

    service.prestage(Serial(MAC))

    facts = owed(database, CONFIRMATION)[0].facts
    assert facts["before_boot"] is True
    assert "cautions" not in facts


@FOLDER
def test_the_identifier_is_said_to_a_mac_whatever_it_is_called(
    script: Script, database: Database, application: Application
) -> None:
    registered(database, MAC, layout=application.repo.now().layout)

    answer = script.manifest(serial=MAC, client_identifier="")

    assert answer.text == f"Manifest saved\nclients/{MAC}"
    assert owed(database, CONFIRMATION)[0].facts.get("cautions", []) == []


@of("departments alone", "roles alone")
def test_requests_that_say_too_little_are_told_of_the_one_kind(
    app: Flask, script: Script, case: RepoCase
) -> None:
    kind, name = ("site", case.places[0][0]) if case.places[0][0] else ("build", case.places[0][1])
    client = app.test_client()

    nobody = client.get(f"/preview?{kind}={name}", headers=script.basic)
    both = client.get(f"/script?{kind}={name}&serial={MAC}", headers=script.basic)

    assert f"Send the field serial, and {kind}, or not." in nobody.text
    assert f"Send the parameter serial alone, or {kind}." in both.text
