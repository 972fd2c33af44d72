"""The script that a Mac gets, and who gets none."""

import re
from pathlib import Path

import pytest
from flask import Flask

from infrastructure.database.engine import Database
from provisioning.outbox.models import TROUBLE
from tests.server.machines.asked import LONDON_DESIGN, includes, owed, registered
from tests.support.fixtures.doors import Script
from tests.support.tables import for_each


@pytest.mark.parametrize("spelling", ["X_bootstrap", "X_enrolment", "x_BOOTSTRAP"])
def test_the_script_is_served_for_either_spelling_of_the_headers(
    script: Script, spelling: str
) -> None:
    answer = script.fetch(**{f"{spelling}_site": "london", f"{spelling}_build": "design"})

    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert answer.text.startswith("#!/bin/sh\n")


def test_names_beyond_ascii_are_understood_however_they_are_stored(
    script: Script, repo_folder: Path
) -> None:
    sites = repo_folder / "manifests/included_manifests/sites"
    decomposed = "zu\u0308rich"
    (sites / decomposed).write_bytes((sites / "paris").read_bytes())
    as_wsgi_has_it = "Z\u00fcrich".encode().decode("latin-1")

    answer = script.fetch(X_bootstrap_site=as_wsgi_has_it, X_bootstrap_build="design")

    assert answer.status_code == 200
    assert f"site='{decomposed}'" in answer.text


def test_validateplist_may_ask_with_head(app: Flask, script: Script) -> None:
    headers = {**script.basic, "X-bootstrap-site": "london", "X-bootstrap-build": "design"}

    answer = app.test_client().head("/", headers=headers)

    assert (answer.status_code, answer.data) == (200, b"")


def test_without_credentials_it_asks_for_them_as_the_old_app_did(app: Flask) -> None:
    answer = app.test_client().get("/")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Login Required"'


@for_each("pair", ["wrong:pair", "imaging:", ":", "imaging", "ä:ö"])
def test_wrong_credentials_are_refused(app: Flask, pair: str) -> None:
    answer = app.test_client().get("/", auth=tuple(pair.partition(":")[::2]))

    assert answer.status_code == 401


@pytest.mark.parametrize(("sent", "missing"), [("site", "build"), ("build", "site")])
def test_one_header_without_the_other_is_an_error_that_names_it(
    script: Script, sent: str, missing: str
) -> None:
    answer = script.fetch(**{f"X_bootstrap_{sent}": "london"})

    assert answer.status_code == 400
    assert f"Send the header X-bootstrap-{missing} too" in answer.text


def test_without_both_headers_it_serves_a_script_that_goes_by_what_is_registered(
    script: Script, database: Database, repo_folder: Path
) -> None:
    answer = script.fetch()
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    found = re.search(r"^token=(\S+)$", answer.text, re.MULTILINE)
    assert found
    registered(database, "C02AAA")

    assert script.manifest(found[1], serial="C02AAA").status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


@pytest.mark.postgresql(instead=True)
def test_an_unknown_site_is_no_script_and_the_channel_is_told_once(
    script: Script, database: Database
) -> None:
    for _ in range(3):
        answer = script.fetch(X_bootstrap_site="londn", X_bootstrap_build="design")

    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
    assert answer.text == "The Munki repo has no site named 'londn'. Did you mean 'london'?\n"
    [trouble] = owed(database, TROUBLE)
    assert "'londn'" in trouble.facts["sentence"]


def test_errors_are_json_where_that_is_asked_for(script: Script) -> None:
    answer = script.fetch(
        X_bootstrap_site="nowhere", X_bootstrap_build="design", Accept="application/json"
    )

    assert answer.status_code == 404
    assert "nowhere" in answer.json["error"]  # type: ignore[index]


def test_what_is_not_there_is_no_2xx_and_no_page(script: Script, app: Flask) -> None:
    answer = app.test_client().get("/robots.txt", headers=script.basic)

    assert answer.status_code == 404
    assert answer.mimetype == "text/plain"
