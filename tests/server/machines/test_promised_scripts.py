"""Scripts that a JSON for InstallApplications promised, from any server and at any time."""

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from infrastructure.database.engine import Database
from provisioning.access import credentials
from provisioning.access.models import INSTALLAPPLICATIONS
from provisioning.access.tokens import Tokens
from provisioning.clients.installapplications import promises
from provisioning.clients.installapplications.document import InstallApplications, NoSuchScript
from provisioning.clients.scripts import Scripts
from provisioning.clients.templates.models import PromisedScript
from provisioning.munki import Destination
from rollcall.parts import jobs
from rollcall.settings import ServerSettings
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.running.doors import machines_door
from tests.support.tables import for_each

JSON = "/installapplications/london/design.json"
LONDON, PARIS = Destination("london", "design"), Destination("paris", "design")
HOURS = 72
WINDOW = HOURS * 3600 // 4
START = 1_800_000_000 // WINDOW * WINDOW
GONE = "fetch the JSON again"


def address_in(document: str) -> tuple[str, str]:
    """The path of Rollcall's script in a JSON, and its hash."""
    [item] = json.loads(document)["setupassistant"]
    return urlsplit(item["url"]).path, item["hash"]


def promised(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(PromisedScript)) or 0


# By several servers


@pytest.fixture
def served(
    server_settings: ServerSettings, database: Database, tmp_path: Path
) -> Callable[[str], FlaskClient]:
    """A server whose script for all Macs has a line of its own."""

    def serve(line: str) -> FlaskClient:
        folder = tmp_path / line
        folder.mkdir()
        (folder / "base.sh.j2").write_text(f"#!/bin/sh\n# {line}\ntoken={{= token|sh =}}\n")
        settings = server_settings.model_copy(update={"templates": folder})
        return machines_door(settings, database).test_client()

    return serve


def test_what_one_server_promised_the_others_keep_though_their_template_is_another(
    served: Callable[[str], FlaskClient], script: Script
) -> None:
    before, after = served("before"), served("after")
    promises_made = [
        address_in(each.get(JSON, headers=script.basic).text) for each in (before, after)
    ]
    restarted = served("restarted")

    for path, digest in promises_made:
        for each in (before, after, restarted):
            found = each.get(path, headers=script.basic)
            assert found.status_code == 200, found.text
            assert hashlib.sha256(found.data).hexdigest() == digest
    assert promises_made[0] != promises_made[1]


def test_servers_that_make_the_same_promise_at_once_all_keep_it(
    server_settings: ServerSettings, database: Database, script: Script
) -> None:
    apps = [machines_door(server_settings, database) for _ in range(6)]
    together = Barrier(len(apps))

    def fetch(app: Flask) -> tuple[int, str]:
        together.wait()
        answer = app.test_client().get(JSON, headers=script.basic)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(len(apps)) as threads:
        [(status, document)] = set(threads.map(fetch, apps))

    assert status == 200
    assert promised(database) == 1
    path, _ = address_in(document)
    assert apps[0].test_client().get(path, headers=script.basic).status_code == 200


def test_a_json_that_is_asked_for_again_and_again_is_written_once(
    app: Flask, database: Database, script: Script
) -> None:
    assert app.test_client().get(JSON, headers=script.basic).status_code == 200
    written: list[str] = []

    def count(*execution: object) -> None:  # with the statement as its third argument
        statement = str(execution[2])
        if "promised_scripts" in statement and not statement.startswith("SELECT"):
            written.append(statement)

    event.listen(database.engine, "before_cursor_execute", count)
    try:
        for _ in range(50):
            assert app.test_client().get(JSON, headers=script.basic).status_code == 200
    finally:
        event.remove(database.engine, "before_cursor_execute", count)

    assert written == []
    assert promised(database) == 1


@pytest.mark.parametrize("database_url", ["sqlite", "own_postgresql"], indirect=True)
@pytest.mark.postgresql
def test_what_cannot_be_kept_is_not_promised(
    app: Flask, database: Database, script: Script
) -> None:
    """Not to a Mac that asks first, and not to the next one."""
    client = app.test_client()
    london = client.get(JSON, headers=script.basic)
    with database.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE promised_scripts RENAME TO away")

    for path in (JSON, JSON.replace("london", "paris"), address_in(london.text)[0]):
        answer = client.get(path, headers=script.basic)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "The database cannot be used" in answer.text


def test_the_script_of_one_json_is_no_good_for_another(app: Flask, script: Script) -> None:
    client = app.test_client()
    path, _ = address_in(client.get(JSON, headers=script.basic).text)

    answer = client.get(path.replace("london", "paris"), headers=script.basic)

    assert (answer.status_code, GONE in answer.text) == (404, True)


@for_each(
    "name", ["1-0123456789abcdef", "0" * 64, "%00", "0" * 63 + "%00", "x" * 5000, "%C3%A9", "%FF"]
)
def test_a_foreign_address_is_404_with_a_sentence(app: Flask, script: Script, name: str) -> None:
    path = f"/installapplications/london/design/{name}.sh"

    answer = app.test_client().get(path, headers=script.basic)

    assert (answer.status_code, GONE in answer.text) == (404, True)


@pytest.mark.postgresql(instead=True)
def test_a_key_never_opens_a_script_that_leads_to_other_sites(
    app: Flask, database: Database, script: Script
) -> None:
    """That is promised to the user name and the password alone."""
    with database.begin() as session:
        at = datetime.now(UTC)
        key = credentials.make(session, "london", INSTALLAPPLICATIONS, at, build="design")
    narrow = {"Authorization": f"Bearer {key}"}
    client = app.test_client()
    wide, _ = address_in(client.get(JSON, headers=script.basic).text)
    locked, _ = address_in(client.get(JSON, headers=narrow).text)

    assert client.get(wide, headers=narrow).status_code == 404
    for headers in (narrow, script.basic):
        assert client.get(locked, headers=headers).status_code == 200


# In the course of time


class Server:
    """A server process with a clock of its own, and the database that all of them share."""

    def __init__(
        self,
        database: Database,
        folder: Path | None = None,
        *,
        now: float = START,
        secret_key: str = SECRET_KEY,
        hours: int = HOURS,
    ) -> None:
        self.now = now
        self._database = database
        tokens = Tokens(secret_key, timedelta(hours=hours), clock=lambda: self.now)
        url = "http://mac.lan:5000"
        scripts = Scripts(url, tokens, folder, clock=lambda: self.now)
        self._makes = InstallApplications(url, tokens, scripts, folder, clock=lambda: self.now)

    def promise(self, to: Destination = LONDON, *, site_locked: bool = False) -> str:
        """Make a JSON and keep its promise; returns the script's digest."""
        promise = self._makes.document(to, site_locked=site_locked).promise
        with self._database.begin() as session:
            promises.keep(session, promise)
        return promise.digest

    def keeps(self, digest: str, to: Destination = LONDON) -> bool:
        """True where it serves the script that has this digest."""
        try:
            with self._database.reading() as session:
                content = self._makes.script(session, to, digest)
        except NoSuchScript:
            return False
        assert hashlib.sha256(content).hexdigest() == digest
        return True


def prune(database: Database, at: float) -> None:
    with database.begin() as session:
        jobs.prune_daily(session, datetime.fromtimestamp(at, UTC))


def test_a_promise_is_kept_for_as_long_as_its_token_is_good(database: Database) -> None:
    digest = Server(database, now=START + WINDOW - 1).promise()
    end = START + 5 * WINDOW

    prune(database, end)
    assert Server(database, now=end).keeps(digest)
    assert not Server(database, now=end + 1).keeps(digest)
    prune(database, end + 24 * 3600)
    assert promised(database) == 0


def test_a_promise_ends_with_the_secret_that_signed_its_token_and_with_fewer_hours(
    database: Database,
) -> None:
    digest = Server(database).promise()
    later = START + 2 * WINDOW

    assert Server(database, now=later).keeps(digest)
    assert not Server(database, now=later, secret_key="f" * 32).keeps(digest)
    assert not Server(database, now=later, hours=1).keeps(digest)


def test_each_window_has_a_promise_of_its_own_and_each_hour_has_none(database: Database) -> None:
    digests = {
        Server(database, now=START + hour * 3600).promise() for hour in range(2 * WINDOW // 3600)
    }

    assert len(digests) == promised(database) == 2


@pytest.mark.postgresql(instead=True)
def test_a_script_without_a_token_is_promised_anew_in_each_window(
    database: Database, tmp_path: Path
) -> None:
    """It has one digest then, which all windows and sites share."""
    (tmp_path / "base.sh.j2").write_text("#!/bin/sh\necho it is\n")
    digest = Server(database, tmp_path).promise()
    late = START + 4 * WINDOW
    for to, site_locked in ((LONDON, True), (PARIS, False), (LONDON, False)):
        assert Server(database, tmp_path, now=late).promise(to, site_locked=site_locked) == digest
    Server(database, tmp_path).promise(PARIS)  # a server whose clock is behind takes nothing back

    assert promised(database) == 3
    for to in (LONDON, PARIS):
        assert Server(database, now=START + 9 * WINDOW).keeps(digest, to)
        assert not Server(database, now=START + 9 * WINDOW + 1).keeps(digest, to)
