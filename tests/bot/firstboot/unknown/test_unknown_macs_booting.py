"""The tokens in scripts of Macs that know only the server."""

from pathlib import Path

from infrastructure.database.engine import Database
from rollcall.settings import ServerSettings
from tests.support.fixtures.doors import Script
from tests.support.running.doors import machines_door


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
    server_settings: ServerSettings, database: Database
) -> None:
    settings = server_settings.model_copy(update={"token_hours": -1})
    own = Script(machines_door(settings, database).test_client())
    [line] = [line for line in own.fetch().text.splitlines() if line.startswith("token=")]

    answer = own.manifest(line.removeprefix("token="), serial="C02XYZ123DEF")

    assert answer.status_code == 401
    assert "a Mac that names no site and no build is too old" in answer.text
