"""Tokens in scripts: the requests that they open, and those that they do not."""

import re
from datetime import timedelta
from pathlib import Path

from flask import Flask

from infrastructure.database.engine import Database
from provisioning.access.tokens import Tokens
from provisioning.munki import Destination
from provisioning.outbox.models import TROUBLE
from rollcall.settings import ServerSettings
from tests.server.machines.asked import LONDON_DESIGN, includes, owed
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.running.doors import machines_door


def token_in(script: Script) -> str:
    text = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text
    found = re.search(r"^token=(\S+)$", text, re.MULTILINE)
    assert found
    return found[1]


def test_the_token_of_a_script_opens_the_way_for_its_own_site_and_build(
    script: Script, repo_folder: Path
) -> None:
    answer = script.manifest(token_in(script), serial="C02AAA", site="london", build="design")

    assert answer.status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


def test_the_token_alone_says_where_a_mac_goes(script: Script, repo_folder: Path) -> None:
    assert script.manifest(token_in(script), serial="C02AAA").status_code == 200
    assert includes(repo_folder, "C02AAA") == LONDON_DESIGN


def test_a_site_and_a_build_may_have_capitals_in_the_repo(
    script: Script, repo_folder: Path
) -> None:
    included = repo_folder / "manifests" / "included_manifests"
    (included / "sites" / "london").rename(included / "sites" / "London")
    (included / "builds" / "design").rename(included / "builds" / "Design")

    answer = script.manifest(token_in(script), serial="C02AAA", site="london", build="DESIGN")

    assert answer.status_code == 200, answer.text
    assert includes(repo_folder, "C02AAA") == [
        "site_default",
        "included_manifests/sites/London",
        "included_manifests/builds/Design",
    ]


def test_the_token_of_one_site_is_no_good_for_another(script: Script) -> None:
    answer = script.manifest(token_in(script), serial="C02AAA", site="paris", build="design")

    assert answer.status_code == 403


def test_the_token_fetches_no_script(script: Script, app: Flask) -> None:
    bearer = {"Authorization": f"Bearer {token_in(script)}"}

    assert app.test_client().get("/", headers=bearer).status_code == 401


def test_a_token_that_is_not_ours_is_refused(script: Script) -> None:
    answer = script.manifest(token_in(script)[:-2] + "xx", serial="C02AAA")

    assert answer.status_code == 401
    assert "not one of ours" in answer.text


def test_a_script_that_is_too_old_is_news_for_the_channel(
    server_settings: ServerSettings, database: Database
) -> None:
    """The Mac cannot fetch another one: it would ask in vain, and people would not hear of it."""
    old = Tokens(SECRET_KEY, timedelta(hours=-1)).issue(Destination("london", "design"))
    settings = server_settings.model_copy(update={"token_hours": -1})

    answer = Script(machines_door(settings, database).test_client()).manifest(old, serial="C02AAA")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    [trouble] = owed(database, TROUBLE)
    assert "a Mac for london/design is too old" in trouble.facts["sentence"]


def test_no_script_holds_the_password(script: Script, server_settings: ServerSettings) -> None:
    text = script.fetch(X_bootstrap_site="london", X_bootstrap_build="design").text

    assert "\ntoken=" in text
    assert server_settings.password.get_secret_value() not in text
    assert server_settings.secret_key.get_secret_value() not in text
