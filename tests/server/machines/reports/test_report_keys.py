"""The key that opens the door for reports."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from rollcall.settings import ServerSettings
from tests.fakes.imagr.reports import REPORT_KEY, Reporter
from tests.server.machines.reports.heard import OTHER_KEY, how, stands
from tests.support.acting import register
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.tables import for_each


@pytest.mark.parametrize("key", [REPORT_KEY, OTHER_KEY])
def test_every_key_that_is_set_opens_the_door(
    client: FlaskClient, mac: Reporter, database: Database, key: str
) -> None:
    answer = Reporter(client, "C02AAA", key).says("in_progress", "Imagr is starting up...")

    assert answer.status_code == 200
    assert how(database) == ("imaging", "Imagr is starting up...")


@for_each("key", ["wrong", REPORT_KEY[:-1], f"{REPORT_KEY},{OTHER_KEY}", "é", "%00"])
def test_a_wrong_key_is_an_address_that_does_not_exist(
    client: FlaskClient, mac: Reporter, database: Database, key: str
) -> None:
    answer = Reporter(client, "C02AAA", key).says("error", "boo")

    assert answer.status_code == 404
    assert stands(database).state == "waiting"


def test_where_no_key_is_set_there_are_no_reports(repo_folder: Path, database: Database) -> None:
    register(database, "C02AAA")
    app = machines_door(settings.server_settings(repo_folder), database)

    for key in (REPORT_KEY, "None", "0"):
        answer = Reporter(app.test_client(), "C02AAA", key).says("error", "boo")
        assert answer.status_code == 404
    assert stands(database).state == "waiting"


@for_each("keys", ["short", f"{REPORT_KEY},short", "with/a/slash/in/it/somewhere", "a" * 16])
def test_a_key_that_could_be_guessed_or_typed_wrongly_is_refused_at_the_start(
    repo_folder: Path, keys: str
) -> None:
    given = settings.server_settings(repo_folder).model_dump(by_alias=True)

    with pytest.raises(ValidationError) as refused:
        ServerSettings.model_validate({**given, "ROLLCALL_REPORT_KEYS": keys})
    assert keys not in str(refused.value.errors(include_input=False))


@for_each("path", ["/report/{}", "/x//report/{}", "/report/{}/", "/REPORT/{}"])
def test_no_key_is_ever_in_the_log(client: FlaskClient, mac: Reporter, path: str) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        client.post(path.format(REPORT_KEY), data={"status": "error", "serial": "C02AAA"})
        client.get(path.format(REPORT_KEY))

    assert len([line for line in lines if line["event"] == "request"]) == 2
    assert REPORT_KEY not in str(lines)
