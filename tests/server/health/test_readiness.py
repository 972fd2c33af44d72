"""Readiness of a server, found by trying its parts."""

import re
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text, update
from structlog.testing import capture_logs

from infrastructure.database.engine import Database
from infrastructure.database.schema import migrations, versions
from infrastructure.heartbeats.models import Heartbeat
from infrastructure.heartbeats.process import Process
from provisioning.diagnostics import installation
from provisioning.diagnostics.endpoints import HEADER
from provisioning.monitoring.alerts.conditions import unusable_database
from provisioning.munki import MunkiRepo, opened
from provisioning.munki.storage import FolderStore
from provisioning.outbox.models import Notification
from rollcall import version
from rollcall.settings import ServerSettings
from server.health.readiness import Readiness, State
from tests.fakes.git.remote import Remote
from tests.server.machines.asked import registered
from tests.support.fixtures.doors import Script
from tests.support.installation import SECRET_KEY
from tests.support.running import settings
from tests.support.running.doors import machines_door
from tests.support.waiting import eventually


def test_a_server_that_can_work_is_ready(app: Flask) -> None:
    answer = app.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (200, "database: ok\nrepo: ok\n")
    alive = app.test_client().get("/healthz")
    assert (alive.text, alive.headers[HEADER]) == ("ok\n", installation(SECRET_KEY))
    assert alive.headers["Rollcall-Version"] == version.current()


def test_a_changed_layout_is_named_and_keeps_the_server_ready(
    repo_folder: Path, tmp_path: Path, database: Database
) -> None:
    registered(database, "C02AAA")
    (repo_folder / "manifests" / "site_paris").touch()
    policy = tmp_path / "rollcall.toml"
    policy.write_text('[munki]\nsites = {prefix = "site_"}\n')
    given = settings.server_settings(repo_folder, ROLLCALL_POLICY=str(policy))

    answer = machines_door(given, database).test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.text == (
        "database: ok\nrepo: ok\nlayout: The site 'london' leads elsewhere by the present layout "
        "(boot.sh adopt --from-current)\n"
    )


def test_a_server_without_its_repo_is_alive_but_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz", headers={"Accept": "application/json"})

    assert answer.status_code == 503
    assert "there is no folder" in answer.json["repo"]  # type: ignore[index]
    assert app.test_client().get("/healthz").status_code == 200


def test_a_repo_without_what_every_mac_includes_is_not_ready(app: Flask, repo_folder: Path) -> None:
    (repo_folder / "manifests" / "site_default").unlink()

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.text.endswith(
        "repo: The repo has no manifest site_default, which every Mac's is to include. "
        "Make one: manifestutil new-manifest site_default. Or change always in [munki].\n"
    )


def test_a_layout_that_fits_nothing_is_told_by_a_server_that_takes_the_first_site(
    app: Flask, repo_folder: Path
) -> None:
    """It stays in work, or nobody could make that site through its API."""
    (repo_folder / "manifests/included_manifests/sites").rename(repo_folder / "away")

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "repo: The repo has no site: nothing is there for sites = {folder = " in answer.text
    assert "boot.sh adopt proposes the [munki] table" in answer.text


def test_a_server_whose_database_was_never_migrated_is_not_ready(
    server_settings: ServerSettings, tmp_path: Path
) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite3")
    client = machines_door(server_settings, empty).test_client()

    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "is at nothing, needs" in answer.text

    migrations.upgrade(empty)
    assert client.get("/readyz").status_code == 200
    empty.close()


def test_a_server_goes_on_while_the_database_is_ahead_of_it_unless_that_says_otherwise(
    server_settings: ServerSettings, tmp_path: Path, migrated_sqlite: Path
) -> None:
    shutil.copy(migrated_sqlite, tmp_path / "ahead.sqlite3")
    database = Database(f"sqlite:///{tmp_path}/ahead.sqlite3")
    client = machines_door(server_settings, database).test_client()
    answers = []

    for oldest in (versions.REVISION, "9999"):
        with database.begin() as session:
            row = {"oldest": oldest}
            session.execute(
                text("UPDATE alembic_version SET version_num = '9999', oldest = :oldest"), row
            )
        answers.append(client.get("/readyz"))
    database.close()

    assert [answer.status_code for answer in answers] == [200, 503]
    assert "database: is at 9999, newer than this release" in answers[1].text


@pytest.mark.postgresql(instead=True)
def test_what_slack_refused_for_good_is_shown_and_holds_up_no_mac(
    app: Flask, script: Script, database: Database
) -> None:
    registered(database, "C02AAA")
    with database.begin() as session:
        for row in session.scalars(select(Notification)):
            row.state, row.reason = "parked", "not_in_channel: invite the bot to the channel"

    answer = app.test_client().get("/readyz")

    assert answer.status_code == 200
    assert "refused: messages for C0IMAGING: not_in_channel: invite the bot" in answer.text
    assert script.manifest(serial="C02AAA").status_code == 200


def test_who_looks_leaves_nothing_among_the_manifests_but_the_locks(
    app: Flask, repo_folder: Path
) -> None:
    before = {path.name for path in (repo_folder / "manifests").iterdir()}
    app.test_client().get("/readyz")

    after = {path.name for path in (repo_folder / "manifests").iterdir()}
    assert after - before == {".rollcall-locks"}


def test_a_database_that_somebody_else_holds_makes_a_server_unready(
    server_settings: ServerSettings, migrated_sqlite: Path, tmp_path: Path
) -> None:
    """One of its own: a server refuses writers for a while after that."""
    path = shutil.copy(migrated_sqlite, tmp_path)
    with closing(Database(f"sqlite:///{path}")) as held, closing(sqlite3.connect(path)) as admins:
        client = machines_door(server_settings, held).test_client()
        script = Script(client)
        admins.execute("BEGIN EXCLUSIVE")
        answer = script.manifest(serial="C02AAA", site="london", build="design")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")

        ready = client.get("/readyz")
        assert ready.status_code == 503
        assert "database: (sqlite3.OperationalError) database is locked" in ready.text
        assert script.fetch().status_code == 200, "what only reads goes on"


@contextmanager
def full_disk(largest: int) -> Iterator[None]:
    """A disk that is so full that no file on it can become larger than this, in bytes."""
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


def test_a_full_disk_makes_a_server_unready(app: Flask, script: Script, sqlite_url: str) -> None:
    answer = script.manifest(serial="C02AAA", site="london", build="design")
    assert answer.status_code == 200
    log = Path(f"{sqlite_url.removeprefix('sqlite:///')}-wal")

    with full_disk(log.stat().st_size):
        ready = app.test_client().get("/readyz")

    assert ready.status_code == 503
    assert "database: (sqlite3.OperationalError) d" in ready.text


def test_a_full_disk_of_postgresql_makes_a_server_unready_and_its_heart_beats_on(
    postgresql_url: str, repo_folder: Path
) -> None:
    """It still changes rows in place, so the trial writes a file; here it may not write any."""
    with closing(Database(f"{postgresql_url}?options=-ctemp_file_limit%3D0")) as full:
        process = Process("server", full)
        state = Readiness(full, opened(str(repo_folder)), process, ()).database()

        assert not state.is_usable
        assert "temporary file size exceeds" in state.sentence
        assert [alert.key for alert in unusable_database(full)(datetime.now(UTC))] == ["database"]
        with full.reading() as session:
            assert session.scalars(select(Heartbeat.part)).all() == ["server"]


class Hanging(FolderStore):
    """A folder on a mount that hangs until it is let go."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.goes_on = Event()

    def check(self) -> None:
        """Hang."""
        self.goes_on.wait(60)


def test_a_repo_that_hangs_is_said_to_and_keeps_nobody(
    database: Database, repo_folder: Path
) -> None:
    store = Hanging(repo_folder)
    readiness = Readiness(database, MunkiRepo(store), Process("server", database), ())

    state = readiness.repo()

    assert not state.is_usable
    assert re.fullmatch(r"no answer for \d+ s", state.sentence)
    eventually(lambda: readiness.database().is_usable)
    store.goes_on.set()


def test_a_server_is_ready_while_it_looks_through_very_many_registrations(
    database: Database, repo_folder: Path
) -> None:
    """For names that a change of the layout left behind: of a million that takes seconds."""
    goes_on = Event()
    readiness = Readiness(database, opened(str(repo_folder)), Process("server", database), ())

    def hold(*given: object) -> None:
        if "FROM layouts" in str(given[2]):
            goes_on.wait(60)

    event.listen(Engine, "before_cursor_execute", hold)
    try:
        state = readiness.database()
    finally:
        goes_on.set()
        eventually(lambda: readiness.database().renames == [])  # nobody is held any more
        event.remove(Engine, "before_cursor_execute", hold)

    assert (state.is_usable, state.renames) == (True, ())


def test_names_that_a_layout_left_behind_are_asked_of_a_usable_database_alone_and_quietly(
    migrated_sqlite: Path, tmp_path: Path, repo_folder: Path
) -> None:
    asked: list[str] = []

    def note(*given: object) -> None:
        asked.append(str(given[2]))

    def state(path: Path, *statements: str) -> State:
        asked.clear()
        with closing(Database(f"sqlite:///{path}")) as database:
            with database.begin() as session:
                for statement in statements:
                    session.execute(text(statement))
            repo, process = opened(str(repo_folder)), Process("server", database)
            return Readiness(database, repo, process, ()).database()

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert not state(tmp_path / "empty.sqlite3").is_usable
        assert not any("layouts" in statement for statement in asked)
        path = tmp_path / "rollcall.sqlite3"
        shutil.copy(migrated_sqlite, path)
        with capture_logs() as lines:
            left = state(path, "DROP TABLE layouts")
        assert (left.is_usable, left.renames) == (True, ())
        assert any("layouts" in statement for statement in asked[1:])
        assert lines == []
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.mark.postgresql(instead=True)
def test_the_servers_own_heartbeat_is_what_is_written(app: Flask, database: Database) -> None:
    app.test_client().get("/readyz")

    with database.reading() as session:
        [row] = session.scalars(select(Heartbeat))
    assert row.part == "server"


@pytest.mark.postgresql(instead=True)
def test_a_process_that_is_missing_is_shown_to_who_may_fetch_scripts(
    app: Flask, script: Script, database: Database, server_settings: ServerSettings
) -> None:
    Process("jobs", database).beat()
    with database.begin() as session:
        session.execute(update(Heartbeat).values(patience=-1))
    client = machines_door(server_settings, database, wanted=("relay",)).test_client()

    answer = client.get("/readyz?full", headers=script.basic)

    assert answer.status_code == 200, "Macs can come all the same"
    assert "missing: The job runner on " in answer.text
    assert "missing: No relay is running: Slack is told nothing." in answer.text
    assert "missing" not in client.get("/readyz").text


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """A git remote with the sample repo in it."""
    return Remote(tmp_path / "git")


@pytest.fixture
def in_git(remote: Remote, tmp_path: Path, database: Database) -> Callable[[], Flask]:
    """Starts servers of a repo in git, which share a clone."""
    given = settings.server_settings(
        tmp_path, MUNKI_REPO=remote.url, ROLLCALL_REPO_COPY=str(tmp_path / "copy")
    )
    return lambda: machines_door(given, database)


def test_a_git_remote_that_refuses_leaves_all_servers_ready_and_is_told(
    in_git: Callable[[], Flask], remote: Remote
) -> None:
    one, other = in_git().test_client(), in_git().test_client()
    eventually(lambda: one.get("/readyz").text == "database: ok\nrepo: ok\n")
    remote.hook("pre-receive", "echo 'frozen until Monday'; exit 1")
    caller = Script(one)
    mac = {"serial": "C02AAA", "site": "london", "build": "design"}
    assert caller.manifest(**mac).status_code == 503

    for client in (one, other):
        eventually(partial(says, client, "repo: reads only: git push failed ("))
        ready = client.get("/readyz")
        assert ready.status_code == 200
        assert "frozen until Monday" in ready.text
    full = other.get("/readyz?full", headers=caller.basic).text
    assert "finding: The Munki repo can be read, and not be changed: git push failed (" in full

    (remote.path / "hooks/pre-receive").unlink()
    assert caller.manifest(**mac).status_code == 200
    eventually(lambda: other.get("/readyz").text == "database: ok\nrepo: ok\n")


def says(client: FlaskClient, sentence: str) -> bool:
    """True where a server says so to who asks whether it is ready."""
    return sentence in client.get("/readyz").text


def test_a_git_remote_that_is_down_leaves_servers_ready_until_it_is_seen_again(
    in_git: Callable[[], Flask], remote: Remote
) -> None:
    client = in_git().test_client()
    eventually(lambda: client.get("/readyz").text == "database: ok\nrepo: ok\n")
    away = remote.path.rename(remote.path.with_name("away.git"))
    mac = {"serial": "C02AAA", "site": "london", "build": "design"}
    assert Script(client).manifest(**mac).status_code == 503

    eventually(partial(says, client, "repo: reads only: git "))
    assert client.get("/readyz").status_code == 200

    away.rename(remote.path)
    eventually(lambda: client.get("/readyz").text == "database: ok\nrepo: ok\n")
